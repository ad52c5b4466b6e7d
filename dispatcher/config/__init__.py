"""Configuration: one TOML file and the district's files beside it, refused as a whole."""

from dispatcher.config.load import Config, load_config
from dispatcher.config.problems import ConfigError

__all__ = ["Config", "ConfigError", "load_config"]

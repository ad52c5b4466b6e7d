"""The settings of one dispatcher: where it listens, stores and shows."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from dispatcher.config.problems import ConfigError, Section

Port = Annotated[int, Field(ge=1, le=65535)]
PASSWORD_VARIABLE = "GRIDWARDEN_BROKER_PASSWORD"  # noqa: S105 - a name, not a password


class BrokerSettings(Section):
    """The MQTT broker; the password comes from ``password_file`` or the environment, never from here."""

    host: str = "127.0.0.1"
    port: Port = 1883
    client_id: Annotated[str, Field(min_length=1)] = "gridwarden-dispatcher"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    def password(self, environment: Mapping[str, str] = os.environ) -> str | None:
        """Return the password; raise ``ConfigError`` if its file cannot be read."""
        if self.password_file is None:
            return environment.get(PASSWORD_VARIABLE)
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as exc:
            raise ConfigError(f"broker.password_file: {self.password_file}: {exc.strerror}") from exc


class StoreSettings(Section):
    """The ledger: ``sqlite:///file`` or ``postgresql://user@host/name``."""

    url: str


class EvidenceSettings(Section):
    """Where the pictures lie."""

    folder: Path


class WebSettings(Section):
    """Where the console is served; put a proxy with TLS before it to leave this machine."""

    host: str = "127.0.0.1"
    port: Port = 8080


class DistrictSettings(Section):
    """The town: the folder of its files, and the zone in which its people read the clock."""

    name: str
    zone: str
    folder: Path

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(f"{zone!r} is no IANA time zone; write for example 'Asia/Shanghai'") from exc
        return zone


class Settings(Section):
    """All of dispatcher.toml."""

    store: StoreSettings
    evidence: EvidenceSettings
    district: DistrictSettings
    broker: BrokerSettings = BrokerSettings()
    web: WebSettings = WebSettings()

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.parts import Mosquitto

REAL_CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-kills", type=int, default=30, help="how many processes the chaos test kills")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the real clips their tests are not collected, and it is said."""
    if REAL_CLIPS.is_dir():
        return
    real = [item for item in items if item.get_closest_marker("realdata")]
    if real:
        items[:] = [item for item in items if item not in real]
        config.hook.pytest_deselected(items=real)
        print(f"{len(real)} realdata tests left out: no {REAL_CLIPS}")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command that a test runs sets up logging for the process, on a stream that ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker."""
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()

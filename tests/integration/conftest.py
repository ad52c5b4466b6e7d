from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clips import write_clip
from tests.parts import Postgres, RtspServer


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds with a keyframe a second: a square crosses the picture."""
    return write_clip(tmp_path_factory.mktemp("clip") / "square.mp4", seconds=40)


@pytest.fixture
def rtsp_server(clip: Path) -> Iterator[RtspServer]:
    """A running RTSP server of ``clip``."""
    server = RtspServer(clip)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server."""
    server = Postgres()
    server.start()
    yield server
    server.stop()

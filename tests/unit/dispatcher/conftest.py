from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.control_room import ControlRoom
from tests.desk import Desk
from tests.district import a_store_in_memory
from tests.unit.dispatcher.web_client import signed_in


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk without tickets; whatever a test does at it, it leaves every ticket sound."""
    store = a_store_in_memory()
    desk = Desk(store)
    yield desk
    desk.assert_sound()
    store.close()


@pytest.fixture
def room(tmp_path: Path) -> ControlRoom:
    """A control room without tickets."""
    return ControlRoom.open(tmp_path)


@pytest.fixture
def client(room: ControlRoom) -> TestClient:
    """A client that is signed in to ``room``."""
    return signed_in(room)

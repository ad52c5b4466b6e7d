from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.adapters.outbox import SqliteOutbox
from tests.unit.edge.ledger import Clock, an_outbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Iterator[SqliteOutbox]:
    """An empty outbox at ``clock``."""
    outbox = an_outbox(tmp_path, clock)
    yield outbox
    outbox.close()

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from dispatcher.cli import app
from tests.desk import seen

CONFIGS = Path(__file__).parents[3] / "configs"
RUNNER = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "configs"
    folder.mkdir()
    shutil.copy(CONFIGS / "dispatcher.toml", folder)
    shutil.copytree(CONFIGS / "district", folder / "district")
    return folder / "dispatcher.toml"


def test_a_good_config_is_summed_up(config: Path) -> None:
    result = RUNNER.invoke(app, ["check-config", str(config)])

    assert result.exit_code == 0
    assert "13 cells in 2 layers, 6 categories, 23 persons, 3 cameras" in result.stdout


def test_a_missing_config_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["check-config", str(tmp_path / "none.toml")])

    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path}/none.toml: No such file or directory\n"


def test_explain_tells_the_way_of_an_event_and_stores_nothing(config: Path, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_bytes(seen(lat=31.2298, lon=121.4670).to_json())

    result = RUNNER.invoke(app, ["explain", str(event), "-c", str(config)])

    assert result.exit_code == 0, result.output
    assert "cell: walked G11S → G11 → G1 → G" in result.stdout
    assert "merge: fate new" in result.stdout
    assert "assignment: cells G11S → G11 → G1 → G, duty (cell" in result.stdout
    assert "next, unless it moves: remind at" in result.stdout
    assert not (tmp_path / "data").exists()


def test_explain_says_what_is_wrong_with_an_event(config: Path, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text("{}")

    result = RUNNER.invoke(app, ["explain", str(event), "-c", str(config)])

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {event}: specversion") or "data: Field required" in result.stderr


@pytest.fixture
def own_logging() -> Iterator[None]:
    """`run` sets up the logging of its process, which here is the tests'."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("own_logging")
def test_run_says_which_store_it_cannot_open(config: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dispatcher.db").write_text("this is no database, but it is long enough to be read")

    result = RUNNER.invoke(app, ["run", "-c", str(config)])

    assert result.exit_code == 1
    assert "dispatcher.db: file is not a database" in result.stderr
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "data" / "dispatcher.db").execute("select 1 from ticket")

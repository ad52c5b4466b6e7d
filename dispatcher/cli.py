"""The commands of the dispatcher."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from dispatcher.adapters.store import Database
    from dispatcher.config import Config

app = typer.Typer(
    help="The control room: events in, people sent out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The settings; the district's files lie where they say.")
]
DEFAULT_CONFIG = Path("configs/dispatcher.toml")


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Serve: read the broker, keep the clocks, show the console. Ctrl-C stops it; it may be killed."""
    loaded = _load(config)
    from dispatcher import service
    from dispatcher.config import ConfigError
    from dispatcher.ports import DispatchError

    try:
        service.run(loaded, say=typer.echo)
    except (DispatchError, ConfigError) as exc:
        _fail(str(exc))


@app.command("check-config")
def check_config(
    file: Annotated[Path, typer.Argument(help="dispatcher.toml; its district is checked with it.")],
) -> None:
    """Check FILE and the district it names; say every problem at once. Touches no store and no network."""
    district = _load(file).district
    roots = [cell for cell in district.grid.cells if cell.parent is None]
    typer.echo(
        f"{file}: ok: {district.name}: {len(district.grid.cells)} cells in {len(roots)} layers, "
        f"{len(district.categories.rows)} categories, {len(district.roster.persons)} persons, "
        f"{len(district.cameras)} cameras"
    )


@app.command()
def explain(
    event: Annotated[Path, typer.Argument(help="An incident event as JSON, as a box sends it.")],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The log entries as JSON, one a line.")] = False,
) -> None:
    """Say what EVENT would do now: its cell, merge, ticket, assignee, each with the reason. Stores nothing.

    Uses the configured store as it stands; where there is none yet, an empty one.
    """
    loaded = _load(config)
    from dispatcher.explain import explain as ask
    from dispatcher.explain import tell
    from dispatcher.ports import DispatchError
    from edge.contract.message import MessageError
    from edge.contract.messages import IncidentEvent

    try:
        message = IncidentEvent.from_json(event.read_bytes())
        receipt = ask(_open(loaded), message, district=loaded.district, now=datetime.now(UTC))
    except OSError as exc:
        _fail(f"{event}: {exc.strerror}")
    except (MessageError, DispatchError) as exc:
        _fail(f"{event}: {exc}")
    if not as_json:
        typer.echo("\n".join(tell(receipt)))
        return
    for entry in receipt.case.entries if receipt.case else ():
        fields = {
            "verb": entry.verb,
            "from": entry.from_state,
            "to": entry.to_state,
            "data": dict(entry.data),
        }
        typer.echo(json.dumps(fields, ensure_ascii=False))


def _load(path: Path) -> "Config":
    from dispatcher.config import ConfigError, load_config

    try:
        return load_config(path)
    except ConfigError as exc:
        _fail(str(exc))


def _open(config: "Config") -> "Database":
    """Open the configured store; an empty one in memory where the file is not there yet."""
    from dispatcher.adapters.store import open_store

    url = config.settings.store.url
    is_missing = url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()
    grid, zone = config.district.grid, config.district.zone
    store = open_store("sqlite://" if is_missing else url, cells_below=grid.below, zone=zone)
    if is_missing:
        store.migrate(lambda _: None)
    return store


def _fail(text: str) -> NoReturn:
    typer.echo(f"Error: {text}", err=True)
    raise typer.Exit(1)

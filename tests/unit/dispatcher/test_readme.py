from pathlib import Path

from dispatcher.domain.moves import MOVES, Move
from dispatcher.domain.ticket import State

README = Path(__file__).parents[3] / "dispatcher" / "README.md"
LIVE = frozenset(state for state in State if state.is_live)


def _sources(move: Move) -> str:
    if move.sources == frozenset(State):
        return "any"
    if move.sources == LIVE:
        return "any live"
    if len(move.sources) > 6:
        return "any live but " + ", ".join(sorted(LIVE - move.sources))
    return ", ".join(sorted(move.sources))


def a_line(move: Move) -> str:
    guard = "" if move.guard is None else str(move.guard.__name__).strip("_").replace("_", " ")
    cells = [_sources(move), move.verb, move.to or "stays", ", ".join(sorted(move.roles))]
    return f"| {' | '.join([*cells, ', '.join(move.needs), guard])} |".replace("  ", " ")


def test_the_readme_shows_the_table_of_moves_as_it_is() -> None:
    lines = README.read_text("utf-8").splitlines()

    assert [line for line in lines if line in {a_line(move) for move in MOVES}] == [
        a_line(move) for move in MOVES
    ]

"""Duty: which body answers for a category in a cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatcher.domain.grid import Cell, Grid

ANY_CATEGORY = "*"


class DutyError(ValueError):
    """A duty table that leaves something to nobody; the text has one line per problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """``body_id`` answers for ``category`` (``*``: for all) in the cell and below it."""

    cell_code: str
    category: str
    body_id: str


class Duty:
    """The duty table; total by construction: each layer's root answers for everything."""

    def __init__(self, rows: Sequence[DutyRow], *, grid: Grid, categories: Sequence[str]) -> None:
        self._rows = {(row.cell_code, row.category): row for row in rows}
        codes = {cell.code for cell in grid.cells}
        roots = [cell.code for cell in grid.cells if cell.parent is None]
        problems = [f"cell {row.cell_code} is not in the grid" for row in rows if row.cell_code not in codes]
        problems += [
            f"category {row.category} of cell {row.cell_code} is not configured"
            for row in rows
            if row.category not in {*categories, ANY_CATEGORY}
        ]
        problems += [
            f"cell {root} has no row for every category ({ANY_CATEGORY}): a ticket could be left to nobody"
            for root in roots
            if (root, ANY_CATEGORY) not in self._rows
        ]
        if len(self._rows) != len(rows):
            problems.append("a cell and category has two rows")
        if problems:
            raise DutyError("\n".join(problems))

    def chain(self, path: Sequence[Cell], category: str) -> tuple[DutyRow, ...]:
        """Return the row of each level that has one, leaf first; the category's own before ``*``."""
        found = (
            self._rows.get((cell.code, category)) or self._rows.get((cell.code, ANY_CATEGORY))
            for cell in path
        )
        return tuple(row for row in found if row is not None)

    @property
    def bodies(self) -> frozenset[str]:
        return frozenset(row.body_id for row in self._rows.values())

    def bodies_of_roots(self, grid: Grid) -> frozenset[str]:
        """Return the bodies that answer when nobody else does."""
        roots = {cell.code for cell in grid.cells if cell.parent is None}
        return frozenset(row.body_id for row in self._rows.values() if row.cell_code in roots)

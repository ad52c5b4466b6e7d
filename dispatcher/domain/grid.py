"""The grid: several layers of cells, each layer a tree."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

_METRES_A_DEGREE = 111_320.0


class GridError(ValueError):
    """Cells that are no trees; the text has one line per problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of one layer; ``polygon`` is in WGS 84, x = lon, y = lat. The root has no parent."""

    code: str
    parent: str | None
    layer: str
    kind: str
    name: str
    polygon: BaseGeometry

    @property
    def area_m2(self) -> float:
        """Good to a percent for cells of a town: only used to say which of two is smaller."""
        shrink = math.cos(math.radians(self.polygon.centroid.y))
        return float(self.polygon.area) * _METRES_A_DEGREE**2 * shrink


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The cells that answer for a point, leaf first, root last; ``outside``: no cell holds the point."""

    path: tuple[Cell, ...]
    outside: bool


class Grid:
    """All cells; refuses what is not exactly one tree a layer."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = {cell.code: cell for cell in cells}
        problems = list(_find_problems(cells, self._cells))
        if problems:
            raise GridError("\n".join(problems))
        self._roots = {cell.layer: cell for cell in cells if cell.parent is None}
        self._listed = list(cells)
        self._tree = STRtree([cell.polygon for cell in cells])

    @property
    def layers(self) -> Sequence[str]:
        return sorted(self._roots)

    @property
    def cells(self) -> Sequence[Cell]:
        return tuple(self._listed)

    def path(self, code: str) -> tuple[Cell, ...]:
        """Return the cell and those above it, leaf first; raise ``KeyError`` for an unknown code."""
        cell = self._cells[code]
        above = () if cell.parent is None else self.path(cell.parent)
        return (cell, *above)

    def below(self, code: str) -> frozenset[str]:
        """Return the codes of the cell and of all cells below it."""
        return frozenset(
            cell.code for cell in self._listed if code in {above.code for above in self.path(cell.code)}
        )

    def locate(self, *, lat: float, lon: float, layer: str) -> Place:
        """Return the smallest cell of ``layer`` that holds the point, on a border the first by code.

        A point outside all cells belongs to the layer's root: somebody always answers.
        """
        if layer not in self._roots:
            raise KeyError(f"no layer {layer!r}; there are: {', '.join(self.layers)}")
        found = [self._listed[index] for index in self._tree.query(Point(lon, lat), predicate="intersects")]
        inside = sorted((cell.area_m2, cell.code) for cell in found if cell.layer == layer)
        if not inside:
            return Place(path=(self._roots[layer],), outside=True)
        return Place(path=self.path(inside[0][1]), outside=False)


def _find_problems(cells: Sequence[Cell], by_code: Mapping[str, Cell]) -> Iterator[str]:
    counts = Counter(cell.code for cell in cells)
    yield from (f"cell {code} occurs {count} times" for code, count in counts.items() if count > 1)
    for layer in sorted({cell.layer for cell in cells}):
        roots = [cell.code for cell in cells if cell.layer == layer and cell.parent is None]
        if len(roots) != 1:
            yield f"layer {layer}: needs one root (parent null), has {', '.join(roots) or 'none'}"
    for cell in cells:
        yield from _find_cell_problems(cell, by_code)
    if not cells:
        yield "there are no cells"


def _find_cell_problems(cell: Cell, by_code: Mapping[str, Cell]) -> Iterator[str]:
    if not cell.polygon.is_valid or cell.polygon.is_empty:
        yield f"cell {cell.code}: its polygon crosses itself or is empty"
    if cell.parent is None:
        return
    parent = by_code.get(cell.parent)
    if parent is None:
        yield f"cell {cell.code}: its parent {cell.parent} is not there"
    elif parent.layer != cell.layer:
        yield f"cell {cell.code}: its parent {cell.parent} is of layer {parent.layer}, not {cell.layer}"
    elif _is_circle(cell, by_code):
        yield f"cell {cell.code}: its parents go round in a circle"


def _is_circle(cell: Cell, by_code: Mapping[str, Cell]) -> bool:
    seen: set[str] = set()
    here: Cell | None = cell
    while here is not None and here.parent is not None:
        if here.code in seen:
            return True
        seen.add(here.code)
        here = by_code.get(here.parent)
    return False

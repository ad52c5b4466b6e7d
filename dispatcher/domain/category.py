"""A category: what a kind of incident means to the district."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dispatcher.domain.clock import Clocks

ANY_KIND = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """How incidents of ``kinds`` become tickets.

    ``layer`` is the tree of cells that answers for it. ``merge_by`` place: within ``radius_m`` of the
    ticket's anchor; camera: for things that move. ``window_s`` is the longest gap between sightings of one
    live ticket, ``reopen_s`` of a closed one, ``recur_s`` of a new ticket that names the old one.
    ``dispatch_confidence`` or more goes out at once; less waits for the desk until ``clocks.file_s``.
    """

    code: str
    name_zh: str
    name_en: str
    kinds: frozenset[str]
    layer: str
    merge_by: Literal["place", "camera"]
    radius_m: float
    window_s: float
    reopen_s: float
    recur_s: float
    dispatch_confidence: float
    clocks: Clocks


@dataclass(frozen=True, slots=True)
class Categories:
    """All categories; exactly one takes the kinds that no other names."""

    rows: Sequence[Category]

    def __post_init__(self) -> None:
        problems: list[str] = []
        for what, names in (("code", self._codes()), ("kind", self._kinds())):
            problems += [
                f"{what} {name!r} occurs twice" for name in sorted(set(names)) if names.count(name) > 1
            ]
        if ANY_KIND not in self._kinds():
            problems.append(f"no category takes every other kind: give one kinds = [{ANY_KIND!r}]")
        if problems:
            raise ValueError("\n".join(problems))

    def of_kind(self, kind: str) -> Category:
        named = [row for row in self.rows if kind in row.kinds]
        return named[0] if named else self.of_kind(ANY_KIND)

    def of_code(self, code: str) -> Category:
        """Return the category; a code that is no longer configured falls to the one for every kind."""
        named = [row for row in self.rows if row.code == code]
        return named[0] if named else self.of_kind(ANY_KIND)

    def _codes(self) -> list[str]:
        return [row.code for row in self.rows]

    def _kinds(self) -> list[str]:
        return [kind for row in self.rows for kind in row.kinds]

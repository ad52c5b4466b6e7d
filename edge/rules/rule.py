"""What a rule is: a pure function from what it remembers and what a look saw to what stands there now."""

from dataclasses import dataclass
from typing import Protocol

from edge.domain.candidate import Candidate
from edge.domain.incident import Standing
from edge.domain.look import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule remembers after a look, what of it is ripe, and why something may be over."""

    memory: tuple[Candidate, ...]
    standing: tuple[Standing, ...]


class Rule(Protocol):
    """A way of finding."""

    @property
    def gone(self) -> str:
        """The reason with which its incidents are cleared."""

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the memory after ``seen``, and what stands."""


def is_settled(memory: tuple[Candidate, ...]) -> bool:
    """Whether nothing is undecided: all that is there is ripe and was there in the last look."""
    return all(candidate.ripe and not candidate.missed for candidate in memory)

"""Which waiting parcels go out now, and which again."""

from collections.abc import Sequence

from edge.ports import Parcel


class Window:
    """A lane's window: each parcel goes out at once, then again after a growing wait until it is settled."""

    def __init__(self, size: int, *, first_wait_s: float = 5.0, longest_wait_s: float = 30.0) -> None:
        self.size = size
        self._first_wait_s, self._longest_wait_s = first_wait_s, longest_wait_s
        self._sent: dict[int, tuple[float, float]] = {}  # row: (due again at, the wait before that)

    def choose(self, waiting: Sequence[Parcel], now_s: float) -> list[Parcel]:
        """Return which of ``waiting``, the oldest unsettled parcels, are due; they count as sent."""
        self._sent = {p.row_id: self._sent[p.row_id] for p in waiting if p.row_id in self._sent}
        due = [p for p in waiting[: self.size] if self._sent.get(p.row_id, (now_s,))[0] <= now_s]
        for parcel in due:
            _, wait_s = self._sent.get(parcel.row_id, (0.0, self._first_wait_s / 2))
            wait_s = min(wait_s * 2, self._longest_wait_s)
            self._sent[parcel.row_id] = now_s + wait_s, wait_s
        return due

    def next_s(self) -> float:
        """Return when the next parcel is due again."""
        return min((due_s for due_s, _ in self._sent.values()), default=float("inf"))

"""Active hours: when a rule holds, in local time."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveHours:
    """Spans of the day in ``timezone``; a span whose end is not after its start goes over midnight."""

    spans: tuple[tuple[time, time], ...]
    timezone: ZoneInfo

    def cover(self, at: datetime) -> bool:
        """Whether ``at`` falls into a span; starts are inside, ends outside."""
        now = at.astimezone(self.timezone).time()
        return any(
            start <= now < end if start < end else now >= start or now < end for start, end in self.spans
        )

"""The console's words: one file of locale/ per language, one key per thing, times in the district's zone."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LANGUAGES = ("zh", "en")
"""The first is the one that a new visitor gets."""

_MINUTE_S, _HOUR_S = 60, 3600
_FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How to say things in one language and one time zone."""

    language: str
    zone: ZoneInfo
    phrases: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the phrase ``key`` with ``values`` filled in; raise ``KeyError`` for an unknown key."""
        return self.phrases[key].format(**values)

    def name(self, group: str, code: str) -> str:
        """Return the word for ``code`` of an open set (kinds, gates …); a code without a word is itself."""
        return self.phrases.get(f"{group}.{code}", code.replace("_", " "))

    @property
    def clock_phrases(self) -> dict[str, str]:
        """Return the phrases with which the page keeps its clocks going."""
        groups = ("duration.", "time.")
        return {key.split(".")[1]: phrase for key, phrase in self.phrases.items() if key.startswith(groups)}

    def time(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M:%S")

    def day_and_time(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def rough_duration(self, seconds: float) -> str:
        """Return ``seconds`` as ``duration`` does, but no seconds beside minutes: nothing flickers."""
        if _MINUTE_S <= seconds < _HOUR_S:
            return self("duration.minutes", minutes=int(seconds // _MINUTE_S))
        return self.duration(seconds)

    def duration(self, seconds: float) -> str:
        """Return ``seconds`` in the two largest units that matter."""
        total = round(abs(seconds))
        days, hours, minutes = total // 86400, total % 86400 // 3600, total % 3600 // 60
        if days:
            return self("duration.days_hours", days=days, hours=hours)
        if hours:
            return self("duration.hours_minutes", hours=hours, minutes=minutes)
        if minutes:
            return self("duration.minutes_seconds", minutes=minutes, seconds=total % 60)
        return self("duration.seconds", seconds=total)


def load_words(language: str, zone: ZoneInfo) -> Words:
    """Return the words of ``language``, or of the first language if there is no such file."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Words(language=known, zone=zone, phrases=_phrases(known))


@cache
def _phrases(language: str) -> dict[str, str]:
    """Return the file's tables flattened: ``[state] done`` is ``state.done``."""
    text = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return {
        f"{group}.{key}": phrase
        for group, table in tomllib.loads(text).items()
        for key, phrase in table.items()
    }

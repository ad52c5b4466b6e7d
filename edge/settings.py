"""The settings of a box: every section of its configuration file, with the bounds of each value."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from shapely import Polygon

from edge.contract.message import Name
from edge.domain.ground import Homography, invertible

Seconds = Annotated[float, Field(gt=0, le=7 * 86400, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=1, le=1000)]
MIN_ZONE_AREA = 0.001
_Item = TypeVar("_Item")
_SPAN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def _resolve(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path.expanduser()


def _exists(path: Path) -> Path:
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    return path


def _is_simple(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    shape = Polygon(points)
    if not shape.is_valid:
        raise ValueError("the polygon crosses itself: give its corners in order around it")
    if shape.area < MIN_ZONE_AREA:
        raise ValueError(
            f"the polygon covers {shape.area:.4%} of the picture, needed {MIN_ZONE_AREA:.1%}: "
            "corners are fractions of the picture, 0 to 1"
        )
    return points


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"no IANA time zone {name!r}; for Shanghai: Asia/Shanghai") from exc
    return name


def _is_span(text: str) -> str:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError("a span of the day is like 07:30-22:00")
    for clock in match.groups():
        time.fromisoformat(clock)
    return text


def _resolve_url(url: str, info: ValidationInfo) -> str:
    return url if "://" in url else str(_resolve(Path(url), info))


def _at_least_one(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """``min_length`` would count the valid ones and complain twice."""
    if not items:
        raise ValueError("give at least one")
    return items


OurPath = Annotated[Path, AfterValidator(_resolve)]
CameraUrl = Annotated[str, AfterValidator(_resolve_url)]
OurFile = Annotated[Path, AfterValidator(_resolve), AfterValidator(_exists)]


class Section(BaseModel):
    """A table of the file: unknown settings are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BoxSettings(Section):
    site: Name
    id: Name
    data_dir: OurPath


class TlsSettings(Section):
    ca_file: OurFile | None = None


class BrokerSettings(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    password_file: OurFile | None = None
    tls: TlsSettings | None = None


class ModelSettings(Section):
    path: OurFile | None = None
    variant: Literal["fp32", "int8"] | None = None
    providers: tuple[str, ...] = ("CPUExecutionProvider",)


class EvidenceSettings(Section):
    keep_days: Annotated[float, Field(gt=0)] = 30
    keep_bytes: Annotated[int, Field(ge=10_000_000)] = 5_000_000_000
    pixelate: bool = True


class ActiveSettings(Section):
    hours: Annotated[tuple[Annotated[str, AfterValidator(_is_span)], ...], Field(min_length=1)]
    timezone: Annotated[str, AfterValidator(_known_timezone)]


class RuleSettings(Section):
    """What every rule has; ``rule`` names the way of finding."""

    id: Name
    kind: Name
    zone: Name
    model: Name
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    every_s: Seconds = 10
    max_age_s: Seconds = 60
    dwell_s: Annotated[float, Field(ge=0, le=86400)] = 30
    clear_s: Annotated[float, Field(ge=0, le=86400)] = 60
    confirm_k: Count = 5
    confirm_n: Count = 7
    clear_looks: Count = 3
    open_score: Fraction | None = None
    keep_score: Fraction | None = None
    active: ActiveSettings | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.confirm_k > self.confirm_n:
            raise ValueError(f"confirm_k {self.confirm_k} is more than confirm_n {self.confirm_n}")
        if self.max_age_s < self.every_s:
            raise ValueError(f"max_age_s {self.max_age_s:g} is less than every_s {self.every_s:g}")
        if self.open_score is not None and (self.keep_score or 0) > self.open_score:
            raise ValueError(f"keep_score {self.keep_score} is more than open_score {self.open_score}")
        return self


class PresenceSettings(RuleSettings):
    rule: Literal["presence"]
    severity: Annotated[int, Field(ge=1, le=4)] = 2


class SurfaceSettings(RuleSettings):
    rule: Literal["surface"]
    min_share: Annotated[float, Field(gt=0, le=1)] = 0.05
    steps: tuple[Fraction, Fraction, Fraction] = (0.15, 0.35, 0.6)


class PassageSettings(RuleSettings):
    rule: Literal["passage"]
    severity: Annotated[int, Field(ge=1, le=4)] = 2
    every_s: Seconds = 0.15  # every picture that a camera hands on
    dwell_s: Annotated[float, Field(ge=0, le=86400)] = 0.5
    clear_s: Annotated[float, Field(ge=0, le=86400)] = 3
    confirm_k: Count = 3
    confirm_n: Count = 5
    clear_looks: Count = 4


class CrowdingSettings(RuleSettings):
    rule: Literal["crowding"]
    severity: Annotated[int, Field(ge=1, le=4)] = 2
    min_count: Count = 10


Rule = Annotated[
    PresenceSettings | SurfaceSettings | PassageSettings | CrowdingSettings, Field(discriminator="rule")
]


class ZoneSettings(Section):
    id: Name
    polygon: Annotated[list[tuple[Fraction, Fraction]], Field(min_length=3), AfterValidator(_is_simple)]
    lat: Latitude | None = None
    lon: Longitude | None = None


class CameraSettings(Section):
    id: Name
    url: CameraUrl
    pace: Literal["real", "fast"] = "real"
    loop: bool = False
    lat: Latitude
    lon: Longitude
    ground: Annotated[list[tuple[Fraction, Fraction, Latitude, Longitude]], Field(min_length=4)] | None = None
    homography: Annotated[Homography, AfterValidator(invertible)] | None = None
    empty_view: OurFile | None = None
    zones: Annotated[tuple[ZoneSettings, ...], AfterValidator(_at_least_one)]
    rules: Annotated[tuple[Rule, ...], AfterValidator(_at_least_one)]

    @model_validator(mode="after")
    def _one_ground(self) -> Self:
        if self.ground is not None and self.homography is not None:
            raise ValueError("give ground or homography, not both")
        return self


class EdgeConfig(Section):
    """The whole file."""

    box: BoxSettings
    broker: BrokerSettings = BrokerSettings()
    models: dict[Name, ModelSettings]
    evidence: EvidenceSettings = EvidenceSettings()
    cameras: Annotated[tuple[CameraSettings, ...], AfterValidator(_at_least_one)]

"""State: an open incident as JSON bytes, so that a restart goes on with it."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from edge.contract.messages import ModelRef, Phase
from edge.domain.candidate import Candidate
from edge.domain.detection import Box
from edge.domain.incident import Incident, Measures, Origin, Standing
from edge.domain.look import LookMark

_VERSION = 1


class StateError(ValueError):
    """Bytes that are no state of this version."""


def dump_incident(incident: Incident) -> bytes:
    """Return ``incident`` as JSON; frames are left out."""
    fields = {
        "version": _VERSION,
        "incident_id": incident.incident_id,
        "rev": incident.rev,
        "phase": incident.phase,
        "reason": incident.reason,
        "origin": asdict(incident.origin),
        "standing": _standing_fields(incident.standing),
        "told": _standing_fields(incident.told),
        "told_at": incident.told_at,
        "model": incident.model.model_dump(),
    }
    return json.dumps(fields, default=datetime.isoformat, separators=(",", ":")).encode()


def load_incident(state: bytes) -> Incident:
    """Return what ``dump_incident`` wrote; raise ``StateError`` for anything else.

    Stream times are forgotten: the new stream counts from its own beginning, and what was there is
    unverified until the next look.
    """
    try:
        fields = json.loads(state)
        if fields["version"] != _VERSION:
            raise StateError(f"state of version {fields['version']}, this box reads {_VERSION}")
        return Incident(
            incident_id=fields["incident_id"],
            rev=fields["rev"],
            phase=Phase(fields["phase"]),
            reason=fields["reason"],
            origin=Origin(**fields["origin"]),
            standing=_standing(fields["standing"]),
            told=_standing(fields["told"]),
            told_at=tuple(map(datetime.fromisoformat, fields["told_at"])),
            model=ModelRef.model_validate(fields["model"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise StateError(f"not the state of an incident: {exc!r}") from exc


def _standing_fields(standing: Standing) -> dict[str, Any]:
    fields = {name: getattr(standing, name) for name in Standing.__slots__ if name != "shot"}
    return fields | {
        "box": asdict(standing.box),
        "measures": asdict(standing.measures),
        "looks": [asdict(mark) for mark in standing.looks],
        "candidates": [_candidate_fields(candidate) for candidate in standing.candidates],
    }


def _candidate_fields(candidate: Candidate) -> dict[str, Any]:
    return {
        "first": asdict(candidate.first),
        "looks": [asdict(mark) for mark in candidate.looks],
        "last": asdict(candidate.last),
        "dwell_s": candidate.dwell_s,
        "ripe": candidate.ripe,
    }


def _standing(fields: dict[str, Any]) -> Standing:
    return Standing(
        **fields
        | {
            "first_seen_at": datetime.fromisoformat(fields["first_seen_at"]),
            "last_seen_at": datetime.fromisoformat(fields["last_seen_at"]),
            "box": Box(**fields["box"]),
            "ground_point": tuple(fields["ground_point"]),
            "measures": Measures(**fields["measures"]),
            "looks": tuple(map(_mark, fields["looks"])),
            "gates": tuple(fields["gates"]),
            "candidates": tuple(map(_candidate, fields["candidates"])),
        }
    )


def _candidate(fields: dict[str, Any]) -> Candidate:
    return Candidate(
        first=_mark(fields["first"]),
        looks=tuple(map(_mark, fields["looks"])),
        last=_mark(fields["last"]),
        dwell_s=fields["dwell_s"],
        confirmed_s=None,
        ripe=fields["ripe"],
    )


def _mark(fields: dict[str, Any]) -> LookMark:
    return LookMark(
        **fields
        | {
            "at": datetime.fromisoformat(fields["at"]),
            "box": None if fields["box"] is None else Box(**fields["box"]),
        }
    )

"""The contract as JSON Schema files: `python -m edge.contract.schema configs/schema` writes them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from edge.contract.message import Message
from edge.contract.messages import Ack, Command, EdgeHealth, EdgeStatus, IncidentEvent, Verdict


def schema_files() -> Mapping[str, str]:
    """The name and text of each schema file; draft 2020-12."""
    messages: dict[str, type[Message]] = {
        "ack.v1.json": Ack,
        "command.v1.json": Command,
        "health.v1.json": EdgeHealth,
        "incident-event.v1.json": IncidentEvent,
        "status.v1.json": EdgeStatus,
        "verdict.v1.json": Verdict,
    }
    return {
        name: json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **message.model_json_schema()},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, message in messages.items()
    }


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    for file, text in schema_files().items():
        (directory / file).write_text(text, "utf-8")

"""What every message is: frozen, strict, JSON in and out, refused by naming each wrong field."""

from datetime import UTC
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

MAX_MESSAGE_BYTES = 256 * 1024
"""A larger message is refused before it is parsed; pictures travel on their own topic."""

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""A name that is one level of a topic: letters, digits, dot, dash, underscore."""
Utc = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class MessageError(ValueError):
    """Bytes that are not a message of the contract; the text names each wrong field."""


class Message(BaseModel):
    # Unknown fields are ignored: a newer box may say more to an older centre.
    model_config = ConfigDict(extra="ignore", frozen=True)

    def to_json(self) -> bytes:
        """The message as UTF-8 JSON; unset optional fields are left out."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Self:
        """Parse ``payload``; raise ``MessageError`` that names every wrong field."""
        if len(payload) > MAX_MESSAGE_BYTES:
            raise MessageError(f"{len(payload)} bytes, allowed are {MAX_MESSAGE_BYTES}")
        try:
            return cls.model_validate_json(payload)
        except ValidationError as exc:
            problems = [f"{'.'.join(map(str, e['loc'])) or 'message'}: {e['msg']}" for e in exc.errors()]
            raise MessageError("; ".join(problems)) from exc

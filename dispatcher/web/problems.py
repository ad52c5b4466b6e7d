"""What went wrong with a request, as problem+json (RFC 9457)."""

from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dispatcher.domain.ticket import Verb

MEDIA_TYPE = "application/problem+json"


class ProblemBody(BaseModel):
    """The body of every error of the API."""

    title: str = Field(description="What is wrong, in a few words.", examples=["illegal move"])
    status: int = Field(description="The HTTP status again.", examples=[409])
    detail: str = Field(description="What failed, on what, and the way out.")
    legal_verbs: list[Verb] | None = Field(
        default=None, description="With 409: what may be done to the ticket now, by this account."
    )
    rev: int | None = Field(default=None, description="With 409: the ticket's present revision.")


class Problem(Exception):  # noqa: N818 - the RFC's word
    """An answer other than success, raised anywhere below an endpoint."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:  # noqa: ANN401
        super().__init__(detail)
        self.body = ProblemBody(status=status, title=title, detail=detail, **more)


def problem_response(body: ProblemBody, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return ``body`` as the answer to an API request."""
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True),
        status_code=body.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def describe(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI text for the errors that an endpoint may answer."""
    texts = {
        401: "Not signed in.",
        404: "There is no such thing.",
        409: "The ticket does not allow this now: the move is illegal, or somebody was faster.",
        422: "The request is malformed; the detail names every wrong field.",
        429: "Too many wrong passwords from this address.",
        503: "The store is out of reach for now; `Retry-After` says when to ask again.",
    }
    return {status: {"description": texts[status], "model": ProblemBody} for status in statuses}


def as_answered(document: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI ``document`` with the media type of errors: FastAPI writes the route's own there."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    [body] = answer["content"].values()
                    answer["content"] = {MEDIA_TYPE: body}
    return document

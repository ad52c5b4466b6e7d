"""The API /api/v1: what the console shows and does, for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from dispatcher.domain.district import CameraPlace
from dispatcher.domain.ticket import TicketId, Verb
from dispatcher.ports import BoxView, Counts, DeadLetter, TicketView
from dispatcher.web import moves, sse
from dispatcher.web.auth import CurrentUser, User, require_user
from dispatcher.web.geojson import FeatureCollection, cells_of
from dispatcher.web.problems import Problem, as_answered, describe
from dispatcher.web.shapes import EventPage, LogEntryBody, MoveBody, TicketBody, TicketPage, TicketQuery
from dispatcher.web.site import CurrentSite, Site

router = APIRouter(
    prefix="/api/v1", dependencies=[Depends(require_user)], responses=describe(401, 422, 429, 503)
)

_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "The bytes, for ever the same."}
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/LogEntryBody"}}}}
}
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]


@router.get("/tickets", tags=["tickets"])
def list_tickets(site: CurrentSite, query: Annotated[TicketQuery, Query()]) -> TicketPage:
    """List tickets, newest first."""
    with site.store.read() as reader:
        tickets = list(reader.tickets(query.as_filter()))
    more = len(tickets) == query.limit
    return TicketPage(items=tickets, next_cursor=tickets[-1].ticket_id if more else None)


@router.get(
    "/tickets/{ticket_id}",
    tags=["tickets"],
    responses=describe(404),
)
def get_ticket(site: CurrentSite, user: CurrentUser, ticket_id: TicketId) -> TicketBody:
    """Return one ticket with its log, its incidents, its evidence, and what this account may do to it."""
    return _ticket_body(find_ticket(site, ticket_id), user)


@router.post(
    "/tickets/{ticket_id}/{verb}",
    tags=["tickets"],
    responses=describe(404, 409),
)
def move_ticket(
    site: CurrentSite, user: CurrentUser, ticket_id: TicketId, verb: Verb, body: MoveBody
) -> TicketBody:
    """Move a ticket: accept it, start it, finish it, return it.

    The move is made only if the ticket allows it and is still at `rev`; else 409 says what it allows now.
    It is logged under the account's name.
    """
    moves.make(site, user, find_ticket(site, ticket_id), verb, body)
    return _ticket_body(find_ticket(site, ticket_id), user)


@router.get("/events", tags=["events"])
def list_events(
    site: CurrentSite,
    ticket: Annotated[str | None, Query(description="Only the events behind this ticket.")] = None,
    after: Annotated[int, Query(ge=0, description="`next_after` of the page before.")] = 0,
    limit: Limit = 100,
) -> EventPage:
    """List incident events as the boxes sent them, in order of arrival."""
    with site.store.read() as reader:
        items = list(
            reader.events(ticket_id=TicketId(ticket) if ticket else None, after_id=after, limit=limit)
        )
    return EventPage(items=items, next_after=items[-1].event_id if items else after)


@router.get(
    "/evidence/{sha256}",
    tags=["events"],
    response_class=Response,
    responses=_JPEG | describe(404),
)
def get_evidence(site: CurrentSite, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """Return a picture by the SHA-256 of its bytes."""
    payload = site.evidence.read(sha256)
    if payload is None:
        raise Problem(404, "no such picture", f"{sha256} has not arrived, or was removed by retention")
    return Response(
        payload,
        media_type="image/jpeg",
        headers={"cache-control": "private, max-age=31536000, immutable", "etag": f'"{sha256}"'},
    )


@router.get("/boxes", tags=["district"])
def list_boxes(site: CurrentSite) -> list[BoxView]:
    """List the edge boxes: last status, last health, how many events are missing."""
    with site.store.read() as reader:
        return list(reader.boxes())


@router.get("/cameras", tags=["district"])
def list_cameras(site: CurrentSite) -> list[CameraPlace]:
    """List the cameras of the district, WGS 84."""
    return list(site.district.cameras)


@router.get(
    "/cells",
    tags=["district"],
    responses=describe(404),
)
def list_cells(
    site: CurrentSite,
    layer: Annotated[str | None, Query(description="The layer, by default the first.")] = None,
    around: Annotated[str | None, Query(description="A cell: the layer that it belongs to.")] = None,
) -> FeatureCollection:
    """Return the cells of one layer as GeoJSON."""
    return cells_of(site.district.grid, layer=layer, around=around)


@router.get("/counts", tags=["tickets"])
def get_counts(site: CurrentSite) -> Counts:
    """Return the figures at the head of the console."""
    with site.store.read() as reader:
        return reader.counts(site.clock())


@router.get("/dead-letters", tags=["events"])
def list_dead_letters(site: CurrentSite, limit: Limit = 100) -> list[DeadLetter]:
    """List messages that could not be understood, newest first."""
    with site.store.read() as reader:
        return list(reader.dead_letters(limit))


@router.get(
    "/stream",
    tags=["tickets"],
    response_class=StreamingResponse,
    responses=_EVENTS,
)
async def open_stream(
    request: Request,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
    after: Annotated[int | None, Query(ge=0, description="Begin after this log id.")] = None,
) -> StreamingResponse:
    """Stream every log entry as it happens (server-sent events).

    `id` is the log id, `event` is `log`, `data` is a log entry. Resume with `Last-Event-ID` or `after`:
    nothing is left out. Without either the stream begins now.
    """
    tail: sse.LogTail = request.app.state.log_tail
    begin = last_event_id if last_event_id is not None else after
    return StreamingResponse(
        sse.stream(tail, begin if begin is not None else await sse.newest(tail)),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


@router.get("/openapi.json", include_in_schema=False)
def describe_api(request: Request) -> JSONResponse:
    """Return this description of the API."""
    app: FastAPI = request.app
    return JSONResponse(as_answered(app.openapi()))


def find_ticket(site: Site, ticket_id: TicketId) -> TicketView:
    """Return the ticket with all behind it; raise the 404 that says so."""
    with site.store.read() as reader:
        view = reader.ticket(ticket_id)
    if view is None:
        raise Problem(404, "no such ticket", f"there is no ticket {ticket_id}")
    return view


def _ticket_body(view: TicketView, user: User) -> TicketBody:
    return TicketBody(
        ticket=view.ticket,
        legal_verbs=list(moves.legal_for(user, view.ticket)),
        log=[LogEntryBody.of(entry) for entry in view.log],
        incidents=list(view.incidents),
        evidence=list(view.evidence),
    )

"""The pages of the console."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from dispatcher.domain.ticket import State, Ticket, TicketId, Verb
from dispatcher.ports import TicketFilter
from dispatcher.web import moves
from dispatcher.web.api import find_ticket
from dispatcher.web.auth import CurrentUser, User, require_user
from dispatcher.web.evidence import pair_up
from dispatcher.web.pages import read_head, render
from dispatcher.web.problems import Problem, ProblemBody
from dispatcher.web.shapes import MoveBody
from dispatcher.web.site import CurrentSite, Site

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_user)])

_PAGE = 50
_LIVE = frozenset(state for state in State if state.is_live)


class Sieve(BaseModel):
    """What the visitor wants to see of the list; an empty field sieves nothing."""

    state: Literal["live", "all"] | State = "live"
    category: str = ""
    cell: str = ""

    def as_filter(self, before_id: str | None = None) -> TicketFilter:
        several = {"live": _LIVE, "all": frozenset[State]()}
        return TicketFilter(
            states=frozenset({self.state}) if isinstance(self.state, State) else several[self.state],
            category=self.category or None,
            cell_code=self.cell or None,
            before_id=TicketId(before_id) if before_id else None,
            limit=_PAGE,
        )

    def passes(self, ticket: Ticket, site: Site) -> bool:
        """Whether ``ticket`` belongs on the list."""
        wanted = self.as_filter()
        return (
            (not wanted.states or ticket.state in wanted.states)
            and wanted.category in {None, ticket.category}
            and (wanted.cell_code is None or ticket.cell_code in site.district.grid.below(wanted.cell_code))
        )


Sieved = Annotated[Sieve, Query()]


@router.get("/")
def go_to_tickets() -> Response:
    """Lead to the list: it is the home page."""
    return RedirectResponse("/tickets", status_code=303)


@router.get("/tickets")
def show_tickets(
    request: Request, site: CurrentSite, user: CurrentUser, sieve: Sieved, before: str | None = None
) -> Response:
    """Show the live list, or for htmx its rows alone."""
    with site.store.read() as reader:
        head = read_head(reader, site)
        tickets = reader.tickets(sieve.as_filter(before))
    more = tickets[-1].ticket_id if len(tickets) == _PAGE else None
    template = "_rows.html" if "hx-request" in request.headers else "tickets.html"
    rows: dict[str, Any] = {"tickets": tickets, "before": before, "more": more}
    return render(request, template, user=user, head=head, sieve=sieve, states=list(State), **rows)


@router.get("/tickets/{ticket_id}")
def show_ticket(request: Request, site: CurrentSite, user: CurrentUser, ticket_id: TicketId) -> Response:
    """Show one ticket with everything behind it."""
    return _ticket_page(request, site, user, ticket_id)


@router.get("/tickets/{ticket_id}/row")
def show_row(request: Request, site: CurrentSite, ticket_id: TicketId, sieve: Sieved) -> Response:
    """Show one row of the list, for pages that have heard of a change."""
    ticket = find_ticket(site, ticket_id).ticket
    return render(request, "_row.html", ticket=ticket, passes=sieve.passes(ticket, site))


@router.get("/tickets/{ticket_id}/picture")
def show_picture(site: CurrentSite, ticket_id: TicketId) -> Response:
    """Lead to the picture that stands for the ticket in lists."""
    before = [pair.before for pair in pair_up(find_ticket(site, ticket_id)) if pair.before]
    if not before:
        raise Problem(404, "no picture yet", f"no picture of ticket {ticket_id} has arrived")
    return RedirectResponse(f"/api/v1/evidence/{before[0].sha256}", status_code=303)


@router.post("/tickets/{ticket_id}/{verb}")
def move_ticket(
    request: Request,
    site: CurrentSite,
    user: CurrentUser,
    ticket_id: TicketId,
    verb: Verb,
    body: Annotated[MoveBody, Form()],
) -> Response:
    """Make a move and show the ticket after it, or why it was refused."""
    try:
        moves.make(site, user, find_ticket(site, ticket_id), verb, body)
    except Problem as exc:
        if exc.body.status != HTTPStatus.CONFLICT:
            raise
        return _ticket_page(request, site, user, ticket_id, refused=exc.body)
    return RedirectResponse(f"/tickets/{ticket_id}", status_code=303)


@router.get("/counts")
def show_counts(request: Request, site: CurrentSite) -> Response:
    """Show the figures at the head of every page."""
    with site.store.read() as reader:
        return render(request, "_counts.html", counts=reader.counts(site.clock()))


@router.get("/map")
def show_map(request: Request, site: CurrentSite, user: CurrentUser) -> Response:
    """Show cells, cameras and live tickets on a map."""
    with site.store.read() as reader:
        head = read_head(reader, site)
        tickets = reader.tickets(Sieve().as_filter())
    return render(request, "map.html", user=user, head=head, tickets=tickets, before=None, more=None)


@router.get("/boxes")
def show_boxes(request: Request, site: CurrentSite, user: CurrentUser) -> Response:
    """Show how the boxes and their cameras do."""
    with site.store.read() as reader:
        head, boxes = read_head(reader, site), reader.boxes()
    return render(request, "boxes.html", user=user, head=head, boxes=boxes)


@router.get("/dead-letters")
def show_dead_letters(request: Request, site: CurrentSite, user: CurrentUser) -> Response:
    """Show the messages that could not be understood."""
    with site.store.read() as reader:
        head, letters = read_head(reader, site), reader.dead_letters(200)
    return render(request, "dead_letters.html", user=user, head=head, letters=letters)


def _ticket_page(
    request: Request, site: Site, user: User, ticket_id: TicketId, refused: ProblemBody | None = None
) -> Response:
    with site.store.read() as reader:
        head = read_head(reader, site)
    view = find_ticket(site, ticket_id)
    return render(
        request,
        "ticket.html",
        status=200 if refused is None else refused.status,
        user=user,
        head=head,
        view=view,
        ticket=view.ticket,
        pairs=pair_up(view),
        offers=moves.offer(user, view.ticket),
        refused=refused,
    )

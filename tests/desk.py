"""A dispatcher in a test: a store, a district and a clock that the test turns."""

from datetime import datetime, timedelta
from typing import Any

from dispatcher.domain.fold import fold
from dispatcher.domain.log import LogEntry, verify
from dispatcher.domain.ticket import Role, Ticket, TicketId, Verb
from dispatcher.handlers import Fired, Order, Receipt, audit, perform, receive_event, sweep
from dispatcher.ports import Store, TicketFilter, TicketView
from edge.contract.messages import IncidentEvent, Location
from tests.build import an_event
from tests.district import DISTRICT, IN_WEST, noon


def seen(incident_id: str = "a", *, at_s: float = 0, since_s: float = 0, **changes: Any) -> IncidentEvent:
    """An event of an incident first seen ``since_s`` and last seen ``at_s`` after noon, in unit W1."""
    place = {"lat": changes.pop("lat", IN_WEST["lat"]), "lon": changes.pop("lon", IN_WEST["lon"])}
    fields: dict[str, Any] = {
        "location": Location(**place, accuracy_m=2, method="homography"),
        "first_seen_at": noon() + timedelta(seconds=since_s),
        "last_seen_at": noon() + timedelta(seconds=max(at_s, since_s)),
    }
    return an_event(incident_id=incident_id, **(fields | changes))


class Desk:
    """What the tests do to tickets, each in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now: datetime = noon()

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def receive(self, *events: IncidentEvent) -> list[Receipt]:
        receipts = []
        for event in events:
            with self.store.write() as tx:
                receipts.append(receive_event(tx, event, district=DISTRICT, now=self.now))
        return receipts

    def do(self, verb: Verb, role: Role = Role.HANDLER, *, actor: str = "ann", **changes: Any) -> Ticket:
        """Do ``verb`` to the newest ticket as it stands."""
        ticket = self.newest()
        order = Order(
            ticket_id=ticket.ticket_id, rev=ticket.rev, verb=verb, role=role, actor=actor, **changes
        )
        return self.perform(order)

    def perform(self, order: Order) -> Ticket:
        with self.store.write() as tx:
            return perform(tx, order, district=DISTRICT, now=self.now)

    def sweep(self) -> list[Fired]:
        with self.store.write() as tx:
            return list(sweep(tx, district=DISTRICT, now=self.now))

    def unwatched(self) -> list[TicketId]:
        with self.store.write() as tx:
            return list(audit(tx))

    def tickets(self) -> list[Ticket]:
        """All tickets, newest first."""
        with self.store.read() as reader:
            return list(reader.tickets(TicketFilter(limit=10_000)))

    def newest(self) -> Ticket:
        return self.tickets()[0]

    def view(self) -> TicketView:
        """The newest ticket with all behind it."""
        ticket_id = self.newest().ticket_id
        with self.store.read() as reader:
            view = reader.ticket(ticket_id)
        assert view is not None
        return view

    def verbs(self) -> list[Verb]:
        return [entry.verb for entry in self.view().log]

    def last(self) -> LogEntry:
        return self.view().log[-1]

    def assert_sound(self) -> None:
        """Every ticket is the fold of its untouched log, and every live one is watched."""
        for ticket in self.tickets():
            with self.store.read() as reader:
                view = reader.ticket(ticket.ticket_id)
            assert view is not None
            verify(view.log)
            assert fold(view.log) == ticket
        assert self.unwatched() == []

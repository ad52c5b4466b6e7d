"""Moves by the API: who may make which, and how one is refused."""

from fastapi.testclient import TestClient

from tests.control_room import ACCOUNT, ControlRoom
from tests.unit.dispatcher.web_client import get


def test_a_move_is_made_and_logged_in_the_name_of_the_account(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()
    rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]

    answer = client.post(f"/api/v1/tickets/{ticket_id}/accept", json={"rev": rev})

    assert answer.status_code == 200
    assert answer.json()["ticket"]["state"] == "accepted"
    assert answer.json()["log"][-1]["actor"] == ACCOUNT


def test_an_illegal_move_is_refused_with_the_legal_verbs(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()
    rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]

    answer = client.post(f"/api/v1/tickets/{ticket_id}/verify", json={"rev": rev})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["legal_verbs"] == ["accept", "return", "reassign", "void"]
    assert get(client, f"/tickets/{ticket_id}")["ticket"]["rev"] == rev


def test_a_move_on_a_stale_revision_is_refused_with_the_present_one(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()
    rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]
    client.post(f"/api/v1/tickets/{ticket_id}/accept", json={"rev": rev})

    answer = client.post(f"/api/v1/tickets/{ticket_id}/start", json={"rev": rev})

    assert answer.status_code == 409
    assert answer.json()["title"] == "stale revision"
    assert answer.json()["rev"] == rev + 1


def test_a_move_that_lacks_its_reason_says_so(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()
    rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]

    answer = client.post(f"/api/v1/tickets/{ticket_id}/return", json={"rev": rev})

    assert answer.status_code == 422
    assert "reason" in answer.json()["detail"]


def test_whoever_finished_a_ticket_is_not_offered_to_verify_it(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()
    for verb in ("accept", "finish"):
        rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]
        client.post(f"/api/v1/tickets/{ticket_id}/{verb}", json={"rev": rev})

    body = get(client, f"/tickets/{ticket_id}")

    assert body["ticket"]["state"] == "done"
    assert "verify" not in body["legal_verbs"]


def test_a_pause_until_a_time_without_a_zone_is_meant_in_the_districts(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()
    rev = get(client, f"/tickets/{ticket_id}")["ticket"]["rev"]
    client.post(f"/api/v1/tickets/{ticket_id}/accept", json={"rev": rev})

    answer = client.post(
        f"/api/v1/tickets/{ticket_id}/pause",
        json={"rev": rev + 1, "reason": "waits for the crane", "until": "2026-05-20T18:00:00"},
    )

    assert answer.json()["ticket"]["due_at"] == "2026-05-20T10:00:00Z"


def test_a_ticket_is_returned_for_one_of_the_four_reasons_and_a_note(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()
    url = f"/api/v1/tickets/{ticket_id}/return"

    refused = client.post(url, json={"rev": 3, "reason": "no time"})
    answer = client.post(url, json={"rev": 3, "reason": "not_our_area", "note": "the other bank"})

    assert refused.status_code == 422
    assert "not_our_function, not_our_area, unclear_ownership, false_alarm" in refused.json()["detail"]
    assert answer.json()["ticket"]["state"] == "returned"
    said = answer.json()["log"][-1]["data"]
    assert (said["reason"], said["note"]) == ("not_our_area", "the other bank")

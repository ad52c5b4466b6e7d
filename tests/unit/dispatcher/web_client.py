"""A client that is signed in, and what it reads."""

from typing import Any

from fastapi.testclient import TestClient

from tests.control_room import ACCOUNT, PASSWORD, ControlRoom


def signed_in(room: ControlRoom) -> TestClient:
    """Return a client with the session of the test's account."""
    client = TestClient(room.app(), follow_redirects=False)
    client.post("/sign-in", data={"account": ACCOUNT, "password": PASSWORD})
    return client


def get(client: TestClient, path: str) -> Any:
    """Return what the API answers."""
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(client: TestClient, path: str) -> str:
    """Return the text of a page."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text

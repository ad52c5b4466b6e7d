"""A client that is signed in, for tests of what lies behind the entrance."""

from fastapi.testclient import TestClient

from tests.control_room import ACCOUNT, PASSWORD, ControlRoom


def signed_in(room: ControlRoom) -> TestClient:
    """Return a client with the session of the test's account."""
    client = TestClient(room.app(), follow_redirects=False)
    client.post("/sign-in", data={"account": ACCOUNT, "password": PASSWORD})
    return client

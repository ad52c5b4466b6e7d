"""The API: what it tells, in which shape, and how it says that something is not there."""

import pytest
from fastapi.testclient import TestClient

from tests.build import SHA
from tests.control_room import ControlRoom
from tests.unit.dispatcher.web_client import get

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


def test_a_ticket_tells_its_log_its_incidents_and_what_may_be_done(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()

    body = get(client, f"/tickets/{ticket_id}")

    assert body["ticket"]["state"] == "dispatched"
    assert body["legal_verbs"] == ["accept", "return", "reassign", "void"]
    assert [entry["verb"] for entry in body["log"]] == ["receive", "file", "dispatch"]
    assert body["log"][-1]["data"]["why"]["assignment"]["chosen"] == body["ticket"]["assignee_id"]
    assert body["incidents"][0]["incident_id"] == "0b9e2f6c"
    assert body["evidence"] == [
        {
            "sha256": SHA,
            "kind": "snapshot",
            "incident_id": "0b9e2f6c",
            "rev": 1,
            "media_type": "image/jpeg",
            "stored_at": None,
        }
    ]


def test_the_list_is_paged_by_cursor_without_gap_or_repeat(room: ControlRoom, client: TestClient) -> None:
    made = [room.see(incident_id=f"i{n}", camera_id=f"c{n}", kind="muck_truck") for n in range(5)]

    first = get(client, "/tickets?limit=3")
    rest = get(client, f"/tickets?limit=3&cursor={first['next_cursor']}")

    listed = [one["ticket_id"] for one in first["items"] + rest["items"]]
    assert listed == sorted(made, reverse=True)
    assert rest["next_cursor"] is None


def test_filters_leave_only_what_was_asked_for(room: ControlRoom, client: TestClient) -> None:
    stall = room.see()
    truck = room.see(incident_id="truck", kind="muck_truck")

    def listed(query: str) -> list[str]:
        return [one["ticket_id"] for one in get(client, f"/tickets?{query}")["items"]]

    assert listed("category=muck_truck") == [truck]
    assert sorted(listed("state=dispatched&state=closed")) == sorted([stall, truck])
    assert listed("state=closed") == []
    assert sorted(listed("cell=G1")) == sorted([stall, truck])
    assert listed("cell=G2") == []


@pytest.mark.parametrize("path", ["/tickets/none", "/cells?layer=none", f"/evidence/{SHA}", "/nowhere"])
def test_what_is_not_there_is_a_problem_that_says_what(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1{path}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/tickets?limit=0", "/tickets?state=lost", "/evidence/..%2f..%2fetc"])
def test_a_malformed_request_is_refused_by_name_of_the_field(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1{path}")

    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_picture_is_kept_by_the_browser_for_ever_but_by_nobody_between(
    room: ControlRoom, client: TestClient
) -> None:
    picture = room.take_picture(JPEG)

    answer = client.get(f"/api/v1/evidence/{picture.sha256}")

    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_events_are_paged_in_order_of_arrival(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()
    room.see(incident_id="other", kind="muck_truck")
    room.see(rev=2, phase="updated")

    page = get(client, f"/events?ticket={ticket_id}&limit=1")
    rest = get(client, f"/events?ticket={ticket_id}&after={page['next_after']}")

    ids = [one["event"]["id"] for one in page["items"] + rest["items"]]
    assert ids == ["0b9e2f6c/1", "0b9e2f6c/2"]


def test_the_cells_of_a_layer_are_geojson_with_the_root_first(client: TestClient) -> None:
    cells = get(client, "/cells?layer=governance")
    same = get(client, "/cells?around=G11")

    assert cells["type"] == "FeatureCollection"
    assert cells["features"][0]["properties"]["level"] == 0
    assert {one["geometry"]["type"] for one in cells["features"]} == {"Polygon"}
    assert same == cells


def test_figures_cameras_boxes_and_dead_letters_are_told(room: ControlRoom, client: TestClient) -> None:
    room.see()
    with room.store.write() as tx:
        tx.add_dead_letter(topic="gw/v1/a/b/event", reason="not JSON", payload=b"x", now=room.now)

    assert get(client, "/counts")["live"] == 1
    assert get(client, "/dead-letters")[0]["reason"] == "not JSON"
    assert get(client, "/boxes")[0]["source"] == "/edge/putuo/box-1"
    assert {one["camera_id"] for one in get(client, "/cameras")} >= {"cam-pavement"}


def test_the_description_of_the_api_names_every_error_shape(client: TestClient) -> None:
    schema = get(client, "/openapi.json")

    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert len(operations) > 10
    for operation in operations:
        assert operation["description"], operation["operationId"]
        for status, answer in operation["responses"].items():
            if status >= "400":
                [(media_type, body)] = answer["content"].items()
                assert media_type == "application/problem+json", f"{operation['operationId']} {status}"
                assert body["schema"] == {"$ref": "#/components/schemas/ProblemBody"}


def test_the_description_of_the_api_names_what_a_picture_and_the_stream_are(client: TestClient) -> None:
    schema = get(client, "/openapi.json")

    told = {
        path: list(schema["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"])
        for path in ("/evidence/{sha256}", "/stream")
    }
    assert told == {"/evidence/{sha256}": ["image/jpeg"], "/stream": ["text/event-stream"]}

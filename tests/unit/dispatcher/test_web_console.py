"""The lists, the boxes and the map: what people read, in which language."""

import re
from datetime import timedelta

from fastapi.testclient import TestClient

from edge.contract.messages import CameraHealth
from tests.build import a_health, a_status
from tests.control_room import ControlRoom
from tests.unit.dispatcher.web_client import page


def test_an_empty_list_teaches_what_will_appear_in_it(client: TestClient) -> None:
    assert "还没有工单" in page(client, "/tickets")
    assert "gridwarden edge run" in page(client, "/boxes")
    assert "没有无法识别的消息" in page(client, "/dead-letters")


def test_the_list_names_what_where_who_and_until_when(room: ControlRoom, client: TestClient) -> None:
    room.see()

    text = page(client, "/tickets")

    for words in ("占道经营", "柳荫路沿街商铺", "柳荫路人行道", "已派单", "剩 10 分 0 秒"):
        assert words in text


def test_the_language_can_be_switched_and_is_remembered(room: ControlRoom, client: TestClient) -> None:
    room.see()

    answer = client.post(
        "/preferences", data={"language": "en"}, headers={"referer": "http://x/tickets?state=all"}
    )

    assert answer.headers["location"] == "/tickets?state=all"
    text = page(client, "/tickets")
    assert '<html lang="en"' in text
    assert "Street encroachment" in text


def test_an_unknown_language_is_not_remembered(client: TestClient) -> None:
    answer = client.post("/preferences", data={"language": "../etc"})

    assert "set-cookie" not in answer.headers


def test_the_filter_of_the_list_holds_for_its_live_rows_too(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()

    assert "data-leaves" not in page(client, f"/tickets/{ticket_id}/row?state=live&cell=G1")
    assert "data-leaves" in page(client, f"/tickets/{ticket_id}/row?state=closed")
    assert "data-leaves" in page(client, f"/tickets/{ticket_id}/row?cell=G2")
    assert "data-leaves" in page(client, f"/tickets/{ticket_id}/row?category=muck_truck")


def test_earlier_tickets_are_fetched_as_rows_alone(room: ControlRoom, client: TestClient) -> None:
    older = room.see()
    room.now += timedelta(seconds=1)
    newer = room.see(incident_id="truck", kind="muck_truck")

    rows = client.get(f"/tickets?before={newer}", headers={"hx-request": "true"}).text

    assert f"ticket-{older}" in rows
    assert f"ticket-{newer}" not in rows
    assert "<html" not in rows


def test_the_boxes_page_is_honest_about_coverage_and_losses(room: ControlRoom, client: TestClient) -> None:
    room.see()
    room.sequence += 4
    room.see(rev=2, phase="updated")
    camera = CameraHealth(camera_id="cam-gate", state="backoff", fps=0, dropped=0, coverage={"trucks": 0.41})
    health = a_health(at=room.now, stretch=2.5, queue=7, queue_age_s=61, cameras=[camera])
    status = a_status(at=room.now, state="offline")
    with room.store.write() as tx:
        tx.put_health("/edge/putuo/box-1", health, now=room.now)
        tx.put_status("/edge/putuo/box-1", status, now=room.now)

    text = page(client, "/boxes")

    for words in ("离线", "等待重连", "41 %", "×2.5", "1 分 1 秒"):
        assert words in text
    assert re.search(r"缺失事件</dt><dd>4<", text)


def test_the_map_and_an_unknown_page_answer_in_the_visitors_language(client: TestClient) -> None:
    assert "综合治理" in page(client, "/map")

    lost = client.get("/tickets/none")

    assert lost.status_code == 404
    assert "没有找到" in lost.text

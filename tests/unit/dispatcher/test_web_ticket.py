"""The page of a ticket: what people read there and can do."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from dispatcher.domain.moves import MOVES
from dispatcher.domain.ticket import ReturnReason, State
from tests.control_room import ControlRoom
from tests.unit.dispatcher.web_client import page


def test_times_are_read_off_a_clock_of_the_district(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()

    assert "2026-05-20 12:00:00" in page(client, f"/tickets/{ticket_id}")


def test_the_ticket_page_shows_before_and_after_and_the_why_of_each_step(
    room: ControlRoom, client: TestClient
) -> None:
    before = room.take_picture(b"before")
    ticket_id = room.see(evidence=[before])
    assert "还没有处置后的图片" in page(client, f"/tickets/{ticket_id}")
    room.now += timedelta(minutes=28)
    after = room.take_picture(b"after", kind="after")
    room.see(rev=2, phase="cleared", reason="gone", evidence=[before, after])

    text = page(client, f"/tickets/{ticket_id}")

    assert before.sha256 in text
    assert after.sha256 in text
    for words in (
        "已结案",
        "自行消除",
        "历时 30 分 0 秒",
        "附近没有同类工单：新建",
        "派给",
        "dwell 30 s of 30 s",
    ):
        assert words in text


@pytest.mark.parametrize(("language", "name"), [("zh", "柳荫商铺组"), ("en", "Liuyin shops")])
def test_a_body_is_called_by_its_name_in_the_visitors_language(
    room: ControlRoom, client: TestClient, language: str, name: str
) -> None:
    ticket_id = room.see()
    client.cookies.set("language", language)

    text = page(client, f"/tickets/{ticket_id}")

    assert name in text
    assert "liuyin-shops" not in text


def test_a_picture_that_has_not_arrived_is_said_to_be_on_its_way(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()

    assert "图片还在上传" in page(client, f"/tickets/{ticket_id}")
    assert client.get(f"/tickets/{ticket_id}/picture").status_code == 404


def test_the_buttons_are_the_legal_verbs_and_those_that_need_words_ask_for_them(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()

    text = page(client, f"/tickets/{ticket_id}")

    assert set(re.findall(rf'action="/tickets/{ticket_id}/(\w+)"', text)) == {
        "accept",
        "return",
        "reassign",
        "void",
    }
    assert set(re.findall(r'data-opens="move-(\w+)"', text)) == {
        move.verb
        for move in MOVES
        if move.needs and State.DISPATCHED in move.sources and move.verb != "rework"
    }


def test_the_form_to_return_a_ticket_offers_the_reasons_of_the_table(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()

    text = page(client, f"/tickets/{ticket_id}")
    client.post(
        f"/tickets/{ticket_id}/return", data={"rev": "3", "reason": "unclear_ownership", "note": "私人的地"}
    )
    after = page(client, f"/tickets/{ticket_id}")

    offered = re.findall(r'<option value="(\w+)">', text[text.index('<select name="reason">') :])
    assert offered == list(ReturnReason)
    assert "权属不清" in after
    assert "私人的地" in after


def test_a_refused_button_shows_the_ticket_as_it_is_and_what_it_allows(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see()
    accepted = client.post(f"/tickets/{ticket_id}/accept", data={"rev": "3"})
    assert accepted.headers["location"] == f"/tickets/{ticket_id}"

    answer = client.post(f"/tickets/{ticket_id}/accept", data={"rev": "3"})

    assert answer.status_code == 409
    assert "开始处置" in answer.text
    assert 'role="alert"' in answer.text


def test_what_a_box_or_a_person_wrote_is_never_taken_for_markup(
    room: ControlRoom, client: TestClient
) -> None:
    ticket_id = room.see(reason="<script>alert(1)</script>")

    text = page(client, f"/tickets/{ticket_id}")

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text

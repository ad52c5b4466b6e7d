"""The pages: what people read, in which words."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from dispatcher.domain.moves import MOVES
from dispatcher.domain.ticket import Outcome, ReturnReason, Role, State, Verb
from dispatcher.web.words import LANGUAGES, load_words
from edge.contract.messages import EdgeHealth, EdgeStatus, Phase
from tests.control_room import ControlRoom
from tests.unit.dispatcher.web_client import signed_in

WEB = Path(__file__).parents[3] / "dispatcher" / "web"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def room(tmp_path: Path) -> ControlRoom:
    return ControlRoom.open(tmp_path)


@pytest.fixture
def client(room: ControlRoom) -> TestClient:
    return signed_in(room)


def page(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def keys_of(language: str) -> set[str]:
    tables = tomllib.loads((WEB / "locale" / f"{language}.toml").read_text("utf-8"))
    return {f"{group}.{key}" for group, table in tables.items() for key in table}


def test_every_language_has_the_same_words() -> None:
    first, *others = LANGUAGES

    for other in others:
        assert keys_of(first) == keys_of(other)


def test_phrases_of_a_key_take_the_same_values_in_every_language() -> None:
    zh, en = load_words("zh", SHANGHAI).phrases, load_words("en", SHANGHAI).phrases

    for key in zh:
        assert set(re.findall(r"\{\w+\}", zh[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_every_word_that_a_template_asks_for_is_there_and_every_word_is_asked_for() -> None:
    text = "\n".join(file.read_text("utf-8") for file in (WEB / "templates").glob("*.html"))
    text += (WEB / "words.py").read_text("utf-8")
    exact = {match for match in re.findall(r"'([a-z_]+\.[a-z_0-9]+)'", text) if match in keys_of("zh")}
    groups = set(re.findall(r"'([a-z_]+)\.' ~", text)) | set(re.findall(r"name\('(\w+)'", text))
    asked = set(re.findall(r"t\('([a-z_]+\.[a-z_0-9]+)'", text))

    assert asked <= keys_of("zh")
    spare = {key for key in keys_of("zh") - exact if key.split(".")[0] not in groups | {"duration", "time"}}
    assert spare == set()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("state", State),
        ("verb", Verb),
        ("role", Role),
        ("outcome", Outcome),
        ("phase", Phase),
        ("reason", ReturnReason),
    ],
)
def test_everything_that_can_be_said_of_a_ticket_has_a_word(group: str, codes: type[State]) -> None:
    for code in codes:
        assert f"{group}.{code}" in keys_of("zh")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"),
        (59.6, "1 分 0 秒"),
        (3599, "59 分 59 秒"),
        (3600, "1 小时 0 分"),
        (90000, "1 天 1 小时"),
        (-61, "1 分 1 秒"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert load_words("zh", SHANGHAI).duration(seconds) == words


def test_an_empty_list_teaches_what_will_appear_in_it(client: TestClient) -> None:
    assert "还没有工单" in page(client, "/tickets")
    assert "gridwarden edge run" in page(client, "/boxes")
    assert "没有无法识别的消息" in page(client, "/dead-letters")


def test_the_list_names_what_where_who_and_until_when(room: ControlRoom, client: TestClient) -> None:
    room.see()

    text = page(client, "/tickets")

    for words in ("占道经营", "柳荫路沿街商铺", "柳荫路人行道", "已派单", "剩 10 分 0 秒"):
        assert words in text


def test_times_are_read_off_a_clock_of_the_district(room: ControlRoom, client: TestClient) -> None:
    ticket_id = room.see()

    assert "2026-05-20 12:00:00" in page(client, f"/tickets/{ticket_id}")


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


def test_the_boxes_page_is_honest_about_coverage_and_losses(room: ControlRoom, client: TestClient) -> None:
    room.see()
    room.sequence += 4
    room.see(rev=2, phase="updated")
    health = EdgeHealth.model_validate(
        {
            "at": room.now,
            "boot_id": "b",
            "stretch": 2.5,
            "queue": 7,
            "queue_age_s": 61,
            "refused": 0,
            "disk_free_bytes": 1,
            "cameras": [
                {
                    "camera_id": "cam-gate",
                    "state": "backoff",
                    "fps": 0,
                    "dropped": 0,
                    "coverage": {"trucks": 0.41},
                }
            ],
        }
    )
    status = EdgeStatus(state="offline", boot_id="b", at=room.now, version="1.0", config_sha256="c" * 64)
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

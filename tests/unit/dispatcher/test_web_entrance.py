"""Who gets in, and what stays closed to everybody else."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from dispatcher.domain.ticket import Role
from dispatcher.ports import DispatchError
from dispatcher.web import api, console
from dispatcher.web.auth import SignInLimit, TooManyAttemptsError, User, hash_password, password_fits
from tests.build import NOON
from tests.control_room import ACCOUNT, PASSWORD, PASSWORD_HASH, ControlRoom


@pytest.fixture
def visitor(room: ControlRoom) -> TestClient:
    return TestClient(room.app(), base_url="http://testserver", follow_redirects=False)


def sign_in(client: TestClient, password: str = PASSWORD, **more: str) -> int:
    form = {"account": ACCOUNT, "password": password, **more}
    return client.post("/sign-in", data=form).status_code


def test_nothing_but_the_entrance_answers_a_visitor_without_an_account(visitor: TestClient) -> None:
    routes = [
        (method, route.path)
        for route in [*api.router.routes, *console.router.routes]
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    ]
    assert len(routes) > 20

    for method, path in routes:
        answer = visitor.request(method, re.sub(r"\{.*?\}", "a" * 64, path))

        refused = answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in")
        assert refused, f"{method} {path} answered {answer.status_code}"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/static/../auth.py"])
def test_there_is_no_side_door(visitor: TestClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_right_password_opens_the_page_that_was_asked_for(visitor: TestClient) -> None:
    asked = visitor.get("/boxes")

    answer = visitor.post(
        "/sign-in", data={"account": ACCOUNT, "password": PASSWORD, "next": asked.headers["location"][14:]}
    )

    assert answer.headers["location"] == "/boxes"
    assert visitor.get("/boxes").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: TestClient) -> None:
    answer = visitor.post("/sign-in", data={"account": ACCOUNT, "password": PASSWORD})

    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=lax" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("target", ["https://evil.example/x", "//evil.example/x", "/\\evil.example/x"])
def test_signing_in_never_leads_to_another_site(visitor: TestClient, target: str) -> None:
    answer = visitor.post("/sign-in", data={"account": ACCOUNT, "password": PASSWORD, "next": target})

    assert re.match(r"/(?![/\\])", answer.headers["location"])


def test_a_wrong_password_opens_nothing(visitor: TestClient) -> None:
    assert sign_in(visitor, "wrong") == 401

    assert visitor.get("/tickets").headers["location"].startswith("/sign-in")


def test_a_forged_session_opens_nothing(visitor: TestClient) -> None:
    sign_in(visitor)
    body, stamp, _ = visitor.cookies["gridwarden"].rsplit(".", 2)
    visitor.cookies.clear()

    answer = visitor.get("/api/v1/tickets", headers={"cookie": f"gridwarden={body}.{stamp}.forged"})

    assert answer.status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(visitor: TestClient, tmp_path: Path) -> None:
    sign_in(visitor)
    changed = ControlRoom.open(tmp_path / "changed", password_hash=hash_password("another"))

    later = TestClient(changed.app(), cookies=dict(visitor.cookies), follow_redirects=False)

    assert later.get("/api/v1/tickets").status_code == 401


def test_signing_out_closes_the_console(visitor: TestClient) -> None:
    sign_in(visitor)
    assert visitor.get("/tickets").status_code == 200

    visitor.post("/sign-out")

    assert visitor.get("/tickets").status_code == 303


def test_a_script_uses_the_api_with_basic_authentication(visitor: TestClient) -> None:
    assert visitor.get("/api/v1/tickets", auth=(ACCOUNT, PASSWORD)).status_code == 200

    assert visitor.get("/api/v1/tickets", auth=(ACCOUNT, "wrong")).status_code == 401


def test_the_eleventh_try_from_one_address_waits_even_with_the_right_password(
    room: ControlRoom,
) -> None:
    app = room.app()
    visitor = TestClient(app, follow_redirects=False)
    for _ in range(9):
        app.state.sign_in_limit.count_failure("testclient", room.now)
    assert sign_in(visitor, "wrong") == 401

    assert sign_in(visitor) == 429

    room.now += timedelta(minutes=5)
    assert sign_in(visitor) == 303


def test_the_limit_counts_each_address_alone_and_forgets() -> None:
    limit = SignInLimit(failures=2, window=timedelta(minutes=1))
    for _ in range(2):
        limit.count_failure("10.0.0.1", NOON)

    limit.check("10.0.0.2", NOON)
    with pytest.raises(TooManyAttemptsError) as refused:
        limit.check("10.0.0.1", NOON + timedelta(seconds=20))
    limit.check("10.0.0.1", NOON + timedelta(seconds=60))

    assert refused.value.retry_after_s == 40


def test_an_unknown_account_has_no_password_but_is_checked_all_the_same() -> None:
    assert password_fits(PASSWORD, PASSWORD_HASH)
    assert not password_fits("wrong", PASSWORD_HASH)
    assert not password_fits("no account has this password", None)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "http://testserver"}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_is_refused(visitor: TestClient, headers: dict[str, str], status: int) -> None:
    answer = visitor.post("/sign-in", data={"account": ACCOUNT, "password": PASSWORD}, headers=headers)

    assert answer.status_code == status


def test_every_answer_forbids_foreign_scripts_and_frames(visitor: TestClient) -> None:
    for path in ("/sign-in", "/healthz", "/static/console.css", "/nowhere"):
        headers = visitor.get(path).headers

        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_carries_inline_script_or_style() -> None:
    templates = Path(__file__).parents[3] / "dispatcher" / "web" / "templates"
    pages = sorted(templates.glob("*.html"))
    assert pages

    for page in pages:
        text = page.read_text("utf-8")
        inline = re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(?:src=|application/json))", text)
        assert not inline, f"{page.name}: {inline}"


def test_a_store_that_is_away_is_said_so_without_a_traceback(room: ControlRoom) -> None:
    app = room.app()
    visitor = TestClient(app, follow_redirects=False)

    def fail() -> None:
        raise DispatchError("store sqlite:///x: disk I/O error", retryable=True)

    object.__setattr__(app.state.site, "store", type("Away", (), {"read": staticmethod(fail)})())
    answer = visitor.get("/healthz")

    assert answer.status_code == 503
    assert "disk I/O error" in answer.text


def test_an_account_may_act_in_every_human_role_and_in_no_other() -> None:
    assert set(User(account="a").roles) == {Role.DESK, Role.HANDLER, Role.SUPERVISOR}

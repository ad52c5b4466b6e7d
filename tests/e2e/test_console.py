"""The console in a real browser: what the operations centre sees and does."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from edge.contract.messages import EvidenceRef
from tests.control_room import ACCOUNT, PASSWORD, ControlRoom

CHROMIUM = "/usr/bin/chromium"
SLOW_S = 1.5
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Served:
    """A control room behind a real server, on a free port unless one is named."""

    def __init__(self, room: ControlRoom, port: int = 0) -> None:
        self.room = room
        config = uvicorn.Config(
            room.app(), port=port, log_level="critical", timeout_graceful_shutdown=1, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
            assert self._thread.is_alive(), "the server did not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def port(self) -> int:
        return int(self._server.servers[0].sockets[0].getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(ControlRoom.open(tmp_path))
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "the console is tested in a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A signed-in page on the list; any error of a script or of the content policy fails the test."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{served.port}", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    page.goto("/")
    page.get_by_label("账号").fill(ACCOUNT)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".pulse.on")).to_be_visible()
    yield page
    context.close()
    assert wrong == []


def a_picture(room: ControlRoom, *, brightness: int, kind: str = "snapshot") -> EvidenceRef:
    """A JPEG whose bytes have arrived."""
    pixels = np.full((360, 640, 3), brightness, np.uint8)
    cv2.rectangle(pixels, (256, 180), (384, 288), (40, 60, 200), -1)
    return room.take_picture(cv2.imencode(".jpg", pixels)[1].tobytes(), kind=kind)


def expect_drawn(picture: Locator) -> None:
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_a_new_ticket_appears_at_the_top_and_pops_up_without_a_reload(page: Page, served: Served) -> None:
    expect(page.get_by_role("heading", name="还没有工单")).to_be_visible()
    page.evaluate("window.notReloaded = true")

    served.room.see(evidence=[a_picture(served.room, brightness=90)])
    served.room.now += timedelta(seconds=1)
    served.room.see(incident_id="truck", kind="muck_truck", camera_id="cam-gate", severity=3)

    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row").first).to_contain_text("渣土车")
    expect(page.locator(".toast[data-severity='3']")).to_contain_text("渣土车")
    expect(page.locator("#counts")).to_contain_text(re.compile(r"在办\s*2"))
    assert page.evaluate("window.notReloaded")
    expect_drawn(page.locator(".row:has-text('占道经营') img"))


def test_a_ticket_is_opened_its_pictures_are_seen_and_it_is_accepted(page: Page, served: Served) -> None:
    before = a_picture(served.room, brightness=90)
    ticket_id = served.room.see(evidence=[before])

    page.locator(f"#ticket-{ticket_id}").click()
    expect(page.locator("#minimap path.cell.here")).to_have_count(1)
    expect_drawn(page.locator("figure:first-child .picture img"))
    page.get_by_role("button", name="接单").click()
    expect(page.locator(".standing-now")).to_contain_text("已接单")

    after = a_picture(served.room, brightness=200, kind="after")
    served.room.see(rev=2, phase="cleared", reason="gone", evidence=[before, after])
    expect(page.locator(".standing-now")).to_contain_text("摄像头核查通过")
    expect_drawn(page.locator("figure:last-child .picture img"))


def test_what_happens_while_the_scripts_of_a_ticket_load_is_shown(page: Page, served: Served) -> None:
    before = a_picture(served.room, brightness=90)
    ticket_id = served.room.see(evidence=[before])

    def happen(route: Route) -> None:
        served.room.see(rev=2, phase="cleared", reason="gone", evidence=[before])
        time.sleep(SLOW_S)
        route.continue_()

    page.route("**/static/ticket.js", happen, times=1)
    page.locator(f"#ticket-{ticket_id}").click()

    expect(page.locator(".standing-now")).to_contain_text("已结案")
    expect(page.locator("#minimap path.cell.here")).to_have_count(1)


def test_a_move_that_needs_a_reason_asks_for_it_and_shows_it_in_the_timeline(
    page: Page, served: Served
) -> None:
    ticket_id = served.room.see()
    page.goto(f"/tickets/{ticket_id}")

    page.get_by_role("button", name="退单").click()
    dialog = page.get_by_role("dialog", name="退单")
    dialog.get_by_label("原因").select_option("not_our_area")
    dialog.get_by_role("button", name="退单").click()

    expect(page.locator(".standing-now")).to_contain_text("已退单")
    expect(page.locator(".timeline")).to_contain_text("属地不符")


def test_what_happened_while_the_server_was_away_is_made_up_for(page: Page, served: Served) -> None:
    port = served.port
    served.stop()
    expect(page.locator(".pulse.lost")).to_be_visible()
    served.room.see()

    again = Served(served.room, port=port)
    again.start()

    expect(page.locator(".row")).to_have_count(1, timeout=20_000)
    expect(page.locator(".pulse.on")).to_be_visible()
    again.stop()


def test_the_list_is_filtered_without_a_reload_and_stays_filtered_live(page: Page, served: Served) -> None:
    served.room.see()
    expect(page.locator(".row")).to_have_count(1)

    page.get_by_label("类别").select_option("muck_truck")
    expect(page.locator(".row")).to_have_count(0)
    served.room.see(incident_id="water", kind="standing_water")
    served.room.see(incident_id="truck", kind="muck_truck")

    expect(page.locator(".row")).to_contain_text("渣土车")
    expect(page.locator(".toast")).to_have_count(3)
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_url(re.compile("category=muck_truck"))


def test_the_map_shows_cells_cameras_and_the_ticket_and_switches_layers(page: Page, served: Served) -> None:
    served.room.see()
    page.goto("/map")

    expect(page.locator("path.cell")).to_have_count(
        sum(cell.layer == "governance" for cell in served.room.district.grid.cells)
    )
    expect(page.locator("path.camera-dot")).to_have_count(len(served.room.district.cameras))
    page.locator("path.ticket-dot.state-dispatched").click()
    expect(page.locator(".leaflet-popup .row")).to_contain_text("占道经营")

    page.locator(".segments label", has_text="市场监管").click()

    expect(page.locator("path.cell")).to_have_count(
        sum(cell.layer == "market" for cell in served.room.district.grid.cells)
    )


def test_the_language_switches_and_the_phone_shows_the_ticket_in_its_width(
    page: Page, served: Served
) -> None:
    ticket_id = served.room.see(evidence=[a_picture(served.room, brightness=90)])
    page.goto(f"/tickets/{ticket_id}")

    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})

    page.wait_for_function("document.documentElement.scrollWidth <= 390")  # the resize arrives late
    expect(page.get_by_role("button", name="Accept")).to_be_in_viewport()

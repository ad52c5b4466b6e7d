"""The web application: the front doors behind their middleware."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

from dispatcher.web import api, console, entrance
from dispatcher.web.answers import ANSWERS
from dispatcher.web.auth import SignInLimit
from dispatcher.web.headers import SecurityHeaders
from dispatcher.web.same_origin import SameOrigin
from dispatcher.web.site import Site
from dispatcher.web.sse import LogTail

SESSION_S = 12 * 60 * 60
"""A shift and a bit: whoever signs in at its beginning stays signed in to its end."""


def create_app(site: Site, *, secret: str) -> FastAPI:
    """Return the control room of ``site`` as an ASGI application; ``secret`` signs its sessions."""
    app = FastAPI(
        title="Gridwarden dispatcher",
        description="Incidents from street cameras as tickets: read them, follow them live, move them.",
        version="1",
        openapi_url=None,  # api.py serves it, to those who are signed in
        docs_url=None,
        redoc_url=None,
        lifespan=_follow_log,
        exception_handlers=ANSWERS,
    )
    app.state.site = site
    app.state.log_tail = LogTail(site.store)
    app.state.sign_in_limit = SignInLimit()
    app.include_router(entrance.router)
    app.include_router(api.router)
    app.include_router(console.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_middleware(SessionMiddleware, secret_key=secret, session_cookie="gridwarden", max_age=SESSION_S)
    app.add_middleware(SameOrigin)
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def _follow_log(app: FastAPI) -> AsyncIterator[None]:
    following = asyncio.create_task(app.state.log_tail.follow())
    yield
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following

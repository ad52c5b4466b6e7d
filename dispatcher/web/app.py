"""The web application: middleware, front doors and the answers to what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware

from dispatcher.web import api, console, entrance
from dispatcher.web.auth import NotSignedInError, SignInLimit, TooManyAttemptsError
from dispatcher.web.headers import SecurityHeaders
from dispatcher.web.pages import render_problem
from dispatcher.web.problems import Problem, ProblemBody, problem_response, wants_json
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
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_follow_log,
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
    _answer_errors(app)
    return app


@asynccontextmanager
async def _follow_log(app: FastAPI) -> AsyncIterator[None]:
    following = asyncio.create_task(app.state.log_tail.follow())
    yield
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(NotSignedInError)
    def ask_to_sign_in(request: Request, _: NotSignedInError) -> Response:
        if wants_json(request):
            detail = "sign in at /sign-in, or send an account and its password with HTTP Basic"
            return _problem(request, ProblemBody(status=401, title="not signed in", detail=detail))
        url = f"/sign-in?next={quote(request.url.path)}"
        if "hx-request" in request.headers:
            return Response(status_code=204, headers={"hx-redirect": url})
        return RedirectResponse(url, status_code=303)

    @app.exception_handler(TooManyAttemptsError)
    def slow_down(request: Request, exc: TooManyAttemptsError) -> Response:
        body = ProblemBody(status=429, title="too many attempts", detail=str(exc))
        return _problem(request, body, {"retry-after": str(exc.retry_after_s)})

    @app.exception_handler(Problem)
    def say_problem(request: Request, exc: Problem) -> Response:
        return _problem(request, exc.body)

    @app.exception_handler(HTTPException)
    def say_http_error(request: Request, exc: HTTPException) -> Response:
        body = ProblemBody(status=exc.status_code, title=exc.detail.lower(), detail=str(request.url.path))
        return _problem(request, body, dict(exc.headers or {}))

    @app.exception_handler(RequestValidationError)
    def say_malformed(request: Request, exc: RequestValidationError) -> Response:
        wrong = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in exc.errors()]
        return _problem(request, ProblemBody(status=422, title="malformed request", detail="; ".join(wrong)))


def _problem(request: Request, body: ProblemBody, headers: dict[str, str] | None = None) -> Response:
    if wants_json(request):
        if body.status == 401:  # noqa: PLR2004 - HTTP
            headers = {"www-authenticate": 'Basic realm="gridwarden"'} | (headers or {})
        return problem_response(body, headers)
    return render_problem(request, body, headers)

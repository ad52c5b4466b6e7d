"""The answers to what goes wrong: problem+json for programs, a page for people, never a traceback."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from dispatcher.ports import DispatchError
from dispatcher.web.auth import NotSignedInError, TooManyAttemptsError
from dispatcher.web.pages import render_problem
from dispatcher.web.problems import Problem, ProblemBody, problem_response


async def _ask_to_sign_in(request: Request, _: NotSignedInError) -> Response:
    if _is_program(request):
        detail = "sign in at /sign-in, or send an account and its password with HTTP Basic"
        body = ProblemBody(status=401, title="not signed in", detail=detail)
        return problem_response(body, {"www-authenticate": 'Basic realm="gridwarden"'})
    url = f"/sign-in?next={quote(request.url.path)}"
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"hx-redirect": url})
    return RedirectResponse(url, status_code=303)


async def _ask_to_wait(request: Request, exc: TooManyAttemptsError) -> Response:
    body = ProblemBody(status=429, title="too many attempts", detail=str(exc))
    return _answer(request, body, {"retry-after": str(exc.retry_after_s)})


async def _say_problem(request: Request, exc: Problem) -> Response:
    return _answer(request, exc.body)


async def _say_unavailable(request: Request, exc: DispatchError) -> Response:
    body = ProblemBody(status=503, title="out of reach for now", detail=str(exc))
    return _answer(request, body, {"retry-after": "5"})


async def _say_http_error(request: Request, exc: HTTPException) -> Response:
    body = ProblemBody(status=exc.status_code, title=exc.detail.lower(), detail=request.url.path)
    return _answer(request, body, dict(exc.headers or {}))


async def _say_malformed(request: Request, exc: RequestValidationError) -> Response:
    wrong = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in exc.errors()]
    return _answer(request, ProblemBody(status=422, title="malformed request", detail="; ".join(wrong)))


def _answer(request: Request, body: ProblemBody, headers: dict[str, str] | None = None) -> Response:
    answer = problem_response if _is_program(request) else lambda *rest: render_problem(request, *rest)
    return answer(body, headers)


def _is_program(request: Request) -> bool:
    return request.url.path.startswith("/api/")


ANSWERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    NotSignedInError: _ask_to_sign_in,
    TooManyAttemptsError: _ask_to_wait,
    Problem: _say_problem,
    DispatchError: _say_unavailable,
    HTTPException: _say_http_error,
    RequestValidationError: _say_malformed,
}

"""What is reachable without an account: health, signing in and out, language and theme."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from dispatcher.web.auth import MAX_PASSWORD_CHARACTERS, check_password, open_session, user_of_session
from dispatcher.web.pages import render
from dispatcher.web.site import CurrentSite
from dispatcher.web.words import LANGUAGES

router = APIRouter()

_YEAR_S = 365 * 24 * 60 * 60


@router.get("/healthz", tags=["health"])
def healthz(site: CurrentSite) -> dict[str, str]:
    """Say whether the dispatcher answers and reaches its store."""
    with site.store.read() as reader:
        reader.last_log_id()
    return {"status": "ok"}


@router.get("/sign-in", include_in_schema=False)
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the parameter's usual name
    """Show the form, unless somebody is signed in already."""
    if user_of_session(request):
        return RedirectResponse(_own_path(next), status_code=303)
    return render(request, "sign_in.html", next=_own_path(next), failed=False)


@router.post("/sign-in", include_in_schema=False)
def sign_in(
    request: Request,
    account: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=MAX_PASSWORD_CHARACTERS)],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Open a session, or show the form again."""
    user = check_password(request, account, password)
    if user is None:
        return render(request, "sign_in.html", status=401, next=_own_path(next), failed=True)
    open_session(request, user)
    return RedirectResponse(_own_path(next), status_code=303)


@router.post("/sign-out", include_in_schema=False)
def sign_out(request: Request) -> Response:
    """End the session."""
    request.session.clear()
    return RedirectResponse("/sign-in", status_code=303)


@router.post("/preferences", include_in_schema=False)
def set_preferences(
    request: Request,
    language: Annotated[str | None, Form()] = None,
    theme: Annotated[str | None, Form()] = None,
) -> Response:
    """Remember language or theme and lead back."""
    answer = RedirectResponse(_own_path(request.headers.get("referer", "/")), status_code=303)
    for name, value, allowed in (("language", language, LANGUAGES), ("theme", theme, ("dark", "light"))):
        if value in allowed:
            answer.set_cookie(name, value, max_age=_YEAR_S, samesite="lax", httponly=True)
    return answer


def _own_path(url: str) -> str:
    """Return path and query of ``url``: whoever follows it stays on this site."""
    parts = urlsplit(url)
    path = "/" + parts.path.lstrip("/\\")
    return f"{path}?{parts.query}" if parts.query else path

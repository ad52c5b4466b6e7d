"""Refuse changes that another site's page makes a signed-in browser send."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SameOrigin:
    """Lets a change pass only from our own pages, or from a program that is no browser.

    Every browser since 2023 marks requests with ``Sec-Fetch-Site``, which no page can forge; older ones
    send ``Origin``. This covers all forms at once, the sign-in too, and cannot be forgotten in a template
    as a token can (the argument: https://words.filippo.io/csrf/).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_change(scope) and not _is_same_origin(Headers(scope=scope)):
            refusal = PlainTextResponse("refused: this came from another site's page", status_code=403)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_change(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] not in _SAFE_METHODS


def _is_same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")

"""Pages from templates: the words, names and figures that every one of them needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from dispatcher.ports import Counts, Reader
from dispatcher.web.names import Names
from dispatcher.web.problems import ProblemBody
from dispatcher.web.site import Site, site_of
from dispatcher.web.words import Words, load_words

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the top of a page shows; its live stream begins after ``log_id``."""

    counts: Counts
    log_id: int


def read_head(reader: Reader, site: Site) -> Head:
    """Return the head; read it before the rest of the page, so that nothing falls between page and stream."""
    return Head(log_id=reader.last_log_id(), counts=reader.counts(site.clock()))


def words_for(request: Request) -> Words:
    """Return the words in the language that the visitor chose."""
    return load_words(request.cookies.get("language", ""), site_of(request).district.zone)


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **shown: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return ``template`` filled with ``shown`` and with what every page has."""
    site, words = site_of(request), words_for(request)
    page = _TEMPLATES.get_template(template).render(
        t=words,
        names=Names(district=site.district, language=words.language),
        path=request.url.path,
        theme=request.cookies.get("theme", ""),
        district=site.district,
        now=site.clock(),
        **shown,
    )
    return HTMLResponse(page, status_code=status, headers=headers)


def render_problem(
    request: Request, body: ProblemBody, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """Return the page that says what went wrong and leads back."""
    return render(request, "problem.html", status=body.status, headers=headers, problem=body, user=None)

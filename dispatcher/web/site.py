"""What every page and endpoint draws on: the store, the pictures, the district and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from dispatcher.domain.district import District
from dispatcher.ports import EvidenceFiles, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The control room as the web sees it."""

    store: Store
    evidence: EvidenceFiles
    district: District
    clock: Callable[[], datetime]


def site_of(request: Request) -> Site:
    """Return the site that serves ``request``."""
    site: Site = request.app.state.site
    return site


CurrentSite = Annotated[Site, Depends(site_of)]

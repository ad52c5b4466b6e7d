"""Errors of a database in the words of the ports."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError

from dispatcher.ports import DispatchError


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into ``DispatchError``; all but impossible data are worth a retry."""
    try:
        yield
    except DBAPIError as exc:
        where = engine.url.render_as_string(hide_password=True)
        raise DispatchError(f"store {where}: {exc.orig}", retryable=not isinstance(exc, DataError)) from exc

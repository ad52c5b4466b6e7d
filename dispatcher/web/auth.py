"""Who is asking: a signed session for people, HTTP Basic for scripts, an argon2 hash behind both."""

import hashlib
import hmac
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from dispatcher.domain.ticket import Role
from dispatcher.web.site import Site, site_of

MAX_PASSWORD_CHARACTERS = 256
_HASHER = PasswordHasher()
_NOBODYS_HASH = _HASHER.hash("no account has this password")
# One argon2 run takes 64 MiB: two at a time are enough for people and too few to exhaust a box.
_HASHING = threading.BoundedSemaphore(2)
_BASIC = HTTPBasic(auto_error=False, description="For scripts: the account and password of the console.")


class NotSignedInError(Exception):
    """The page needs an account and the request carries none that holds."""


class TooManyAttemptsError(Exception):
    """Too many wrong passwords from one address; ``retry_after_s`` says when to come back."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong passwords, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A signed-in account and the roles in which it may move tickets."""

    account: str
    roles: tuple[Role, ...] = (Role.DESK, Role.HANDLER, Role.SUPERVISOR)


class SignInLimit:
    """At most ``failures`` wrong passwords from one address within ``window``."""

    def __init__(self, *, failures: int = 10, window: timedelta = timedelta(minutes=5)) -> None:
        self._failures = failures
        self._window = window
        self._failed_at: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def check(self, address: str, now: datetime) -> None:
        """Raise ``TooManyAttemptsError`` if ``address`` has used up its tries."""
        with self._lock:
            self._forget_before(now - self._window)
            failed_at = self._failed_at.get(address, deque())
            if len(failed_at) >= self._failures:
                wait_s = (failed_at[0] + self._window - now).total_seconds()
                raise TooManyAttemptsError(max(1, round(wait_s)))

    def count_failure(self, address: str, now: datetime) -> None:
        with self._lock:
            self._failed_at.setdefault(address, deque()).append(now)

    def _forget_before(self, oldest: datetime) -> None:
        for address, failed_at in list(self._failed_at.items()):
            while failed_at and failed_at[0] <= oldest:
                failed_at.popleft()
            if not failed_at:
                del self._failed_at[address]


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password``, with its own salt and parameters."""
    return _HASHER.hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether ``password`` belongs to ``password_hash``; no account (None) takes as long as any."""
    with _HASHING:
        try:
            _HASHER.verify(password_hash or _NOBODYS_HASH, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def check_password(request: Request, account: str, password: str) -> User | None:
    """Return the user if the password fits, else None; wrong ones count against the caller's address."""
    site = site_of(request)
    limit: SignInLimit = request.app.state.sign_in_limit
    address = request.client.host if request.client else "unknown"
    limit.check(address, site.clock())
    if password_fits(password[:MAX_PASSWORD_CHARACTERS], _hash_of(site, account)):
        return User(account=account)
    limit.count_failure(address, site.clock())
    return None


def open_session(request: Request, user: User) -> None:
    """Sign ``user`` in: the cookie holds for this password only, a changed one ends it."""
    request.session.clear()
    stamp = _stamp(_hash_of(site_of(request), user.account))
    request.session.update(account=user.account, stamp=stamp)


def user_of_session(request: Request) -> User | None:
    """Return who the session cookie names, if the account still has the password of then."""
    account, stamp = request.session.get("account"), request.session.get("stamp")
    if not isinstance(account, str) or not isinstance(stamp, str):
        return None
    current = _hash_of(site_of(request), account)
    holds = current is not None and hmac.compare_digest(stamp, _stamp(current))
    return User(account=account) if holds else None


def require_user(
    request: Request, basic: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)] = None
) -> User:
    """Return who asks, by session or by HTTP Basic; raise ``NotSignedInError``."""
    user = check_password(request, basic.username, basic.password) if basic else user_of_session(request)
    if user is None:
        raise NotSignedInError
    return user


CurrentUser = Annotated[User, Depends(require_user)]


def _hash_of(site: Site, account: str) -> str | None:
    with site.store.read() as reader:
        return reader.password_hash(account)


def _stamp(password_hash: str | None) -> str:
    return hashlib.sha256((password_hash or "").encode()).hexdigest()[:16]

"""Who calls: the key in `Authorization: Bearer lk_...`, never a cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import abort, g, request

from marketplace.services.api_keys import key_of, note_use
from models.database import transaction
from models.epcis import ApiKey

View = TypeVar("View", bound=Callable[..., Any])
RULE = "key"
HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def keyed(*, write: bool = False) -> Callable[[View], View]:
    """Whoever shows a key may call; 403 if it may only read and the route writes.

    One request is one transaction: the key is read in that of the view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            with transaction() as session:
                key = key_of(session, _secret())
                if key is None:
                    abort(401)
                if write and not key.may_write:
                    abort(403, "This key may read only.")
                note_use(key, today=now().astimezone(HOME).date())
                g.api_key = key
                return view(*args, **kwargs)

        guarded.access_rule = RULE  # type: ignore[attr-defined]
        guarded.asks_browser = True  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def the_key() -> ApiKey:
    """The key of the request at hand."""
    key: ApiKey = g.api_key
    return key


def _secret() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""

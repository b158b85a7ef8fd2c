"""What the pages of notes, inspections and claims share about photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, request
from sqlalchemy.orm import Session

from forms.photos import most_photos, sent_photos
from marketplace.domain.photos import MOST_BYTES
from marketplace.services.photos import list_photos
from marketplace.web.plumbing import accepts_bytes

if TYPE_CHECKING:
    from models.deliveries import DeliveryNote
    from models.inspections import Claim, Inspection

View = TypeVar("View", bound=Callable[..., Any])


def takes_photos(view: View) -> View:
    """Above `@idempotent`: lets photos in, and decodes them before it begins."""

    @accepts_bytes(MOST_BYTES)
    @wraps(view)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            sent_photos()
        return view(*args, **kwargs)

    return prepared  # type: ignore[return-value]


def photos_around(
    session: Session,
    note: DeliveryNote,
    inspection: Inspection | None,
    claims: Sequence[Claim],
) -> dict[str, Any]:
    """The photos of a note, of its finding and of each claim, for its page."""
    return {
        "photos": list_photos(session, note),
        "inspection_photos": list_photos(session, inspection),
        "claim_photos": {claim.id: list_photos(session, claim) for claim in claims},
    }


def init_app(app: Flask) -> None:
    """Pages say how many photos a record may carry."""
    app.jinja_env.globals["most_photos"] = most_photos

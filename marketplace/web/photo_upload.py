"""What the pages of notes, inspections and claims share about photos."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, request
from sqlalchemy.orm import Session

from forms.photos import most_photos, sent_photos
from marketplace.domain.photos import MOST_BYTES
from marketplace.services.photos import add_photos, list_photos
from marketplace.web.plumbing import accepts_bytes

if TYPE_CHECKING:
    from marketplace.domain.actor import Actor
    from marketplace.services.pictures import Picture
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


def add_photos_of_parts(
    session: Session,
    who: Actor,
    found: Inspection,
    pictures: Mapping[int | None, Sequence[Picture]],
    *,
    now: datetime,
) -> None:
    """Put photos on a finding, by the number of the part; None is the whole load."""
    most = most_photos()
    for part, some in pictures.items():
        add_photos(session, who, found, some, most=most, now=now, part=part)


def photos_around(
    session: Session,
    note: DeliveryNote,
    findings: Sequence[Inspection],
    claims: Sequence[Claim],
) -> dict[str, Any]:
    """The photos of a note, of its findings and of each claim, for its page.

    Those of a finding that a later one has replaced stay to be seen.
    """
    inspection = findings[-1] if findings else None
    found = list_photos(session, inspection)
    parts = inspection.parts if inspection else []
    return {
        "photos": list_photos(session, note),
        "inspection_photos": [one for one in found if one.part is None],
        "part_photos": {
            part.number: [one for one in found if one.part == part.number]
            for part in parts
        },
        "photos_before": [
            one for before in findings[:-1] for one in list_photos(session, before)
        ],
        "claim_photos": {claim.id: list_photos(session, claim) for claim in claims},
    }


def init_app(app: Flask) -> None:
    """Pages say how many photos a record may carry."""
    app.jinja_env.globals["most_photos"] = most_photos

"""What all pages that tell of lots share: the first values, and taking the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.lots import CaptureForm
from marketplace.domain.commands_lots import Capture
from marketplace.domain.errors import Refused
from marketplace.domain.findings import Finding
from marketplace.services.areas import list_facilities
from marketplace.services.clockwork import HOME
from marketplace.services.lot_capture import capture
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.labels import label
from marketplace.web.labels_lots import doing
from marketplace.web.offline import can_ask, from_outbox, keepable, refusal
from marketplace.web.refusals import refused
from models.database import new_public_id

if TYPE_CHECKING:
    from models.lot_events import LotEvent

Telling = Callable[[], Capture]
Doubting = Callable[[Any], list[Finding]]


def first_values(**known: Any) -> dict[str, Any]:
    """A form as it is opened: a new id, and now."""
    moment = now().astimezone(HOME)
    own = {"event_id": new_public_id(), "day": moment.date(), "hour": moment.time()}
    return own | known


def facilities_of(session: Session) -> list[tuple[str, str]]:
    """The actor's own facilities."""
    found = list_facilities(session, current_actor())
    return [(str(one.id), f"{one.name} ({label(one.kind)})") for one in found]


def takes(
    session: Session,
    form: CaptureForm,
    template: str,
    tell: Telling,
    *,
    changed: bool = False,
    keep: bool = False,
    doubt: Doubting | None = None,
    **shown: Any,
) -> ResponseReturnValue:
    """Show a form, or store what it tells and lead to what came of it.

    `changed` if a row was added or removed; `keep` if the page may lie on a phone;
    `doubt` says what is odd, which a phone's outbox cannot be asked about.
    """
    if form.is_submitted() and not form.event_id.data:
        form.event_id.data = new_public_id()
    if not changed and form.validate_on_submit():
        event = store(session, form, tell, doubt if can_ask() else None)
        if event is not None:
            flash(_("Đã ghi: %(step)s.", step=str(doing(event.step)).lower()), "ok")
            return redirect(url_for("lots.event", public_id=event.public_id))
    if form.is_submitted() and from_outbox():
        return refusal(form)
    page = render_template(template, form=form, **shown)
    if form.is_submitted():
        return page, 200 if changed else 422
    return keepable(page) if keep else page


def store(
    session: Session, form: CaptureForm, tell: Telling, doubt: Doubting | None = None
) -> LotEvent | None:
    """Store what a valid form tells; a refusal or a doubt stands beside its field."""
    event = None
    with refused(session, form) as outcome, beside(form):
        told = tell()
        if doubt is not None and form.doubts(doubt(told)):
            return None
        event = capture(session, current_actor(), told, now=now())
    return event if outcome.done else None


@contextmanager
def beside(form: CaptureForm) -> Iterator[None]:
    """A rule names what is wrong, the form knows the field that it was typed in."""
    try:
        yield
    except Refused as refusal:
        refusal.field = form.places.get(refusal.field or "", refusal.field)
        raise


def moment_of(form: CaptureForm) -> datetime:
    """When the form says that it happened."""
    return form.moment(HOME)

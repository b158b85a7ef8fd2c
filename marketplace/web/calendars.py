"""Planned deliveries in the calendar of a phone, under a secret address."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar, Event

from marketplace.domain.words import Side
from marketplace.services.calendars import (
    Entry,
    address_made_at,
    calendar_entries,
    make_address,
    reader_of,
    revoke_address,
)
from marketplace.web.access import Right, current_actor, public, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.limits import limiter
from marketplace.web.naming import name_of
from marketplace.web.words import day as day_words
from marketplace.web.words import tonnes
from models.database import transaction

if TYPE_CHECKING:
    from models.organisations import Membership

bp = Blueprint("calendars", __name__)

FRESH = "calendar_token"  # shown on the next page, and never again
ASK_AGAIN = timedelta(hours=6)
ZONE = "Asia/Ho_Chi_Minh"


@bp.get("/lich-giao")
@requires(Right.DELIVER)
def index() -> ResponseReturnValue:
    """Whether there is an address; one that was just made is shown this once."""
    token = session.pop(FRESH, "")
    with transaction(read_only=True) as db_session:
        return render_template(
            "calendars/index.html",
            made_at=address_made_at(db_session, current_actor()),
            address=_address(token) if token else "",
        )


@bp.post("/lich-giao/dia-chi")
@requires(Right.DELIVER)
@idempotent
def make() -> ResponseReturnValue:
    """A new address; the one before opens nothing from now on."""
    with transaction() as db_session:
        session[FRESH] = make_address(db_session, current_actor(), now=now())
    return redirect(url_for("calendars.index"))


@bp.post("/lich-giao/thu-hoi")
@requires(Right.DELIVER)
@idempotent
def revoke() -> ResponseReturnValue:
    """The address opens nothing any more."""
    with transaction() as db_session:
        revoke_address(db_session, current_actor(), now=now())
    session.pop(FRESH, None)
    flash(_("Đã thu hồi địa chỉ lịch. Điện thoại không nhận thêm đợt giao nào."), "ok")
    return redirect(url_for("calendars.index"))


def _by_token() -> str:
    """Big calendar programs fetch for many people from few computers."""
    token = str((request.view_args or {}).get("token", ""))
    return f"calendar:{hashlib.sha256(token.encode()).hexdigest()}"


@bp.get("/lich/<token>.ics")
@limiter.limit("60 per hour", key_func=_by_token)
@public
def feed(token: str) -> ResponseReturnValue:
    """The calendar itself, for whoever knows the address."""
    with transaction(read_only=True) as db_session:
        seat = reader_of(db_session, token)
        entries = calendar_entries(db_session, seat.organisation_id, today=today())
        with force_locale(seat.user.locale):
            body = _calendar(seat, entries)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="lich-giao.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _address(token: str) -> str:
    base = str(current_app.config["BASE_URL"])
    return base + url_for("calendars.feed", token=token)


def _calendar(seat: Membership, entries: list[Entry]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Lien ket Song Ma//Deliveries//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = _("Lịch giao, %(name)s", name=seat.organisation.short_name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE)
    again = {"VALUE": "DURATION"}
    calendar.add("refresh-interval", ASK_AGAIN, parameters=again)
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    contract, day = entry.contract, entry.delivery.day
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.changes)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    # A whole day, as the contract promises no hour: it ends where the next begins.
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _summary(entry))
    event.add("description", _description(entry))
    event.add("location", contract.offer.place if contract.offer else "")
    event.add("status", _status(entry))
    event.add("transp", "TRANSPARENT")
    path = url_for("deliveries.index", public_id=contract.public_id)
    event.add("url", f"{current_app.config['BASE_URL']}{path}")
    return event


def _summary(entry: Entry) -> str:
    contract = entry.contract
    sells = entry.side is Side.SELLER
    partner = contract.buyer if sells else contract.seller
    words = {
        "kg": tonnes(entry.kg),
        "product": name_of(contract.product).lower(),
        "partner": partner.short_name,
    }
    what = (
        _("Giao %(kg)s %(product)s cho %(partner)s", **words)
        if sells
        else _("Nhận %(kg)s %(product)s từ %(partner)s", **words)
    )
    # Many programs show a cancelled event like any other.
    return str(_("Đã hủy: %(what)s", what=what) if entry.cancelled else what)


def _description(entry: Entry) -> str:
    delivery = entry.delivery
    lines = [
        _(
            "Hợp đồng %(number)s, đợt %(line)s",
            number=entry.contract.number,
            line=entry.line,
        ),
        _("Đã giao đủ") if entry.complete else str(label(delivery.state)),
    ]
    if delivery.proposed_day:
        day = day_words(delivery.proposed_day)
        lines.append(_("Đang xin đổi sang ngày %(day)s", day=day))
    return "\n".join(lines)


def _status(entry: Entry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    waits = entry.delivery.proposed_day or entry.delivery.state == "blocked"
    return "TENTATIVE" if waits else "CONFIRMED"

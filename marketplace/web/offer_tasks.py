"""What of its offers an organisation should look at today."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import OfferState
from marketplace.services.offer_lists import count_offers, hungry_tranches
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from marketplace.web.words import day_short, days_left, tonnes

MOST_CARDS = 3


@register_tasks
def offer_tasks(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """Deliveries that begin soon without enough, and drafts that wait."""
    if actor.is_officer:
        return []
    return [*_hungry(session, actor, today), *_drafts(session, actor)]


def _hungry(session: Session, actor: Actor, today: date) -> list[TaskCard]:
    return [
        TaskCard(
            kind="basket",
            title=_(
                "Đợt %(number)d của đơn %(product)s còn thiếu %(kg)s",
                number=one.number,
                product=name_of(one.offer.product).lower(),
                kg=tonnes(one.lacking_kg),
            ),
            text=_(
                "Giao từ %(day)s. Dời ngày, giảm số tấn hoặc nới điều kiện để có hàng.",
                day=day_short(one.window_start),
            ),
            due=days_left(one.window_start, today),
            url=url_for("offers.edit", public_id=one.offer.public_id),
            button=_("Sửa đơn"),
            urgency=0 if (one.window_start - today).days <= 3 else 10,
            tone="warn",
        )
        for one in hungry_tranches(session, actor, today=today)[:MOST_CARDS]
    ]


def _drafts(session: Session, actor: Actor) -> list[TaskCard]:
    drafts = count_offers(session, actor).get(OfferState.DRAFT, 0)
    if not drafts:
        return []
    return [
        TaskCard(
            kind="edit",
            title=ngettext(
                "%(num)d đơn mua còn là nháp", "%(num)d đơn mua còn là nháp", drafts
            ),
            text=_("Chưa gửi thì chưa hợp tác xã nào thấy."),
            url=url_for("offers.index", loai="nhap"),
            button=_("Xem nháp"),
            urgency=30,
        )
    ]

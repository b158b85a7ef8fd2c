"""Cards on today's page: notices of force majeure that wait for an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import Side
from marketplace.services.majeure_answers import majeure_waiting
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.labels import label
from marketplace.web.words import instant
from models.majeure import MajeureNotice

SOON = timedelta(days=1)


@register_tasks
def to_answer(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card a notice that waits for this side, or for an officer."""
    return [_card(one, actor, moment) for one in majeure_waiting(session, actor)]


def _card(notice: MajeureNotice, actor: Actor, moment: datetime) -> TaskCard:
    contract = notice.contract
    giver = contract.seller if notice.given_by is Side.SELLER else contract.buyer
    urgent = actor.is_officer or notice.answer_by - moment < SOON
    due = _("Trả lời trước %(day)s", day=instant(notice.answer_by))
    return TaskCard(
        kind="alert-triangle",
        title=_("%(partner)s báo bất khả kháng", partner=giver.short_name),
        text=_(
            "Hợp đồng %(number)s. %(reason)s: %(text)s",
            number=contract.number,
            reason=label(notice.kind),
            text=notice.text,
        ),
        due=label(notice.state) if actor.is_officer else due,
        url=url_for("majeure.index", public_id=contract.public_id),
        button=_("Xem và trả lời"),
        urgency=0 if urgent else 10,
        tone="warn",
    )

"""Cards on today's page: amendments that this side has not signed or refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.amendments import amendments_waiting
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.labels import label
from marketplace.web.words import instant
from models.amendments import Amendment

SOON = timedelta(days=2)


@register_tasks
def to_answer(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card an open amendment that waits for this side."""
    if not actor.may_sign:
        return []
    return [_card(one, actor, moment) for one in amendments_waiting(session, actor)]


def _card(amendment: Amendment, actor: Actor, moment: datetime) -> TaskCard:
    contract = amendment.contract
    sells = contract.seller_id == actor.organisation_id
    partner = contract.buyer if sells else contract.seller
    urgent = amendment.answer_by - moment < SOON
    return TaskCard(
        kind="writing-sign",
        title=_("Trả lời phụ lục hợp đồng với %(partner)s", partner=partner.short_name),
        text=_(
            "Hợp đồng %(number)s. %(reason)s: %(text)s",
            number=contract.number,
            reason=label(amendment.reason),
            text=amendment.reason_text,
        ),
        due=_("Trả lời trước %(day)s", day=instant(amendment.answer_by)),
        url=url_for(
            "amendments.show",
            public_id=contract.public_id,
            version=amendment.version,
        ),
        button=_("Xem chỗ đổi"),
        urgency=0 if urgent else 10,
        tone="warn" if urgent else "new",
    )

"""Cards on today's page: plans for several seasons that wait for this side."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.season_plans import plans_waiting
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.words import instant
from models.season_plans import SeasonPlan


@register_tasks
def to_answer(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card a plan that the other side proposed."""
    if not actor.may_sign:
        return []
    return [_card(one, actor) for one in plans_waiting(session, actor, now=moment)]


def _card(plan: SeasonPlan, actor: Actor) -> TaskCard:
    contract = plan.contract
    sells = contract.seller_id == actor.organisation_id
    partner = contract.buyer if sells else contract.seller
    return TaskCard(
        kind="calendar-event",
        title=_(
            "%(partner)s muốn ký %(count)s vụ",
            partner=partner.short_name,
            count=plan.seasons,
        ),
        text=_("Hợp đồng %(number)s. Xem lịch giao từng vụ.", number=contract.number),
        due=_("Ký trước %(day)s", day=instant(contract.sign_by)),
        url=url_for("seasons.show", public_id=contract.public_id),
        button=_("Xem và trả lời"),
        urgency=10,
        tone="new",
    )

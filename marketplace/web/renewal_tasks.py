"""Renewals on today's page: the next season with a partner."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.renewal_standing import Phase, Standing, standing_of
from marketplace.services.renewal_telling import due_renewals
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from marketplace.web.words import day, tonnes


@register_tasks
def renewal_cards(
    session: Session, actor: Actor, today: date, _now: datetime
) -> list[TaskCard]:
    """One card a contract near its end, until somebody asks; then for who answers."""
    if actor.is_officer:
        return []
    found = (
        standing_of(session, actor, contract, today=today)
        for contract in due_renewals(session, actor, today=today)
    )
    return [_card(one, actor) for one in found if one.may_act]


def _card(standing: Standing, actor: Actor) -> TaskCard:
    contract = standing.contract
    sells = contract.seller_id == actor.organisation_id
    partner = (contract.buyer if sells else contract.seller).short_name
    asked = standing.phase is Phase.TO_ANSWER
    title = (
        _("%(partner)s muốn làm tiếp vụ tới", partner=partner)
        if asked
        else _("Bàn vụ tới với %(partner)s", partner=partner)
    )
    return TaskCard(
        kind="refresh",
        title=title,
        text=_(
            "%(kg)s %(product)s theo hợp đồng %(number)s.",
            kg=tonnes(contract.total_kg),
            product=name_of(contract.product).lower(),
            number=contract.number,
        ),
        due=_("Hết hạn %(day)s", day=day(contract.last_day)),
        url=url_for("renewals.show", public_id=contract.public_id),
        button=_("Xem và trả lời") if asked else _("Xem và đề nghị"),
        urgency=10 if asked else 20,
        tone="new" if asked else "",
    )

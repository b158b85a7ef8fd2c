"""A card on today's page: contracts whose end this side may confirm."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import Side
from marketplace.services.closings_waiting import contracts_to_close
from marketplace.services.contract_sides import side_of
from marketplace.web.home import TaskCard, register_tasks

if TYPE_CHECKING:
    from models.contracts import Contract


@register_tasks
def to_close(
    session: Session, actor: Actor, today: date, moment: datetime
) -> list[TaskCard]:
    """One card for all of them; only who may sign confirms."""
    if not actor.may_sign or actor.is_officer:
        return []
    found = contracts_to_close(session, actor, today=today, now=moment)
    if not found:
        return []
    return [_card(found, actor)]


def _card(found: list[Contract], actor: Actor) -> TaskCard:
    first = found[0]
    sells = side_of(first, actor) is Side.SELLER
    partner = first.buyer if sells else first.seller
    return TaskCard(
        kind="rubber-stamp",
        title=ngettext(
            "%(num)d hợp đồng sẵn sàng thanh lý",
            "%(num)d hợp đồng sẵn sàng thanh lý",
            len(found),
        ),
        text=_(
            "Hợp đồng %(number)s với %(partner)s. Xem số cuối rồi xác nhận.",
            number=first.number,
            partner=partner.short_name,
        ),
        url=url_for("closings.show", public_id=first.public_id),
        button=_("Xem và thanh lý"),
        urgency=20,
        tone="go",
    )

"""Lots on today's page and beside the menu: what comes, and what is on hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words_stock import StockState
from marketplace.services.lot_stock import Looked, look_at_lots
from marketplace.services.lots import arriving
from marketplace.web.access import current_identity
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.shell import register_counts
from marketplace.web.words import instant, kg
from models.database import transaction

if TYPE_CHECKING:
    from models.lot_events import LotEvent


@register_tasks
def shipments_to_receive(
    session: Session, actor: Actor, _today: date, _moment: datetime
) -> list[TaskCard]:
    """One card a shipment that waits to be received."""
    if actor.is_officer:
        return []
    return [_shipment(ship) for ship in arriving(session, actor)]


def _shipment(ship: LotEvent) -> TaskCard:
    return TaskCard(
        kind="truck-delivery",
        title=_(
            "%(who)s gửi %(kg)s tới",
            who=ship.organisation.short_name,
            kg=kg(ship.in_kg),
        ),
        text=_("Lô %(lots)s", lots=", ".join(one.lot.code for one in ship.parts[:5])),
        due=_("Gửi lúc %(at)s", at=instant(ship.at)),
        url=url_for("lots.index"),
        button=_("Nhận hàng"),
        urgency=0,
        tone="new",
    )


@register_tasks
def lots_on_hold(
    session: Session, actor: Actor, _today: date, _moment: datetime
) -> list[TaskCard]:
    """One card for all lots in hand that are on hold."""
    if actor.is_officer:
        return []
    held = Looked(state=StockState.HELD)
    rows, total = look_at_lots(session, actor, held, limit=5)
    if not rows:
        return []
    codes = ", ".join(row.lot.code for row in rows)
    return [
        TaskCard(
            kind="ban",
            title=ngettext(
                "%(num)d lô đang bị giữ lại", "%(num)d lô đang bị giữ lại", total
            ),
            text=_("Lô %(lots)s", lots=codes),
            url=url_for("lots.index") + f"?tinh-trang={StockState.HELD.value}",
            button=_("Xem lô"),
            urgency=0,
            tone="warn",
        )
    ]


def _counts() -> dict[str, int]:
    identity = current_identity()
    if identity is None or identity.actor is None or identity.actor.is_officer:
        return {}
    with transaction(read_only=True) as session:
        return {"lots.index": len(arriving(session, identity.actor))}


register_counts(_counts)

"""What may be told of lots, but is asked about once: a great loss, too rich a garden."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.commands_lots import HarvestLot, TransformLots
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_kg, format_number
from marketplace.domain.lot_balance import lost_too_much
from marketplace.domain.words import Severity
from marketplace.domain.words_trace import LotStep
from marketplace.domain.yields import yield_t_per_ha
from marketplace.services.days import day_of
from marketplace.services.harvest_limits import yield_band
from marketplace.services.rules import rule
from models.lot_events import LotEvent, LotOrigin
from models.papers import GrowingArea

A_SEASON = timedelta(days=270)  # from the first picking to the last, and no further


def doubt_loss(session: Session, command: TransformLots) -> list[Finding]:
    """Much less comes out of sorting or packing than went in."""
    if command.step is LotStep.DRY:
        return []  # its ratio has bounds that refuse
    in_kg = sum(one.kg for one in command.used)
    out_kg = sum(one.kg for one in command.made)
    known = rule(session, "lot.balance", day_of(command.at))
    most = known.get("loss_asked_permille")  # rules that were loaded before have none
    if out_kg <= 0 or most is None or not lost_too_much(in_kg, out_kg, int(most)):
        return []
    message = N_("Đưa vào %(in)s, ra %(out)s, hao mất %(lost)s. Đúng không?")
    params: dict[str, object] = {
        "in": format_kg(in_kg),
        "out": format_kg(out_kg),
        "lost": format_kg(in_kg - out_kg),
    }
    return [Finding("TR-07", Severity.WARNING, message, params, "made")]


def doubt_harvest(session: Session, command: HarvestLot) -> list[Finding]:
    """A garden of which more is picked in a season than its hectares can bear."""
    area = session.get(GrowingArea, command.area_id)
    band = yield_band(session, area.product.code, day_of(command.at)) if area else None
    if area is None or band is None or not area.area_ha:
        return []
    kg = _picked_kg(session, area, command.at) + command.kg
    if Decimal(kg) / 1000 <= area.area_ha * band.most_t_per_ha:
        return []
    message = N_(
        "Cả vụ thành %(yield)s tấn/ha, nhiều nhất là %(most)s tấn/ha. Đúng không?"
    )
    params: dict[str, object] = {
        "yield": format_number(yield_t_per_ha(kg, area.area_ha)),
        "most": format_number(band.most_t_per_ha),
    }
    return [Finding("SP-03", Severity.WARNING, message, params, "kg")]


def _picked_kg(session: Session, area: GrowingArea, at: datetime) -> int:
    kg = session.scalar(
        select(func.sum(LotOrigin.kg))
        .join(LotEvent, LotEvent.id == LotOrigin.event_id)
        .where(
            LotOrigin.area_id == area.id,
            LotEvent.wrong_at.is_(None),
            LotEvent.at > at - A_SEASON,
            LotEvent.at <= at,
        )
    )
    return int(kg or 0)

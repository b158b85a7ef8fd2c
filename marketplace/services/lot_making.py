"""Making lots: harvested from a garden, received from outside, or received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    HarvestLot,
    Made,
    Origin,
    ReceiveLot,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words_trace import LotStep
from marketplace.services.days import day_of
from marketplace.services.lot_events import (
    new_event,
)
from marketplace.services.lot_rows import new_lot, store_made
from marketplace.services.sprays import check_interval
from models.harvests import Harvest
from models.households import Household
from models.lot_events import LotEvent, LotOrigin
from models.papers import GrowingArea
from models.plots import Plot
from models.reference import Product

NO_GARDEN = N_("Chọn một vườn của đơn vị mình")


def harvest_lot(
    session: Session, who: Actor, command: HarvestLot, *, now: datetime
) -> LotEvent:
    """A lot as it was picked; refused before the spray diary lets the garden be picked.

    Refused too: a garden, plot, household or harvest post that is not the actor's.
    """
    area = _own_area(session, who, command.area_id)
    origins = command.origins or (Origin(command.kg),)
    _check_origins(session, who, area, command, origins)
    day = day_of(command.at)
    check_interval(session, area.id, [one.plot_id for one in origins], command.at)
    event = new_event(session, who, LotStep.HARVEST, command, now)
    lot = new_lot(
        session,
        who,
        area.product,
        Made(command.kg, variety_id=command.variety_id, code=command.code),
        made_on=day,
        harvested=(day, day),
    )
    event.origins.extend(_origins(area, command, origins))
    return store_made(session, who, event, [lot])


def _origins(
    area: GrowingArea, command: HarvestLot, origins: Sequence[Origin]
) -> list[LotOrigin]:
    return [
        LotOrigin(
            number=number,
            area_id=area.id,
            plot_id=one.plot_id,
            household_id=one.household_id,
            harvest_id=command.harvest_id,
            kg=one.kg,
        )
        for number, one in enumerate(origins, 1)
    ]


def _own_area(session: Session, who: Actor, area_id: int) -> GrowingArea:
    area = session.get(GrowingArea, area_id)
    if area is None or area.organisation_id != who.organisation_id:
        raise Refused(NO_GARDEN, "area")
    if area.ended_on is not None:
        raise Refused(N_("Vườn này không còn canh tác"), "area")
    return area


def _check_origins(
    session: Session,
    who: Actor,
    area: GrowingArea,
    command: HarvestLot,
    origins: Sequence[Origin],
) -> None:
    if any(one.kg <= 0 for one in origins):
        raise Refused(N_("Số kg phải lớn hơn 0"), "origins")
    if sum(one.kg for one in origins) != command.kg:
        raise Refused(N_("Cộng các thửa, các hộ phải bằng số kg của lô"), "origins")
    for one in origins:
        plot = session.get(Plot, one.plot_id) if one.plot_id else None
        if one.plot_id and (plot is None or plot.area_id != area.id):
            raise Refused(N_("Chọn thửa của vườn này"), "origins")
        home = session.get(Household, one.household_id) if one.household_id else None
        if one.household_id and (
            home is None or home.organisation_id != who.organisation_id
        ):
            raise Refused(N_("Chọn hộ thành viên của mình"), "origins")
    if command.harvest_id is not None:
        post = session.get(Harvest, command.harvest_id)
        if post is None or post.organisation_id != who.organisation_id:
            raise Refused(N_("Chọn một vụ của đơn vị mình"), "harvest")


def receive_lot(
    session: Session, who: Actor, command: ReceiveLot, *, now: datetime
) -> LotEvent:
    """A lot taken over from somebody who keeps none here; whose it was is told."""
    if not command.from_name.strip():
        raise Refused(N_("Ghi nhận hàng của ai"), "from_name")
    product = session.get(Product, command.product_id)
    if product is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    told = {
        "from_name": command.from_name,
        "from_place": command.from_place,
        "their_code": command.their_code,
    }
    event = new_event(session, who, LotStep.RECEIVE, command, now, **told)
    made = Made(
        command.kg,
        variety_id=command.variety_id,
        grade_id=command.grade_id,
        best_before=command.best_before,
    )
    picked = (command.harvested_on, command.harvested_on)
    made_on = day_of(command.at)
    lot = new_lot(session, who, product, made, made_on=made_on, harvested=picked)
    return store_made(session, who, event, [lot])

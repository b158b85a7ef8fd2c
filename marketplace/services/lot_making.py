"""Making lots: harvested from a garden, received from outside, or out of lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    HarvestLot,
    Made,
    Origin,
    ReceiveLot,
    TransformLots,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lot_balance import check_conversion, check_same_product
from marketplace.domain.lot_codes import check_lot_code, draw_lot_code
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.lot_events import (
    add_parts,
    give,
    keep_event,
    new_event,
    take,
)
from marketplace.services.rules import rule
from marketplace.services.sprays import check_interval
from models.harvests import Harvest
from models.households import Household
from models.lots import Lot, LotEvent, LotLink, LotOrigin
from models.papers import GrowingArea
from models.plots import Plot
from models.reference import Grade, Product, Variety

MOST_KG = 1_000_000
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
    check_interval(session, area.id, [one.plot_id for one in origins], day)
    event = new_event(session, who, LotStep.HARVEST, command, now)
    lot = _new_lot(
        session,
        who,
        area.product,
        Made(command.kg, variety_id=command.variety_id, code=command.code),
        made_on=day,
        harvested=(day, day),
    )
    event.origins.extend(_origins(area, command, origins))
    return _store(session, who, event, [lot])


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
    event = new_event(
        session,
        who,
        LotStep.RECEIVE,
        command,
        now,
        from_name=command.from_name,
        from_place=command.from_place,
        their_code=command.their_code,
    )
    picked = command.harvested_on
    made = Made(
        command.kg,
        variety_id=command.variety_id,
        grade_id=command.grade_id,
        best_before=command.best_before,
    )
    day = day_of(command.at)
    harvested = (picked, picked) if picked else (None, None)
    lot = _new_lot(session, who, product, made, made_on=day, harvested=harvested)
    return _store(session, who, event, [lot])


def transform_lots(
    session: Session, who: Actor, command: TransformLots, *, now: datetime
) -> LotEvent:
    """Sort, pack, merge, split or dry lots; what comes out are new lots.

    Refused: several products at once, more out than in (TR-07), a ratio of drying
    outside its dated band, and whatever `take` refuses.
    """
    if command.step not in TRANSFORMATIONS:
        raise Refused(N_("Chọn việc đã làm"), "step")
    if not command.made:
        raise Refused(N_("Ghi ít nhất một lô làm ra"), "made")
    event = new_event(session, who, command.step, command, now)
    taken = take(session, who, command.used, command.at, end=False)
    parents = [lot for lot, _ in taken.values()]
    product = _product_made(session, command, parents)
    in_kg = sum(kg for _, kg in taken.values())
    out_kg = sum(one.kg for one in command.made)
    _check_balance(session, parents[0].product, product, in_kg, out_kg, command.at)
    lots = [
        _child(session, who, product, one, parents, command) for one in command.made
    ]
    add_parts(event, PartRole.INPUT, {key: kg for key, (_, kg) in taken.items()})
    _store(session, who, event, lots)
    session.add_all(
        LotLink(child_id=child.id, parent_id=parent.id, event_id=event.id)
        for child in lots
        for parent in parents
    )
    session.flush()  # a lot that was made may be used at once
    return event


def _product_made(
    session: Session, command: TransformLots, parents: Sequence[Lot]
) -> Product:
    fresh = {lot.product_id for lot in parents}
    made = {one.product_id or parents[0].product_id for one in command.made}
    if len(fresh) > 1 or len(made) > 1:
        raise Refused(N_("Mỗi lần chỉ làm một loại sản phẩm"), "used")
    if (made == fresh) != (command.step is not LotStep.DRY):
        raise Refused(
            N_("Sấy, chế biến thì ra sản phẩm khác; việc khác thì không"), "made"
        )
    return session.get_one(Product, made.pop())


def _check_balance(
    session: Session,
    fresh: Product,
    made: Product,
    in_kg: int,
    out_kg: int,
    at: datetime,
) -> None:
    day = day_of(at)
    if fresh.id == made.id:
        gain = rule(session, "lot.balance", day)["packing_gain_permille"]
        check_same_product(in_kg, out_kg, int(gain))
        return
    try:
        ratio = rule(session, f"conversion.{fresh.code}.{made.code}", day)
    except LookupError:
        raise Refused(
            N_("Chưa có hệ số chế biến từ %(fresh)s ra %(made)s"),
            "made",
            fresh=fresh.name_vi.lower(),
            made=made.name_vi.lower(),
        ) from None
    check_conversion(in_kg, out_kg, ratio)


def _child(
    session: Session,
    who: Actor,
    product: Product,
    made: Made,
    parents: Sequence[Lot],
    command: TransformLots,
) -> Lot:
    """A lot out of its parents: picked when they were, kept no longer than they."""
    same = product.id == parents[0].product_id
    told: dict[str, Any] = {"variety_id": made.variety_id, "grade_id": made.grade_id}
    varieties = {lot.variety_id for lot in parents}
    if same and made.variety_id is None and len(varieties) == 1:
        told["variety_id"] = varieties.pop()
    ends = [lot.best_before for lot in parents if lot.best_before]
    best = made.best_before or (min(ends) if same and ends else None)
    return _new_lot(
        session,
        who,
        product,
        Made(made.kg, best_before=best, code=made.code, **told),
        made_on=day_of(command.at),
        harvested=_picked(parents),
    )


def _picked(parents: Iterable[Lot]) -> tuple[date | None, date | None]:
    lots = list(parents)
    first = [lot.harvested_from for lot in lots if lot.harvested_from]
    last = [lot.harvested_to for lot in lots if lot.harvested_to]
    return (min(first), max(last)) if first and last else (None, None)


def _new_lot(
    session: Session,
    who: Actor,
    product: Product,
    made: Made,
    *,
    made_on: date,
    harvested: tuple[date | None, date | None],
) -> Lot:
    if not 0 < made.kg <= MOST_KG:
        raise Refused(N_("Số kg từ 1 đến 1.000.000"), "kg")
    _check_kind(session, product, made)
    start = made_on if product.processed else harvested[0] or made_on
    best = made.best_before or start + timedelta(days=product.shelf_life_days)
    if best < made_on:
        raise Refused(N_("Hạn dùng trước ngày làm ra lô"), "best_before")
    return Lot(
        organisation_id=who.organisation_id,
        code=check_lot_code(made.code) if made.code else draw_lot_code(made_on),
        product=product,
        variety_id=made.variety_id,
        grade_id=made.grade_id,
        made_kg=made.kg,
        made_on=made_on,
        harvested_from=harvested[0],
        harvested_to=harvested[1],
        best_before=best,
    )


def _check_kind(session: Session, product: Product, made: Made) -> None:
    variety = session.get(Variety, made.variety_id) if made.variety_id else None
    if made.variety_id and (variety is None or variety.product_id != product.id):
        raise Refused(N_("Chọn giống của sản phẩm này"), "variety")
    grade = session.get(Grade, made.grade_id) if made.grade_id else None
    if made.grade_id and (grade is None or grade.product_id != product.id):
        raise Refused(N_("Chọn loại của sản phẩm này"), "grade")


def _store(
    session: Session, who: Actor, event: LotEvent, lots: Sequence[Lot]
) -> LotEvent:
    try:
        with session.begin_nested():
            session.add_all(lots)
            session.flush()  # parts name the lots by their ids
    except IntegrityError as error:
        if "code" not in str(error.orig):
            raise
        raise Refused(N_("Mã lô này đã dùng"), "code") from None
    add_parts(
        event,
        PartRole.OUTPUT,
        {lot.id: lot.made_kg for lot in lots},
        first=len(event.parts) + 1,
    )
    for lot in lots:
        give(session, who.organisation_id, lot, lot.made_kg)
    return keep_event(session, event)

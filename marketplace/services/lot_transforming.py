"""Lots out of lots: sorted, packed, merged, split, dried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    Made,
    TransformLots,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lot_balance import check_conversion, check_same_product
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.lot_events import (
    add_parts,
    new_event,
    take,
)
from marketplace.services.lot_rows import new_lot, store_made
from marketplace.services.rules import rule
from models.lot_events import LotEvent
from models.lots import Lot, LotLink
from models.reference import Product


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
    taken = take(session, who, command.used, command.at)
    parents = [lot for lot, _ in taken.values()]
    product = _product_made(session, command, parents)
    in_kg = sum(kg for _, kg in taken.values())
    out_kg = sum(one.kg for one in command.made)
    _check_balance(session, parents[0].product, product, in_kg, out_kg, command.at)
    lots = [
        _child(session, who, product, one, parents, command) for one in command.made
    ]
    add_parts(event, PartRole.INPUT, {key: kg for key, (_, kg) in taken.items()})
    store_made(session, who, event, lots)
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
    return new_lot(
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

"""The row of a lot, and the event that made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    Made,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lot_codes import check_lot_code, draw_lot_code
from marketplace.domain.words_trace import PartRole
from marketplace.services.lot_events import (
    add_parts,
    give,
    keep_event,
)
from models.lot_events import LotEvent
from models.lots import Lot
from models.reference import Grade, Product, Variety

MOST_KG = 1_000_000


def new_lot(
    session: Session,
    who: Actor,
    product: Product,
    made: Made,
    *,
    made_on: date,
    harvested: tuple[date | None, date | None],
) -> Lot:
    """A lot that is not stored yet; its number is drawn unless it was told.

    Refused: kilograms, a variety, a grade or a best-before day that cannot be.
    """
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
        weighed_kg=made.kg,
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


def store_made(
    session: Session, who: Actor, event: LotEvent, lots: Sequence[Lot]
) -> LotEvent:
    """Store an event with the lots it made, in the hands of whoever made them."""
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

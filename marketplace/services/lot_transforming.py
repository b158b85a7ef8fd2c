"""Lots out of lots: sorted, packed, merged, split, dried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    Made,
    TransformLots,
)
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lot_balance import (
    check_conversion,
    check_grades,
    check_same_product,
    weighed_in,
    weighed_out,
)
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.lot_events import (
    add_parts,
    new_event,
    take,
)
from marketplace.services.lot_rows import new_lot, store_made
from marketplace.services.rules import rule
from marketplace.services.trade_items import name_sole_item
from models.lot_events import LotEvent
from models.lots import Lot, LotLink
from models.reference import Grade, Product


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
    balance = _Balance.of(parents[0].product, product, taken.values())
    balance.check(session, command)
    behind = balance.behind([one.kg for one in command.made])
    lots = [
        _child(session, who, product, one, parents, command) for one in command.made
    ]
    for lot, weighed_kg in zip(lots, behind, strict=True):
        lot.weighed_kg = weighed_kg
    add_parts(event, PartRole.INPUT, {key: kg for key, (_, kg) in taken.items()})
    store_made(session, who, event, lots)
    _link(session, event, lots, parents)
    return event


def _link(
    session: Session, event: LotEvent, lots: Sequence[Lot], parents: Sequence[Lot]
) -> None:
    """Lead from each lot to all that it was made of; what was packed has its item."""
    session.add_all(
        LotLink(child_id=child.id, parent_id=parent.id, event_id=event.id)
        for child in lots
        for parent in parents
    )
    session.flush()  # a lot that was made may be used at once
    if event.step is LotStep.PACK:
        for lot in lots:
            name_sole_item(session, lot)


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


@dataclass(frozen=True)
class _Balance:
    """What went in: kilograms, and how many of them somebody picked or supplied."""

    fresh: Product
    made: Product
    in_kg: int
    weighed_kg: int

    @classmethod
    def of(
        cls, fresh: Product, made: Product, taken: Iterable[tuple[Lot, int]]
    ) -> _Balance:
        parts = [(kg, lot.made_kg, lot.weighed_kg) for lot, kg in taken]
        return cls(fresh, made, sum(kg for kg, _, _ in parts), weighed_in(parts))

    @property
    def same(self) -> bool:
        return self.fresh.id == self.made.id

    def check(self, session: Session, command: TransformLots) -> None:
        """Refused: more than can come out of it (TR-07)."""
        out_kg, day = sum(one.kg for one in command.made), day_of(command.at)
        if self.same:
            gain = rule(session, "lot.balance", day)["packing_gain_permille"]
            check_same_product(self.in_kg, self.weighed_kg, out_kg, int(gain))
            return
        check_conversion(self.in_kg, out_kg, self._ratio(session, day))

    def _ratio(self, session: Session, day: date) -> dict[str, Any]:
        try:
            return rule(session, f"conversion.{self.fresh.code}.{self.made.code}", day)
        except LookupError:
            raise Refused(
                N_("Chưa có hệ số chế biến từ %(fresh)s ra %(made)s"),
                "made",
                fresh=self.fresh.name_vi.lower(),
                made=self.made.name_vi.lower(),
            ) from None

    def behind(self, made: Sequence[int]) -> list[int]:
        """What stands behind each lot that is made."""
        return weighed_out(made, self.in_kg, self.weighed_kg, same=self.same)


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
    if same:
        _check_grade(session, parents, made, command.step)
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


def _check_grade(
    session: Session, parents: Sequence[Lot], made: Made, step: LotStep
) -> None:
    grade = session.get(Grade, made.grade_id) if made.grade_id else None
    used = [lot.grade.rank if lot.grade else None for lot in parents]
    check_grades(used, grade.rank if grade else None, sorts=step is LotStep.SORT)


def _picked(parents: Iterable[Lot]) -> tuple[date | None, date | None]:
    lots = list(parents)
    first = [lot.harvested_from for lot in lots if lot.harvested_from]
    last = [lot.harvested_to for lot in lots if lot.harvested_to]
    return (min(first), max(last)) if first and last else (None, None)

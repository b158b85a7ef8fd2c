"""A post priced against the column that a run has left, and whom it meets best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching import Lot, Need
from marketplace.services.matching_code import variety_bits
from marketplace.services.matching_price_rows import lot_rows, need_row, of_offer
from marketplace.services.matching_terms import carriage
from marketplace.services.matching_top import Best, best_lots, best_needs
from models.matching import LotPrice, NeedPrice

ROUNDING = 1
"""Đồng by which a database may round the way differently."""


class Priced(NamedTuple):
    """A post in the price column as it is to be, the other side's posts that it
    would meet best, and by how much the bound of the market moves.
    """

    harvest_id: int
    offer_id: int
    lots: Sequence[tuple[Any, ...]]
    needs: Sequence[tuple[Any, ...]]
    partners: frozenset[int]
    bound_vnd: int


def price_harvest(session: Session, lot: Lot, *, today: date) -> Priced:
    """A lot gains what the best tranche would give for it."""
    costs, known = carriage(session, today), variety_bits(session, [lot.product])
    best: list[Best] = []
    for row in lot_rows(lot, known, 0, lot.ask_vnd):
        best += best_needs(session, _as(LotPrice, row), costs)
    gain = _gain(best)
    old = select(func.max(LotPrice.kg * (LotPrice.price_vnd - LotPrice.ask_vnd)))
    before = session.scalar(old.where(LotPrice.harvest_id == lot.id))
    return Priced(
        lot.id,
        0,
        list(lot_rows(lot, known, 0, lot.ask_vnd + gain)),
        [],
        frozenset(one.post for one in best if one.gain_vnd > 0),
        lot.kg * gain - int(before or 0),
    )


def price_offer(session: Session, needs: Sequence[Need], *, today: date) -> Priced:
    """Each tranche gains what the best lot would leave it."""
    costs = carriage(session, today)
    known = variety_bits(session, [needs[0].product])
    rows, partners, bound = [], set(), 0
    for need in needs:
        best = best_lots(session, _as(NeedPrice, need_row(need, known, 0, 0)), costs)
        partners |= {one.post for one in best if one.gain_vnd > 0}
        bound += need.kg * _gain(best)
        rows.append(need_row(need, known, 0, _gain(best)))
    old = select(func.sum(NeedPrice.kg * NeedPrice.gain_vnd))
    before = session.scalar(old.where(of_offer(needs[0].offer)))
    whose = (0, needs[0].offer)
    return Priced(*whose, [], rows, frozenset(partners), bound - int(before or 0))


def _as(model: Any, row: tuple[Any, ...]) -> Any:
    names = (column.name for column in model.__table__.c)
    return model(**dict(zip(names, row, strict=True)))


def _gain(best: Iterable[Best]) -> int:
    """So high that no pair is worth more than its prices."""
    most = max((one.gain_vnd for one in best), default=-ROUNDING)
    return max(most + ROUNDING, 0)

"""What keeps a post with kilograms left from partners that every hard rule admits.

Partners with kilograms left are kept away by a side rule: the largest share of one
seller, the number of suppliers, a smallest lot, or what is left of the good grades.
Partners with nothing left are served: by others (`competition`), or by this very
seller or buyer, who then finds no more `demand` or no more `supply`.
"""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.matching.instance import Lot, Need
from marketplace.matching.leftover import Leftover


def lot_blocked_by(left: Leftover, lot: Lot, needs: Sequence[Need]) -> str:
    """Why a lot serves these needs no more, which it may serve; the largest first."""
    open_ = [need for need in needs if left.of_need(need) > 0]
    if open_:
        need = max(open_, key=lambda need: (left.of_need(need), -need.id))
        return _side_rule(left, lot, need)
    served = (left.brought.get((lot.owner, need.id), 0) >= need.kg for need in needs)
    return "demand" if all(served) else "competition"


def need_blocked_by(left: Leftover, need: Need, lots: Sequence[Lot]) -> str:
    """Why a need gets no more of these lots, which may serve it."""
    open_ = [lot for lot in lots if left.of_lot(lot) > 0]
    if open_:
        lot = max(open_, key=lambda lot: (left.of_lot(lot), -lot.id))
        return _side_rule(left, lot, need)
    given = (left.given.get((lot.id, need.owner), 0) >= lot.kg for lot in lots)
    return "supply" if all(given) else "competition"


def _side_rule(left: Leftover, lot: Lot, need: Need) -> str:
    if left.of_share(lot, need) <= 0:
        return "share"
    if not left.admits(lot, need):
        return "suppliers"
    return "quantity" if left.movable(lot, need) else "grade"

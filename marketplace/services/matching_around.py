"""The neighbourhood of a post: what of it is free, and what lies on the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching import Lot, Market, Need
from marketplace.matching.pair import least_kg
from marketplace.services.proposal_writing import Untouched
from models.bulk import among
from models.matching import LotPrice, NeedPrice
from models.proposals import Proposal, TermsLine


@dataclass(frozen=True)
class Taken:
    """Kilograms and seats that proposals outside the neighbourhood hold."""

    of_lot: Counter[int]
    of_need: Counter[int]
    seats: Counter[int]

    @classmethod
    def by(cls, outside: Iterable[Untouched]) -> Taken:
        """What these proposals take."""
        taken = cls(Counter(), Counter(), Counter())
        for one in outside:
            harvest, offer = one.pair
            taken.seats[offer] += 1
            for line in one.bid.lines:
                taken.of_lot[harvest] += line.kg
                taken.of_need[line.tranche_id] += line.kg
        return taken

    def rest_of(self, market: Market) -> Market:
        """The market less what is taken; nothing legal in it is illegal in all.

        Where too little is left for a smallest lot that the whole would have
        met, a pair stays apart: "all that is left" is not "all there is".
        """
        lots = [self._lot(lot) for lot in market.lots]
        needs = [self._need(need) for need in market.needs if self._has_seat(need)]
        apart = {
            (lot.id, need.offer)
            for lot in lots
            for need in needs
            if least_kg(market.lot[lot.id], market.need[need.id]) > min(lot.kg, need.kg)
        }
        return replace(
            market,
            lots=tuple(lot for lot in lots if lot.kg > 0),
            needs=tuple(need for need in needs if need.kg > 0),
            apart=market.apart | apart,
        )

    def _lot(self, lot: Lot) -> Lot:
        """Whichever grade was taken, the best is no longer counted on."""
        used, grades = self.of_lot[lot.id], []
        for rank, kg in sorted(lot.grade_kg):
            grades.append((rank, max(kg - used, 0)))
            used = max(used - kg, 0)
        kg = max(lot.kg - self.of_lot[lot.id], 0)
        return replace(lot, kg=kg, grade_kg=tuple(grades))

    def _has_seat(self, need: Need) -> bool:
        return not need.most_suppliers or need.most_suppliers > self.seats[need.offer]

    def _need(self, need: Need) -> Need:
        seats = need.most_suppliers and need.most_suppliers - self.seats[need.offer]
        kg = max(need.kg - self.of_need[need.id], 0)
        return replace(need, kg=kg, most_suppliers=seats)


def surplus_of(session: Session, proposals: Collection[int]) -> int:
    """What proposals are worth together, by the limits that the run knew."""
    worth = NeedPrice.bid_vnd - LotPrice.ask_vnd - Proposal.transport_vnd
    total = session.scalar(
        select(func.sum(TermsLine.kg * worth))
        .join(Proposal, Proposal.id == TermsLine.proposal_id)
        .join(NeedPrice, NeedPrice.tranche_id == TermsLine.tranche_id)
        .join(LotPrice, LotPrice.harvest_id == Proposal.harvest_id)
        .where(
            among(session, Proposal.id, proposals),
            TermsLine.round == 0,
            LotPrice.part == 0,
        )
    )
    return int(total or 0)

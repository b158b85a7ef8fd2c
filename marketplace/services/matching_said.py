"""What the posts of a sheet say, as the digests that proposals remember."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketplace.matching.arrays import Int64
from marketplace.services.matching_code import post_digest
from marketplace.services.matching_demand import Demand
from marketplace.services.matching_supply import Supply

SAID_OF_LOT = (
    "product", "variety", "likely", "tolerance", "least", "floor", "start", "end",
)  # fmt: skip
SAID_OF_OFFER = (
    "product", "grade", "market", "mask", "least", "most_suppliers", "term", "deposit",
    "mode", "share", "reference",
)  # fmt: skip
SAID_OF_TRANCHE = ("number", "start", "end", "kg", "ceiling")


@dataclass(frozen=True)
class Said:
    """The numbers of posts, laid out as `matching_lots` and `matching_needs` do."""

    supply: Supply
    demand: Demand

    def lot_digest(self, harvest: int) -> bytes:
        """What the harvest says, less what was promised of it since."""
        place = int(np.searchsorted(self.supply.rows["id"], harvest))
        ids = self.supply.grades["id"]
        mine = slice(
            np.searchsorted(ids, harvest), np.searchsorted(ids, harvest, "right")
        )
        return post_digest([*self._lot_said[place], *self._grade_said[mine].ravel()])

    @cached_property
    def _lot_said(self) -> Int64:
        return np.stack([self.supply.rows[name] for name in SAID_OF_LOT], axis=1)

    @cached_property
    def _grade_said(self) -> Int64:
        grades = self.supply.grades
        return np.stack([grades["rank"], grades["share"]], axis=1)

    def offer_digest(self, offer: int) -> bytes:
        """What the offer says, less what was promised of it since."""
        order, ids = self._offer_order
        begin, end = np.searchsorted(ids, offer), np.searchsorted(ids, offer, "right")
        head, tranches = self._offer_said
        kinds = self.demand.varieties.get(offer, ())
        mine = tranches[order[begin:end]].ravel()
        return post_digest([*head[order[begin]], len(kinds), *kinds, *mine])

    @cached_property
    def _offer_order(self) -> tuple[Int64, Int64]:
        rows = self.demand.all_rows
        order = np.lexsort((rows["number"], rows["offer"]))
        return order, rows["offer"][order]

    @cached_property
    def _offer_said(self) -> tuple[Int64, Int64]:
        rows, mask = self.demand.all_rows, self.demand.all_requires
        told = [mask if name == "mask" else rows[name] for name in SAID_OF_OFFER]
        tranches = [rows[name] for name in SAID_OF_TRANCHE]
        return np.stack(told, axis=1), np.stack(tranches, axis=1)

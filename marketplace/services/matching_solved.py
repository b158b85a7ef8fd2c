"""What a solved shard has to store, whichever way it was solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid
from marketplace.services.matching_code import pair_digest
from models.bulk import Columns

if TYPE_CHECKING:
    from marketplace.services.matching_standing import Moved

Pair = tuple[int, int]
"""A harvest and an offer."""


@dataclass(frozen=True)
class Plan:
    """A proposal to be made: who meets whom, on which terms, and why.

    `reasons` are empty where they are only told when somebody looks.
    """

    harvest_id: int
    offer_id: int
    seller_id: int
    buyer_id: int
    product_id: int
    answer_by: date | None
    lot_digest: bytes
    offer_digest: bytes
    replaced: int
    bid: Bid
    transport_vnd: int
    distance_km: int
    reasons: list[Any] = field(compare=False)

    def posts_digest(self, *, replaced_now: bool = False) -> str:
        """The two posts as they stand, and how many of their proposals were
        replaced: a proposal that comes back is a new one, a no stays a no.
        """
        replaced = self.replaced + replaced_now
        return pair_digest(self.lot_digest, self.offer_digest, replaced)


class Left(NamedTuple):
    """Kilograms left of a harvest or of a tranche, and why."""

    harvest_id: int | None
    tranche_id: int | None
    left_kg: int
    rule: str
    considered: int
    advice: list[Any]


@dataclass(frozen=True)
class Solved:
    """`counts` are the columns of a shard; the prices are rows of their tables."""

    plans: Mapping[Pair, Plan]
    counts: Mapping[str, Any]
    left: Sequence[Left]
    lot_prices: Columns
    need_prices: Columns


class Reading(Protocol):
    """A shard of the market as it was read, ready to be solved."""

    @property
    def digest(self) -> str:
        """Equal for two readings if and only if the matcher would see the same."""

    @classmethod
    def read(cls, session: Session, products: Sequence[int], *, today: date) -> Reading:
        """The open posts of these products, all in one state of the market."""

    def still_stands(self, session: Session, *, today: date) -> bool:
        """Whether the matcher would see the same now."""

    def moved(self, session: Session, *, today: date) -> Moved | None:
        """Which posts are others now; None if the rules for all of them are."""

    def solve(
        self,
        progress: Callable[[str, int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Solved:
        """The best allocation; no database is touched meanwhile."""

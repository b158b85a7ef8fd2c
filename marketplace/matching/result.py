"""What the matcher gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketplace.matching.instance import Lot, Need


@dataclass(frozen=True, order=True)
class Allocation:
    """Kilograms of a lot for a need, delivered on `day` at the earliest.

    `price_vnd` is paid by the buyer to the seller for a kilogram at the
    seller's gate; `transport_vnd` comes on top.
    """

    lot: int
    need: int
    kg: int
    price_vnd: int
    transport_vnd: int
    day: int


@dataclass(frozen=True)
class Change:
    """A single change on one's own side, and what it would surely match.

    `kg` can be added to the proposed allocation without taking anything from
    anybody; a run of the changed market has at least the surplus of both, and may
    divide it otherwise. `rows` are the changed rows, that of the post first.
    """

    code: str
    kg: int
    params: dict[str, object] = field(default_factory=dict)
    rows: tuple[Lot | Need, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Unmatched:
    """A lot or need with kilograms left: what held it back, what would help.

    `changes` begins with the cheapest; it is empty if no single change helps, or
    if none was looked for (`unasked`).
    """

    id: int
    kg: int
    binding: str
    changes: tuple[Change, ...] = ()
    unasked: bool = False

    @property
    def cheapest(self) -> Change | None:
        """The change to propose first."""
        return self.changes[0] if self.changes else None


@dataclass(frozen=True)
class Result:
    """An allocation with its proof and its reasons.

    No allocation whatever has more surplus than `bound_vnd`; with
    `surplus_vnd == bound_vnd` this one is proven best. `stages` counts the
    pairs that are left after each rule, `lot_stages` the offers left for each
    lot, `offer_stages` the lots left for each offer. `lot_gain` and `need_gain`
    are the dual prices in đồng a kilogram, by id, of those that meet anybody: a
    lot is worth its ask and its gain. `relaxed_vnd` bounds what could be had if
    there were no smallest lots, supplier limits and largest shares.
    """

    digest: str
    allocations: tuple[Allocation, ...]
    surplus_vnd: int
    bound_vnd: int
    pairs_considered: int
    stages: Mapping[str, int]
    lot_stages: Mapping[int, Mapping[str, int]]
    offer_stages: Mapping[int, Mapping[str, int]]
    unmatched_lots: tuple[Unmatched, ...]
    unmatched_needs: tuple[Unmatched, ...]
    lot_gain: Mapping[int, int] = field(default_factory=dict)
    need_gain: Mapping[int, int] = field(default_factory=dict)
    relaxed_vnd: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def gap(self) -> float:
        """(bound - surplus) / bound; 0 is the proven optimum."""
        if self.bound_vnd <= 0:
            return 0.0
        return (self.bound_vnd - self.surplus_vnd) / self.bound_vnd

    @property
    def status(self) -> str:
        """`optimal` if proven, else `bounded`."""
        return "optimal" if self.surplus_vnd == self.bound_vnd else "bounded"

    @property
    def matched_kg(self) -> int:
        """Kilograms allocated."""
        return sum(allocation.kg for allocation in self.allocations)

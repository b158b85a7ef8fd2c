"""What a paper speaks of: which stages of which products it can prove (S2).

CE-01 gives a certificate a scope of crop and plots or facility. So:

* A paper that names a product proves that product only.
* A paper that names facilities proves the stages of those facilities, all of them; one
  that names gardens proves growing, where the gardens grow the product.
* A paper without a product covers what its places say: all that its facilities handle,
  and what its gardens grow. This is so for food safety (CE-06, CE-07), where the
  certificate is that of an establishment, as for every other scheme.
* A paper that names neither product nor place is that of the holder's whole business:
  growing and processing of who sells, the shops of who buys.
* A code of a packing house proves sorting and packing of goods for its own market.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.domain.words import FacilityKind, Stage

STAGE_OF_FACILITY = {
    FacilityKind.PACKING_HOUSE: Stage.PROCESSING,
    FacilityKind.PROCESSING: Stage.PROCESSING,
    FacilityKind.DRYER: Stage.PROCESSING,
    FacilityKind.SELLING_POINT: Stage.CONSUMPTION,
}


@dataclass(frozen=True)
class PaperScope:
    """A product (None for all), what the gardens grow, and kinds of the facilities."""

    product: int | None = None
    grown: frozenset[int] = frozenset()
    facilities: frozenset[FacilityKind] = frozenset()


def stages_proven(
    scope: PaperScope, products: Collection[int], *, seller: bool
) -> tuple[Stage, ...]:
    """The stages of these products that such a paper can prove, upstream first."""
    if scope.product is not None and scope.product not in products:
        return ()
    found = {STAGE_OF_FACILITY[kind] for kind in scope.facilities}
    if scope.grown and (scope.product is not None or scope.grown & set(products)):
        found.add(Stage.PRODUCTION_HARVEST)
    if not scope.facilities and not scope.grown:
        found |= _whole_business(seller)
    return tuple(stage for stage in Stage if stage in found)


def _whole_business(seller: bool) -> set[Stage]:
    if seller:
        return {Stage.PRODUCTION_HARVEST, Stage.PROCESSING}
    return {Stage.CONSUMPTION}

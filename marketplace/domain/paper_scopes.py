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
from decimal import Decimal

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.words import CertificateScheme, FacilityKind, Severity, Stage

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


def check_scope(
    scheme: CertificateScheme,
    area_ha: Decimal | None,
    gardens: Collection[Decimal],
    facilities: int,
) -> list[Finding]:
    """CE-01, CE-06: what is odd in the places that a paper names.

    `gardens` are the declared hectares of those that it names. More land than that
    is a warning, since a garden may have been measured anew since it was declared.
    """
    found, declared = [], sum(gardens, Decimal(0))
    if gardens and area_ha is not None and area_ha > declared:
        message = N_(
            "Giấy ghi %(said)s ha, lớn hơn %(declared)s ha của các vườn đã chọn"
        )
        params = {"said": format_number(area_ha), "declared": format_number(declared)}
        found.append(Finding("CE-01", Severity.WARNING, message, params, "area_ha"))
    if scheme is CertificateScheme.FOOD_SAFETY and gardens and not facilities:
        message = N_(
            "Giấy an toàn thực phẩm thường cấp cho một cơ sở. Chỉ ghi vườn thì giấy chỉ"
            " tính cho khâu trồng"
        )
        found.append(Finding("CE-06", Severity.WARNING, message, {}, "facility"))
    return found


def _whole_business(seller: bool) -> set[Stage]:
    if seller:
        return {Stage.PRODUCTION_HARVEST, Stage.PROCESSING}
    return {Stage.CONSUMPTION}

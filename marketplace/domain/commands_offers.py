"""What a buyer asks the market to do, in values that are read already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.domain.words import CertificateScheme, Market, PriceMode


@dataclass(frozen=True)
class TrancheLine:
    """One delivery: a window of days, kilograms, the most paid a kilogram.

    `number` names the tranche of the offer that the line revises; without it
    the line is a new tranche.
    """

    window_start: date
    window_end: date
    kg: int
    ceiling_price_vnd: int
    number: int | None = None


@dataclass(frozen=True)
class Requirement:
    """A certificate scheme, with the least stars of OCOP, or a market's code."""

    scheme: CertificateScheme | None = None
    market: Market | None = None
    least_stars: int | None = None


@dataclass(frozen=True)
class PostOffer:
    """A purchase offer as its buyer words it; also the words of a revision.

    `least_grade` 0 accepts any grade, `most_suppliers` 0 any number of them,
    no variety means any. `unit_id` is the province or commune of delivery. `reference_market`
    is the code of the market that a moving price goes by.
    """

    product_code: str
    place: str
    payment_term_days: int
    tranches: tuple[TrancheLine, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    variety_codes: tuple[str, ...] = ()
    least_grade: int = 0
    market: Market = Market.DOMESTIC
    unit_id: int | None = None
    show_price: bool = False
    smallest_lot_kg: int = 0
    most_suppliers: int = 0
    deposit_pct: int = 0
    price_mode: PriceMode = PriceMode.FIXED
    share_pct: int = 0
    reference_market: str = ""
    cold_chain: bool = False
    traceability: bool = False
    packaging: str = ""
    notes: str = ""
    answer_by: date | None = None

    @property
    def total_kg(self) -> int:
        return sum(line.kg for line in self.tranches)

    @property
    def most_value_vnd(self) -> int:
        """What all tranches cost at their ceilings, in đồng."""
        return sum(line.kg * line.ceiling_price_vnd for line in self.tranches)

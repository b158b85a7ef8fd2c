"""Open posts in public words.

What leaves here is made of public words only: a floor or a ceiling is read into
a card only where its owner chose to show it, so that no template can leak it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, selectinload

from marketplace.domain.papers import counts_on
from marketplace.domain.words import CertificateScheme, Market, PriceMode
from marketplace.services.matching_papers import HeldPaper, read_papers
from marketplace.services.prices import WeekBand, week_bands
from models.harvests import Harvest
from models.offers import Offer, OfferVariety
from models.price_quotes import PriceMarket
from models.reference import AdminUnit, Product, Variety


@dataclass(frozen=True)
class PaperBadge:
    """A paper that counts today: a certificate or a code for a market."""

    scheme: CertificateScheme | None
    market: Market | None
    stars: int | None
    last_day: date | None


@dataclass(frozen=True)
class HarvestCard:
    """An open harvest in public words; `left_kg` is the likely forecast's rest."""

    public_id: str
    product: Product
    variety: Variety | None
    grades: tuple[tuple[int, int], ...]
    organisation: str
    organisation_id: str
    unit: AdminUnit
    former_unit: AdminUnit | None
    left_kg: int
    window_start: date
    window_end: date
    season: str
    smallest_lot_kg: int
    packaging: str
    price_vnd: int | None
    band: WeekBand | None
    papers: tuple[PaperBadge, ...]

    @property
    def only_grade(self) -> int | None:
        """The grade of all of it, if there is one."""
        return self.grades[0][0] if len(self.grades) == 1 else None


@dataclass(frozen=True)
class TrancheCard:
    """What a delivery still asks for; its price only where the buyer shows it."""

    number: int
    window_start: date
    window_end: date
    left_kg: int
    price_vnd: int | None


@dataclass(frozen=True)
class OfferCard:
    """An open offer in public words."""

    public_id: str
    product: Product
    varieties: tuple[Variety, ...]
    least_grade: int
    market: Market
    organisation: str
    organisation_id: str
    place: str
    tranches: tuple[TrancheCard, ...]
    requirements: tuple[PaperBadge, ...]
    smallest_lot_kg: int
    most_suppliers: int
    payment_term_days: int
    deposit_pct: int
    price_mode: PriceMode
    share_pct: int
    reference_market: PriceMarket | None
    cold_chain: bool
    traceability: bool
    packaging: str
    answer_by: date | None
    band: WeekBand | None

    @property
    def left_kg(self) -> int:
        return sum(tranche.left_kg for tranche in self.tranches)

    @property
    def first_day(self) -> date:
        return min(tranche.window_start for tranche in self.tranches)

    @property
    def last_day(self) -> date:
        return max(tranche.window_end for tranche in self.tranches)

    @property
    def prices_vnd(self) -> tuple[int, int] | None:
        """Lowest and highest price shown; None if the buyer keeps it."""
        shown = [t.price_vnd for t in self.tranches if t.price_vnd is not None]
        return (min(shown), max(shown)) if shown else None


HARVEST_PARTS: tuple[Any, ...] = (
    selectinload(Harvest.product),
    selectinload(Harvest.variety),
    selectinload(Harvest.organisation),
    selectinload(Harvest.unit),
    selectinload(Harvest.grades),
)
OFFER_PARTS: tuple[Any, ...] = (
    selectinload(Offer.product),
    selectinload(Offer.organisation),
    selectinload(Offer.tranches),
    selectinload(Offer.requirements),
    selectinload(Offer.varieties).selectinload(OfferVariety.variety),
)


def harvest_cards(
    session: Session, rows: Sequence[Harvest], today: date
) -> list[HarvestCard]:
    """Cards of harvests that are on the market, in the order given."""
    bands = week_bands(session, {row.product_id for row in rows}, today)
    papers = read_papers(session, {row.id: row.product_id for row in rows})
    return [_harvest_card(row, bands, papers[row.id], today) for row in rows]


def _harvest_card(
    row: Harvest,
    bands: Mapping[int, WeekBand],
    papers: Sequence[HeldPaper],
    today: date,
) -> HarvestCard:
    declared = row.organisation.declared_unit
    same_place = row.unit_id == row.organisation.unit_id
    return HarvestCard(
        public_id=row.public_id,
        product=row.product,
        variety=row.variety,
        grades=tuple((grade.rank, grade.share_permille) for grade in row.grades),
        organisation=row.organisation.short_name,
        organisation_id=row.organisation.public_id,
        unit=row.unit,
        former_unit=declared if same_place else None,
        left_kg=max(row.likely_kg - row.promised_kg, 0),
        window_start=row.window_start,
        window_end=row.window_end,
        season=row.season,
        smallest_lot_kg=row.smallest_lot_kg,
        packaging=row.packaging,
        price_vnd=row.asking_price_vnd,
        band=bands.get(row.product_id),
        papers=_badges(papers, today),
    )


def _badges(papers: Sequence[HeldPaper], today: date) -> tuple[PaperBadge, ...]:
    """One badge for each scheme and market that counts today."""
    found: dict[tuple[object, object], PaperBadge] = {}
    for held in papers:
        paper = held.paper
        if counts_on(paper, today):
            badge = PaperBadge(paper.scheme, paper.market, paper.stars, paper.last_day)
            found.setdefault((paper.scheme, paper.market), badge)
    return tuple(found.values())


def offer_cards(
    session: Session, rows: Sequence[Offer], today: date
) -> list[OfferCard]:
    """Cards of offers that are on the market, in the order given."""
    bands = week_bands(session, {row.product_id for row in rows}, today)
    return [_offer_card(row, bands.get(row.product_id), today) for row in rows]


def _offer_card(row: Offer, band: WeekBand | None, today: date) -> OfferCard:
    return OfferCard(
        public_id=row.public_id,
        product=row.product,
        varieties=tuple(one.variety for one in row.varieties),
        least_grade=row.least_grade,
        market=row.market,
        organisation=row.organisation.short_name,
        organisation_id=row.organisation.public_id,
        place=row.place,
        tranches=_tranche_cards(row, today),
        requirements=_asked(row),
        smallest_lot_kg=row.smallest_lot_kg,
        most_suppliers=row.most_suppliers,
        payment_term_days=row.payment_term_days,
        deposit_pct=row.deposit_pct,
        price_mode=row.price_mode,
        share_pct=row.share_pct,
        reference_market=row.reference_market,
        cold_chain=row.cold_chain,
        traceability=row.traceability,
        packaging=row.packaging,
        answer_by=row.answer_by,
        band=band,
    )


def _asked(row: Offer) -> tuple[PaperBadge, ...]:
    return tuple(
        PaperBadge(one.scheme, one.market, one.least_stars, None)
        for one in row.requirements
    )


def _tranche_cards(row: Offer, today: date) -> tuple[TrancheCard, ...]:
    return tuple(
        TrancheCard(
            number=one.number,
            window_start=one.window_start,
            window_end=one.window_end,
            left_kg=one.kg - one.promised_kg,
            price_vnd=one.ceiling_price_vnd if row.show_price else None,
        )
        for one in row.tranches
        if not one.dropped and one.kg > one.promised_kg and one.window_end >= today
    )

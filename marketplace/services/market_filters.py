"""Which open posts the public board shows: filters and search, all in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.papers import add_months
from marketplace.domain.text import fold
from marketplace.domain.words import (
    AdminLevel,
    CertificateScheme,
    HarvestState,
    Market,
    OfferState,
    OrganisationState,
    PaperState,
)
from marketplace.services.units import units_within
from models.harvests import Harvest, HarvestPaper
from models.offers import Offer, OfferVariety, Tranche
from models.organisations import Organisation
from models.papers import Certificate, GrowingAreaCode
from models.reference import AdminChange, AdminUnit, Product, Variety

MOST_WORDS = 8


@dataclass(frozen=True)
class BoardFilter:
    """What a visitor asks for; an empty value asks for nothing.

    `month` is its first day, `commune` the code of a commune of today.
    """

    text: str = ""
    product: str = ""
    month: date | None = None
    commune: str = ""
    scheme: CertificateScheme | None = None
    market: Market | None = None

    @property
    def is_empty(self) -> bool:
        return self == BoardFilter()


@dataclass(frozen=True)
class _Word:
    """What one word of a search may mean."""

    text: str
    products: list[int]
    varieties: list[int]
    units: list[int]


def open_harvests(session: Session, wanted: BoardFilter, today: date) -> list[Any]:
    """Conditions on harvests joined with their organisations and products."""
    conditions: list[Any] = [
        Harvest.state == HarvestState.OPEN,
        Organisation.state == OrganisationState.VERIFIED,
        Harvest.over_promised.is_(False),
        Harvest.likely_kg > Harvest.promised_kg,
        Harvest.window_end >= today,
    ]
    if wanted.product:
        conditions.append(Product.code == wanted.product)
    if wanted.month:
        last = add_months(wanted.month, 1) - timedelta(days=1)
        conditions += [Harvest.window_start <= last, Harvest.window_end >= wanted.month]
    if wanted.commune:
        conditions.append(Harvest.unit_id.in_(_commune(session, wanted.commune, today)))
    if wanted.scheme:
        conditions.append(_certified(wanted.scheme, today))
    if wanted.market:
        conditions.append(_coded(wanted.market, today))
    conditions.extend(_harvest_says(word) for word in _words(session, wanted.text))
    return conditions


def _harvest_says(word: _Word) -> ColumnElement[bool]:
    return or_(
        Organisation.name_folded.contains(word.text, autoescape=True),
        Harvest.product_id.in_(word.products),
        Harvest.variety_id.in_(word.varieties),
        Harvest.unit_id.in_(word.units),
    )


def open_offers(session: Session, wanted: BoardFilter, today: date) -> list[Any]:
    """Conditions on offers joined with their organisations and products."""
    tranche = aliased(Tranche)  # whoever asks may join the tranches themselves
    live = and_(
        tranche.offer_id == Offer.id,
        tranche.dropped.is_(False),
        tranche.kg > tranche.promised_kg,
        tranche.window_end >= today,
    )
    if wanted.month:
        last = add_months(wanted.month, 1) - timedelta(days=1)
        live = and_(
            live, tranche.window_start <= last, tranche.window_end >= wanted.month
        )
    conditions: list[Any] = [
        Offer.state == OfferState.OPEN,
        Organisation.state == OrganisationState.VERIFIED,
        or_(Offer.answer_by.is_(None), Offer.answer_by >= today),
        exists().where(live),
    ]
    if wanted.product:
        conditions.append(Product.code == wanted.product)
    if wanted.market:
        conditions.append(Offer.market == wanted.market)
    conditions.extend(_offer_says(word) for word in _words(session, wanted.text))
    return conditions


def _offer_says(word: _Word) -> ColumnElement[bool]:
    return or_(
        Organisation.name_folded.contains(word.text, autoescape=True),
        Offer.product_id.in_(word.products),
        exists().where(
            OfferVariety.offer_id == Offer.id,
            OfferVariety.variety_id.in_(word.varieties),
        ),
    )


def _commune(session: Session, code: str, today: date) -> frozenset[int]:
    """A commune of today and all that went into it."""
    unit = session.scalar(
        select(AdminUnit.id).where(
            AdminUnit.gso_code == code,
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_from <= today,
            or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to > today),
        )
    )
    return units_within(session, unit) if unit else frozenset()


def _certified(scheme: CertificateScheme, today: date) -> ColumnElement[bool]:
    """A paper of the scheme counts today (CE-01)."""
    return exists().where(
        HarvestPaper.harvest_id == Harvest.id,
        Certificate.id == HarvestPaper.certificate_id,
        Certificate.scheme == scheme,
        Certificate.state == PaperState.ACTIVE,
        Certificate.verified_at.is_not(None),
        Certificate.issued_on <= today,
        Certificate.expires_on >= today,
        or_(Certificate.ended_on.is_(None), Certificate.ended_on > today),
    )


def _coded(market: Market, today: date) -> ColumnElement[bool]:
    """A code for the market counts today (GA-07)."""
    return exists().where(
        HarvestPaper.harvest_id == Harvest.id,
        GrowingAreaCode.id == HarvestPaper.code_id,
        GrowingAreaCode.market == market,
        GrowingAreaCode.state == PaperState.ACTIVE,
        GrowingAreaCode.verified_at.is_not(None),
        GrowingAreaCode.valid_from <= today,
        or_(GrowingAreaCode.valid_to.is_(None), GrowingAreaCode.valid_to > today),
        or_(GrowingAreaCode.ended_on.is_(None), GrowingAreaCode.ended_on > today),
    )


def _words(session: Session, text: str) -> list[_Word]:
    """Every word with the products, varieties and communes of that name."""
    words = fold(text)[:200].split()[:MOST_WORDS]
    if not words:
        return []
    products = _named(session, Product)
    varieties = _named(session, Variety)
    return [
        _Word(
            word,
            [id_ for id_, name in products if word in name],
            [id_ for id_, name in varieties if word in name],
            units_named(session, word),
        )
        for word in words
    ]


def _named(
    session: Session, table: type[Product] | type[Variety]
) -> list[tuple[int, str]]:
    rows = session.execute(select(table.id, table.name_vi, table.name_en))
    return [(id_, f"{fold(vi)} {fold(en)}") for id_, vi, en in rows]


def units_named(session: Session, word: str) -> list[int]:
    """Communes with the word in their name, and those before and after them.

    Who types the name of a former commune finds what lies in today's, and the
    other way round.
    """
    named = select(AdminUnit.id).where(
        AdminUnit.name_folded.contains(word, autoescape=True)
    )
    ids = set(session.scalars(named))
    if not ids:
        return []
    changes = session.execute(
        select(AdminChange.old_id, AdminChange.new_id).where(
            or_(AdminChange.old_id.in_(ids), AdminChange.new_id.in_(ids))
        )
    )
    return sorted(ids.union(*([old, new] for old, new in changes)))


def count_rows(session: Session, statement: Any) -> int:
    """How many rows a statement would give."""
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0

"""One search over what the asker may see: public posts, and their own contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.text import fold
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.lot_stock import lots_named
from marketplace.services.market import find_harvests, find_offers
from marketplace.services.market_cards import HarvestCard, OfferCard
from marketplace.services.market_filters import BoardFilter, units_named
from models.contracts import Contract
from models.lots import Lot
from models.organisations import Organisation
from models.reference import Product

MOST_EACH = 10
LONGEST = 100


@dataclass(frozen=True)
class Found:
    """The best of each kind, and how many posts there are in all."""

    organisations: tuple[Organisation, ...] = ()
    harvests: tuple[HarvestCard, ...] = ()
    harvests_total: int = 0
    offers: tuple[OfferCard, ...] = ()
    offers_total: int = 0
    contracts: tuple[Contract, ...] = ()
    lots: tuple[Lot, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (
            self.organisations
            or self.harvests
            or self.offers
            or self.contracts
            or self.lots
        )


def search_all(session: Session, who: Actor | None, text: str, *, today: date) -> Found:
    """Whatever holds every word of the text; marks and case do not matter.

    Contracts are only those of the asker's own organisation, lots only those that
    came into its hands, by their whole number.
    """
    words = fold(text[:LONGEST]).split()
    if not words:
        return Found()
    wanted = BoardFilter(text=text[:LONGEST])
    harvests, of_harvests = find_harvests(session, wanted, today=today, size=MOST_EACH)
    offers, of_offers = find_offers(session, wanted, today=today, size=MOST_EACH)
    return Found(
        organisations=_organisations(session, words),
        harvests=tuple(harvests),
        harvests_total=of_harvests,
        offers=tuple(offers),
        offers_total=of_offers,
        contracts=_contracts(session, who, words) if who else (),
        lots=tuple(lots_named(session, who, text[:LONGEST])) if who else (),
    )


def _organisations(session: Session, words: list[str]) -> tuple[Organisation, ...]:
    """Verified organisations by name, commune (old or new) or tax code."""
    conditions = [
        or_(
            Organisation.name_folded.contains(word, autoescape=True),
            Organisation.tax_code == word,
            Organisation.unit_id.in_(units_named(session, word)),
        )
        for word in words
    ]
    return tuple(
        session.scalars(
            select(Organisation)
            .where(
                Organisation.state == OrganisationState.VERIFIED,
                Organisation.kind != OrganisationKind.AUTHORITY,
                *conditions,
            )
            .options(joinedload(Organisation.unit))
            .order_by(Organisation.name_folded, Organisation.id)
            .limit(MOST_EACH)
        )
    )


def _folded_products(session: Session) -> list[tuple[int, str, str]]:
    rows = session.execute(select(Product.id, Product.name_vi, Product.name_en))
    return [(id_, fold(vi), fold(en)) for id_, vi, en in rows]


def _contracts(session: Session, who: Actor, words: list[str]) -> tuple[Contract, ...]:
    """Own contracts by number, partner or product."""
    seller, buyer = aliased(Organisation), aliased(Organisation)
    products = _folded_products(session)

    def says(word: str) -> ColumnElement[bool]:
        named = [id_ for id_, vi, en in products if word in vi or word in en]
        # "HĐLK" is the only mark in a number; who types "hdlk" means it.
        number = func.replace(Contract.number, "Đ", "D")
        return or_(
            number.icontains(word, autoescape=True),
            seller.name_folded.contains(word, autoescape=True),
            buyer.name_folded.contains(word, autoescape=True),
            Contract.product_id.in_(named),
        )

    own = or_(seller.id == who.organisation_id, buyer.id == who.organisation_id)
    return tuple(
        session.scalars(
            select(Contract)
            .join(seller, seller.id == Contract.seller_id)
            .join(buyer, buyer.id == Contract.buyer_id)
            .where(own, *map(says, words))
            .order_by(Contract.id.desc())
            .limit(MOST_EACH)
        )
    )

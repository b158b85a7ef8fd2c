"""The public market: open harvests and offers as anybody may see them."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from marketplace.services.market_cards import (
    HARVEST_PARTS,
    OFFER_PARTS,
    HarvestCard,
    OfferCard,
    harvest_cards,
    offer_cards,
)
from marketplace.services.market_filters import (
    BoardFilter,
    count_rows,
    open_harvests,
    open_offers,
)
from models.harvests import Harvest
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.reference import Product

MOST_A_PAGE = 20


def find_harvests(
    session: Session,
    wanted: BoardFilter,
    *,
    today: date,
    page: int = 1,
    size: int = MOST_A_PAGE,
) -> tuple[list[HarvestCard], int]:
    """One page of open harvests, the earliest window first, and how many in all."""
    statement = (
        select(Harvest)
        .join(Organisation, Organisation.id == Harvest.organisation_id)
        .join(Product, Product.id == Harvest.product_id)
        .where(*open_harvests(session, wanted, today))
    )
    total = count_rows(session, statement.with_only_columns(Harvest.id))
    rows = session.scalars(
        statement.order_by(Harvest.window_start, Harvest.window_end, Harvest.id)
        .options(*HARVEST_PARTS)
        .limit(min(size, MOST_A_PAGE))
        .offset(_skipped(page, total, size))
    ).all()
    return harvest_cards(session, rows, today), total


def find_offers(
    session: Session,
    wanted: BoardFilter,
    *,
    today: date,
    page: int = 1,
    size: int = MOST_A_PAGE,
) -> tuple[list[OfferCard], int]:
    """One page of open offers, the earliest delivery first, and how many in all."""
    first_day = (
        select(Tranche.window_start)
        .where(
            Tranche.offer_id == Offer.id,
            Tranche.dropped.is_(False),
            Tranche.window_end >= today,
        )
        .order_by(Tranche.window_start)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(Offer)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Product, Product.id == Offer.product_id)
        .where(*open_offers(session, wanted, today))
    )
    total = count_rows(session, statement.with_only_columns(Offer.id))
    rows = session.scalars(
        statement.order_by(first_day, Offer.id)
        .options(*OFFER_PARTS)
        .limit(min(size, MOST_A_PAGE))
        .offset(_skipped(page, total, size))
    ).all()
    return offer_cards(session, rows, today), total


def _skipped(page: int, total: int, size: int) -> int:
    """Rows before the page; past the end means the last page."""
    size = min(size, MOST_A_PAGE)
    last = max(-(-total // size), 1)
    return (min(max(page, 1), last) - 1) * size


def public_harvest(session: Session, public_id: str, *, today: date) -> HarvestCard:
    """One open harvest; NotFound for what is not on the market."""
    statement = (
        select(Harvest)
        .join(Organisation, Organisation.id == Harvest.organisation_id)
        .join(Product, Product.id == Harvest.product_id)
        .where(
            Harvest.public_id == public_id,
            *open_harvests(session, BoardFilter(), today),
        )
        .options(*HARVEST_PARTS)
    )
    rows = session.scalars(statement).all()
    if not rows:
        raise NotFound
    return harvest_cards(session, rows, today)[0]


def public_offer(session: Session, public_id: str, *, today: date) -> OfferCard:
    """One open offer; NotFound for what is not on the market."""
    statement = (
        select(Offer)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Product, Product.id == Offer.product_id)
        .where(
            Offer.public_id == public_id, *open_offers(session, BoardFilter(), today)
        )
        .options(*OFFER_PARTS)
    )
    rows = session.scalars(statement).all()
    if not rows:
        raise NotFound
    return offer_cards(session, rows, today)[0]


def products_on_board(session: Session, *, today: date) -> list[tuple[Product, int]]:
    """Products by position with the number of open posts, supply and demand."""
    counted: Counter[int] = Counter()
    for table, conditions in (
        (Harvest, open_harvests(session, BoardFilter(), today)),
        (Offer, open_offers(session, BoardFilter(), today)),
    ):
        ids = session.scalars(
            select(table.product_id)
            .join(Organisation, Organisation.id == table.organisation_id)
            .where(*conditions)
        )
        counted.update(ids.all())
    products = session.scalars(select(Product).order_by(Product.position))
    return [(one, counted[one.id]) for one in products if counted[one.id]]

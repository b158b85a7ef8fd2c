"""The word that goes out when the matcher has made proposals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid
from marketplace.domain.words import NoticeKind
from marketplace.services.matching_solved import Plan
from marketplace.services.notices_bulk import members_of, notify_organisations
from models.bulk import among
from models.organisations import Organisation
from models.reference import Product


def tell_of_new(
    session: Session, made: Sequence[tuple[str, Plan, datetime]], *, now: datetime
) -> None:
    """Tell both sides of each new proposal, each with the other's name."""
    sides = {one for _, plan, _ in made for one in (plan.seller_id, plan.buyer_id)}
    members = members_of(session, sides)
    news = [
        (own, partner, f"proposal:{public_id}", plan, end)
        for public_id, plan, end in made
        for own, partner in (
            (plan.seller_id, plan.buyer_id),
            (plan.buyer_id, plan.seller_id),
        )
        if own in members
    ]
    names = _names(session, {partner for _, partner, *_ in news})
    products = _products(session, {plan.product_id for *_, plan, _ in news})
    told = [
        (
            own,
            subject,
            products[plan.product_id]
            | _terms_told(plan.bid, end)
            | {"partner": names[partner]},
        )
        for own, partner, subject, plan, end in news
    ]
    notify_organisations(session, NoticeKind.PROPOSAL_NEW, told, members, now=now)


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    wanted = select(Organisation.id, Organisation.short_name)
    found = session.execute(wanted.where(among(session, Organisation.id, ids)))
    return {row.id: row.short_name for row in found}


def _products(session: Session, ids: Collection[int]) -> dict[int, dict[str, object]]:
    wanted = select(Product.id, Product.name_vi, Product.name_en)
    found = session.execute(wanted.where(Product.id.in_(ids)))
    return {one: {"product": vi, "product_en": en} for one, vi, en in found}


def _terms_told(bid: Bid, end: datetime) -> dict[str, object]:
    return {"kg": bid.kg, "price_vnd": bid.price_vnd, "expires_at": end.isoformat()}

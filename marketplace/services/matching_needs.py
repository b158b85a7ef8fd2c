"""Open offers as needs, one a tranche."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.words import OfferState, OrganisationState
from marketplace.matching import Need
from marketplace.services.matching_asked import mask_of, read_asked
from marketplace.services.matching_code import DESTINATIONS, PRICE_MODES, post_digest
from marketplace.services.matching_held import Held
from marketplace.services.matching_terms import Carriage, owner_of, place_of
from models.bulk import among
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.reference import AdminUnit, Product

COMMUNE = aliased(AdminUnit)
COLUMNS: tuple[Any, ...] = (
    Tranche.id,
    Tranche.offer_id,
    Tranche.number,
    Tranche.window_start,
    Tranche.window_end,
    Tranche.kg,
    Tranche.promised_kg,
    Tranche.ceiling_price_vnd,
    Offer.organisation_id,
    Offer.product_id,
    Offer.least_grade,
    Offer.market,
    Offer.smallest_lot_kg,
    Offer.most_suppliers,
    Offer.latitude,
    Offer.longitude,
    Offer.posted_at,
    Offer.answer_by,
    Offer.payment_term_days,
    Offer.deposit_pct,
    Offer.price_mode,
    Offer.share_pct,
    Offer.reference_market_id,
    Product.processed,
    Organisation.tax_code,
    Organisation.latitude.label("own_latitude"),
    Organisation.longitude.label("own_longitude"),
    COMMUNE.latitude.label("unit_latitude"),
    COMMUNE.longitude.label("unit_longitude"),
)

WANTED = (
    select(*COLUMNS)
    .join(Offer, Offer.id == Tranche.offer_id)
    .join(Product, Product.id == Offer.product_id)
    .join(Organisation, Organisation.id == Offer.organisation_id)
    .outerjoin(COMMUNE, COMMUNE.id == Offer.unit_id)
    .where(
        Offer.state.in_((OfferState.OPEN, OfferState.PAUSED)),
        Organisation.state == OrganisationState.VERIFIED,
        Tranche.dropped.is_(False),
    )
    .order_by(Tranche.offer_id, Tranche.number)
)


@dataclass(frozen=True)
class OfferPost:
    """The needs of an offer, whose it is, and what its post says."""

    needs: tuple[Need, ...]
    numbers: dict[int, int]  # of each tranche, by its id
    organisation_id: int
    answer_by: date | None
    said: tuple[int, ...]

    @cached_property
    def digest(self) -> bytes:
        """What the post says, less what was promised of it since."""
        return post_digest(self.said)


def read_offers(
    session: Session,
    held: Held,
    costs: Carriage,
    *,
    today: date,
    ids: Collection[int] | None = None,
    products: Collection[int] | None = None,
    for_new_proposals: bool = True,
) -> dict[int, OfferPost]:
    """Open offers of verified organisations with something left to buy.

    For terms on the table a paused offer counts too, and its day of answer does
    not: the terms have an expiry of their own.
    """
    wanted = _wanted(session, ids, products)
    if for_new_proposals:
        wanted = wanted.where(
            Offer.state == OfferState.OPEN,
            or_(Offer.answer_by.is_(None), Offer.answer_by >= today),
        )
    tranches: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(wanted):
        tranches[row.offer_id].append(row)
    asked, varieties = read_asked(session, tranches)
    posts = {
        offer: _post(rows, held, asked[offer], varieties[offer], today, costs)
        for offer, rows in tranches.items()
        if not _is_served(rows[0], held)
    }
    return {offer: post for offer, post in posts.items() if post.needs}


def _wanted(
    session: Session, ids: Collection[int] | None, products: Collection[int] | None
) -> Select[Any]:
    wanted = WANTED
    if ids is not None:
        wanted = wanted.where(among(session, Offer.id, ids))
    return wanted if products is None else wanted.where(Offer.product_id.in_(products))


def _is_served(row: Row[Any], held: Held) -> bool:
    """Whether as many suppliers as the buyer wants are at the table already."""
    suppliers = len(held.suppliers.get(row.offer_id, ()))
    return bool(row.most_suppliers) and suppliers >= row.most_suppliers


def _post(
    rows: list[Row[Any]],
    held: Held,
    requirements: list[Row[Any]],
    varieties: set[int],
    today: date,
    costs: Carriage,
) -> OfferPost:
    first = rows[0]
    mask = mask_of(first, requirements)
    needs = [_need(row, held, mask, varieties, today, costs) for row in rows]
    return OfferPost(
        needs=tuple(
            need for need in needs if need.kg > 0 and need.first_day <= need.last_day
        ),
        numbers={row.id: row.number for row in rows},
        organisation_id=first.organisation_id,
        answer_by=first.answer_by,
        said=_said(rows, mask, varieties),
    )


def _place(row: Row[Any]) -> tuple[float, float]:
    unit = row.unit_latitude, row.unit_longitude
    own = row.own_latitude, row.own_longitude
    return place_of((row.latitude, row.longitude), unit, own)


def _need(
    row: Row[Any],
    held: Held,
    mask: int,
    varieties: set[int],
    today: date,
    costs: Carriage,
) -> Need:
    (lat, lon), suppliers = _place(row), len(held.suppliers.get(row.offer_id, ()))
    return Need(
        id=row.id,
        offer=row.offer_id,
        owner=owner_of(row.organisation_id, row.tax_code),
        product=row.product_id,
        varieties=frozenset(varieties),
        least_grade=row.least_grade,
        requires=mask,
        first_day=max(row.window_start, today).toordinal(),
        last_day=row.window_end.toordinal(),
        kg=row.kg - row.promised_kg - held.of_tranche.get(row.id, 0),
        bid_vnd=row.ceiling_price_vnd,
        smallest_kg=row.smallest_lot_kg,
        most_suppliers=max(row.most_suppliers - suppliers, 0),
        lat=lat,
        lon=lon,
        posted=int(row.posted_at.timestamp()) if row.posted_at else 0,
        record=held.classes.get(row.organisation_id, 0),
        rate_vnd_per_kg_km=costs.rate_vnd,
        fixed_vnd_per_kg=costs.fixed_vnd,
    )


def _said(rows: list[Row[Any]], mask: int, varieties: set[int]) -> tuple[int, ...]:
    first = rows[0]
    return (
        first.product_id,
        first.least_grade,
        DESTINATIONS[first.market],
        mask,
        first.smallest_lot_kg,
        first.most_suppliers,
        first.payment_term_days,
        first.deposit_pct,
        PRICE_MODES.index(first.price_mode),
        first.share_pct,
        first.reference_market_id or 0,
        len(varieties),
        *sorted(varieties),
        *(number for row in rows for number in _tranche_said(row)),
    )


def _tranche_said(row: Row[Any]) -> tuple[int, ...]:
    return (
        row.number,
        row.window_start.toordinal(),
        row.window_end.toordinal(),
        row.kg,
        row.ceiling_price_vnd,
    )

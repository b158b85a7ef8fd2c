"""Open tranches as columns: no object a row, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.masks import need_mask
from marketplace.domain.words import CertificateScheme, Market, OfferState
from marketplace.domain.words import OrganisationState as Standing
from marketplace.matching.arrays import Int64
from marketplace.services.matching_code import (
    DESTINATIONS,
    PRICE_MODES,
    Varieties,
    asked_bits,
)
from marketplace.services.matching_held import Held
from marketplace.services.matching_supply import held_of, place_of
from marketplace.services.matching_terms import owner_column
from models.bulk import Columns, read_columns, side_by_side
from models.offers import Offer, OfferRequirement, OfferVariety, Tranche
from models.organisations import Organisation
from models.reference import AdminUnit, Product
from models.sql_days import epoch, ordinal

COMMUNE = aliased(AdminUnit)
SCHEMES = list(CertificateScheme)
MARKETS = list(DESTINATIONS)


class Demand(NamedTuple):
    """Tranches in the order of ids; of `all_rows` not all have something open.

    `requires` are the papers and codes that each asks, `varieties` those that an
    offer accepts, none for any.
    """

    rows: Columns
    left: Int64
    requires: Int64
    most_suppliers: Int64
    record: Int64
    varieties: Mapping[int, tuple[int, ...]]
    all_rows: Columns
    all_requires: Int64


def read_demand(
    session: Session, products: Collection[int], held: Held, *, today: date
) -> Demand:
    """What verified organisations still ask for of these products."""
    rows = _rows(session, products, today)
    requires = _requires(session, products, rows)
    seated = held_of({o: len(who) for o, who in held.suppliers.items()}, rows["offer"])
    left = rows["kg"] - rows["promised"] - held_of(held.of_tranche, rows["id"])
    first = np.maximum(rows["start"], today.toordinal())
    served = (rows["most_suppliers"] > 0) & (seated >= rows["most_suppliers"])
    wanted = (left > 0) & (first <= rows["end"]) & ~served
    open_rows = rows[wanted].copy()
    open_rows["start"] = first[wanted]
    return Demand(
        open_rows,
        left[wanted],
        requires[wanted],
        np.maximum(rows["most_suppliers"] - seated, 0)[wanted],
        held_of(held.classes, open_rows["organisation"]),
        _varieties(session, products),
        rows,
        requires,
    )


def _rows(session: Session, products: Collection[int], today: date) -> Columns:
    """Tranches with what their offers say, which is read once an offer."""
    open_ = _open(products, today)
    wanted = select(Offer).where(open_, Organisation.state == Standing.VERIFIED)
    offers = read_columns(session, _of_offer(), _placed(wanted), by=["offer"])
    tranches = select(Tranche).join(Offer, Offer.id == Tranche.offer_id)
    tranches = tranches.where(open_, Tranche.dropped.is_(False))
    rows = read_columns(session, _of_tranche(), tranches, by=["id"])
    rows = rows[np.isin(rows["offer"], offers["offer"])]
    return side_by_side(rows, offers[np.searchsorted(offers["offer"], rows["offer"])])


def _open(products: Collection[int], today: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Offer.state == OfferState.OPEN,
        or_(Offer.answer_by.is_(None), Offer.answer_by >= today),
        Offer.product_id.in_(products),
    )


def _placed(offers: sa.Select[Any]) -> sa.Select[Any]:
    return (
        offers.join(Product, Product.id == Offer.product_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .outerjoin(COMMUNE, COMMUNE.id == Offer.unit_id)
    )


def _market() -> sa.ColumnElement[int]:
    """The number of the destination."""
    markets = ((Offer.market == one, place) for one, place in DESTINATIONS.items())
    return sa.case(*markets)


def _of_tranche() -> dict[str, Any]:
    return {
        "id": Tranche.id,
        "offer": Tranche.offer_id,
        "number": Tranche.number,
        "start": ordinal(Tranche.window_start),
        "end": ordinal(Tranche.window_end),
        "kg": Tranche.kg,
        "promised": Tranche.promised_kg,
        "ceiling": Tranche.ceiling_price_vnd,
    }


def _of_offer() -> dict[str, Any]:
    places = (Offer, COMMUNE, Organisation)
    return {
        "offer": Offer.id,
        "organisation": Offer.organisation_id,
        "owner": owner_column(),
        "product": Offer.product_id,
        "grade": Offer.least_grade,
        "market": _market(),
        "processed": sa.case((Product.processed, 1), else_=0),
        "least": Offer.smallest_lot_kg,
        "most_suppliers": Offer.most_suppliers,
        **_money(),
        "answer_by": ordinal(Offer.answer_by),
        "posted": epoch(Offer.posted_at),
        "lat": place_of("latitude", *places),
        "lon": place_of("longitude", *places),
    }


def _money() -> dict[str, Any]:
    """When an offer pays, and how its price moves."""
    return {
        "term": Offer.payment_term_days,
        "deposit": Offer.deposit_pct,
        "mode": sa.case(
            *((Offer.price_mode == one, n) for n, one in enumerate(PRICE_MODES)),
            else_=0,
        ),
        "share": Offer.share_pct,
        "reference": sa.func.coalesce(Offer.reference_market_id, 0),
    }


def _requires(session: Session, products: Collection[int], rows: Columns) -> Int64:
    """Papers and codes; a fresh product for abroad needs the market's code."""
    code = np.array([need_mask(market=market) for market in MARKETS], dtype=np.int64)
    found = np.where(rows["processed"] == 1, 0, code[rows["market"]])
    schemes = ((OfferRequirement.scheme == one, n) for n, one in enumerate(SCHEMES, 1))
    markets = ((OfferRequirement.market == one, n) for n, one in enumerate(MARKETS, 1))
    asked = read_columns(
        session,
        {
            "offer": OfferRequirement.offer_id,
            "scheme": sa.case(*schemes, else_=0),
            "market": sa.case(*markets, else_=0),
            "stars": OfferRequirement.least_stars,
        },
        select(OfferRequirement)
        .join(Offer, Offer.id == OfferRequirement.offer_id)
        .where(Offer.product_id.in_(products), Offer.state == OfferState.OPEN),
    )
    order = np.argsort(rows["offer"], kind="stable")
    sorted_offers = rows["offer"][order]
    masks: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for offer, *kind in asked.tolist():
        masks[tuple(kind)].append(offer)
    for kind, who in masks.items():
        mine = np.isin(sorted_offers, who)
        found[order[mine]] |= _mask(*kind)
    return found


def _mask(scheme: int, market: int, stars: int) -> int:
    return need_mask(
        [SCHEMES[scheme - 1]] if scheme else [],
        Market(MARKETS[market - 1]) if market else None,
        least_stars=stars or None,
    )


def _varieties(
    session: Session, products: Collection[int]
) -> dict[int, tuple[int, ...]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = read_columns(
        session,
        {"offer": OfferVariety.offer_id, "variety": OfferVariety.variety_id},
        select(OfferVariety)
        .join(Offer, Offer.id == OfferVariety.offer_id)
        .where(Offer.product_id.in_(products), Offer.state == OfferState.OPEN),
        by=["offer", "variety"],
    )
    for offer, variety in rows.tolist():
        found[offer].append(variety)
    return {offer: tuple(kinds) for offer, kinds in found.items()}


def grades_asked(demand: Demand) -> dict[int, list[int]]:
    """The grades that needs of each product tell apart, in order."""
    rows = demand.rows[demand.rows["grade"] > 0]
    pairs = np.unique(rows["product"] * 64 + rows["grade"])
    found: defaultdict[int, list[int]] = defaultdict(list)
    for pair in pairs.tolist():
        found[pair // 64].append(pair % 64)
    return found


def asked_of(demand: Demand, varieties: Varieties) -> Int64:
    """Everything that each need asks, as bits."""
    rows, accepted = demand.rows, demand.varieties
    sets = {kinds: n for n, kinds in enumerate({(), *accepted.values()})}
    of = [sets[accepted.get(offer, ())] for offer in rows["offer"].tolist()]
    kinds, at = np.unique(
        np.stack([demand.requires, rows["grade"], rows["product"], of], axis=1),
        axis=0,
        return_inverse=True,
    )
    names = list(sets)
    found = [
        asked_bits(mask, grade, names[place], varieties[product])
        for mask, grade, product, place in kinds.tolist()
    ]
    return np.array(found, dtype=np.int64)[at]

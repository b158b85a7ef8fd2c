"""The open market as the matcher sees it: rows in, plain numbers out.

A handful of queries, whatever the size. Supply is what is neither promised nor
held by a proposal that somebody has acted on; demand likewise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from marketplace.matching import Market, digest_of
from marketplace.services.matching_held import (
    Held,
    Past,
    pairs_apart,
    read_held,
    read_past,
)
from marketplace.services.matching_lots import LotPost, read_lots
from marketplace.services.matching_needs import OfferPost, read_offers
from marketplace.services.matching_terms import (
    MARKET_BITS,
    Terms,
    market_references,
    read_terms,
)


@dataclass(frozen=True)
class Snapshot:
    """A market as it was read, and whose the posts are."""

    market: Market
    lots: Mapping[int, LotPost]
    offers: Mapping[int, OfferPost]
    superseded: Mapping[tuple[int, int], int]

    @cached_property
    def digest(self) -> str:
        """Equal for two readings if and only if the matcher would see the same."""
        return digest_of(self.market)


def read_market(
    session: Session, *, today: date, products: Collection[int] | None = None
) -> Snapshot:
    """The open posts of verified organisations with something left.

    `products` narrows it to a shard of the market.
    """
    held, terms = read_held(session, today=today), read_terms(session, today)
    lots = read_lots(session, held, today=today, products=products)
    offers = read_offers(session, held, terms.carriage, today=today, products=products)
    past = read_past(session, products).among(lots, offers)
    return _snapshot(session, lots, offers, past, terms, today=today)


def read_posts(
    session: Session,
    harvests: Collection[int],
    offers: Collection[int],
    *,
    held: Held,
    today: date,
    for_new_proposals: bool = False,
    terms: Terms | None = None,
) -> Snapshot:
    """Some posts alone, less what `held` says others hold.

    For terms that lie on the table an offer counts while it is open or paused;
    for new ones it has to be open, and who met before stays apart. `terms` are
    those of the day, if they have been read already.
    """
    terms = terms or read_terms(session, today)
    lots = read_lots(session, held, today=today, ids=harvests)
    posts = read_offers(
        session,
        held,
        terms.carriage,
        today=today,
        ids=offers,
        for_new_proposals=for_new_proposals,
    )
    products = {post.lot.product for post in lots.values()}
    past = (
        read_past(session, products).among(lots, posts)
        if for_new_proposals
        else Past(set(), {}, Counter())
    )
    return _snapshot(session, lots, posts, past, terms, today=today)


def _snapshot(
    session: Session,
    lots: Mapping[int, LotPost],
    offers: Mapping[int, OfferPost],
    past: Past,
    terms: Terms,
    *,
    today: date,
) -> Snapshot:
    traded = {post.lot.product for post in lots.values()}
    market = Market(
        lots=tuple(post.lot for post in lots.values()),
        needs=tuple(need for post in offers.values() for need in post.needs),
        transport=terms.transport,
        references=market_references(session, traded, today),
        price_step_vnd=terms.price_step_vnd,
        price_give_per_mille=terms.price_give_per_mille,
        market_bits=MARKET_BITS,
        least_surplus_vnd=1,  # or all that a harvest sells would go for its floor
        apart=pairs_apart(
            past, lambda lot: lots[lot].digest, lambda offer: offers[offer].digest
        ),
    )
    return Snapshot(market.in_order(), lots, offers, past.superseded)

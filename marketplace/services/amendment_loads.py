"""What an added delivery must keep to: papers on its days, and the smallest lot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.masks import mask_segments, names_of, need_mask
from marketplace.services.matching_papers import read_papers
from models.contracts import Contract
from models.offers import Offer


def check_loads(
    session: Session, contract: Contract, rows: Mapping[int, Mapping[str, Any]]
) -> None:
    """Refused where an added delivery is too small, or a paper lapses before it.

    Later seasons have papers of their own in time; old records may lack the posts
    that say what is asked.
    """
    known = {line.number for line in contract.lines}
    for number in sorted(rows.keys() - known):
        row = rows[number]
        if row.get("season") or contract.harvest is None or contract.offer is None:
            continue
        _check_smallest(contract, row["kg"], number)
        _check_papers(session, contract, contract.offer, row, number)


def _check_smallest(contract: Contract, kg: int, number: int) -> None:
    posts = (contract.harvest, contract.offer)
    least = max(post.smallest_lot_kg for post in posts if post)
    if kg < least:
        raise Refused(
            N_("Đợt %(number)s: ít nhất %(kg)s kg một lần giao"),
            "lines",
            number=number,
            kg=format_number(least),
        )


def _check_papers(
    session: Session,
    contract: Contract,
    offer: Offer,
    row: Mapping[str, Any],
    number: int,
) -> None:
    harvest_id = contract.harvest_id or 0
    held = read_papers(session, {harvest_id: contract.product_id})[harvest_id]
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    need = _asked(offer)
    for days in mask_segments([one.paper for one in held], first, last):
        if lack := need & ~days.mask:
            raise Refused(
                N_("Đợt %(number)s: %(names)s không còn hiệu lực ngày %(day)s"),
                "lines",
                number=number,
                names=", ".join(names_of(lack)),
                day=format_day(days.first_day),
            )


def _asked(offer: Offer) -> int:
    """What the offer asks; a fresh product for abroad needs the market's code."""
    mask = 0 if offer.product.processed else need_mask(market=offer.market)
    for asked in offer.requirements:
        schemes = [asked.scheme] if asked.scheme else []
        mask |= need_mask(schemes, asked.market, least_stars=asked.least_stars)
    return mask

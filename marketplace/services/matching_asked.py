"""What offers ask of whoever delivers: papers, codes, and varieties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from marketplace.domain.masks import need_mask
from models.bulk import among
from models.offers import OfferRequirement, OfferVariety

ASKED = select(
    OfferRequirement.offer_id,
    OfferRequirement.scheme,
    OfferRequirement.market,
    OfferRequirement.least_stars,
    sa.cast(None, sa.Integer).label("variety"),
)
ACCEPTED = select(
    OfferVariety.offer_id,
    *(sa.cast(None, column.type) for column in ASKED.selected_columns[1:4]),
    OfferVariety.variety_id,
)


def read_asked(
    session: Session, offers: Collection[int]
) -> tuple[defaultdict[int, list[Row[Any]]], defaultdict[int, set[int]]]:
    """Papers and codes that each offer asks, and varieties it accepts."""
    asked = ASKED.where(among(session, OfferRequirement.offer_id, offers))
    accepted = ACCEPTED.where(among(session, OfferVariety.offer_id, offers))
    both: Any = asked.union_all(accepted)
    requirements: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    varieties: defaultdict[int, set[int]] = defaultdict(set)
    for row in session.execute(both):
        if row.variety:
            varieties[row.offer_id].add(row.variety)
        else:
            requirements[row.offer_id].append(row)
    return requirements, varieties


def mask_of(row: Row[Any], requirements: list[Row[Any]]) -> int:
    """What the offer asks; a fresh product for abroad needs the market's code."""
    mask = 0 if row.processed else need_mask(market=row.market)
    for asked in requirements:
        schemes = [asked.scheme] if asked.scheme else []
        mask |= need_mask(schemes, asked.market, least_stars=asked.least_stars)
    return mask

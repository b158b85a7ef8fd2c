"""The days on which papers count, as columns.

What `domain.papers.counting_days` says of one paper, said of all at once; a
test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import coalesce

from marketplace.domain.masks import requirement_bits
from marketplace.domain.papers import UNSEEN, Paper
from marketplace.domain.words import CertificateScheme, HarvestState, Market, PaperState
from marketplace.matching.arrays import Int64
from models.bulk import Columns, read_columns
from models.harvests import Harvest, HarvestPaper
from models.papers import Certificate, GrowingAreaCode
from models.sql_days import epoch, ordinal

STATES, SCHEMES, MARKETS = list(PaperState), list(CertificateScheme), list(Market)
PENDING = [STATES.index(one) for one in UNSEEN]
STOPPED = [STATES.index(PaperState.SUSPENDED), STATES.index(PaperState.REVOKED)]
ALWAYS = date.max.toordinal()
HOME_SECONDS, DAY_SECONDS, EPOCH_DAY = 7 * 3600, 86_400, 719_163
SPAN = [(name, "i8") for name in ("id", "product", "first", "last", "bits")]


def open_harvests(products: Collection[int]) -> sa.ColumnElement[bool]:
    """Which harvests of these products are on the market."""
    return sa.and_(Harvest.product_id.in_(products), Harvest.state == HarvestState.OPEN)


def read_spans(session: Session, products: Collection[int]) -> Columns:
    """(harvest, product or 0, first and last day, bits) of papers that count."""
    papers = (
        select(HarvestPaper)
        .join(Harvest, Harvest.id == HarvestPaper.harvest_id)
        .outerjoin(Certificate, Certificate.id == HarvestPaper.certificate_id)
        .outerjoin(GrowingAreaCode, GrowingAreaCode.id == HarvestPaper.code_id)
        .where(open_harvests(products))
    )
    return _spans(read_columns(session, _columns(), papers))


def _columns() -> dict[str, Any]:
    """Of a certificate or a code, whichever a row is: the other's are NULL."""
    one, other = Certificate, GrowingAreaCode
    return {
        "id": HarvestPaper.harvest_id,
        "product": _either("product_id"),
        "state": _number_of(_either("state"), STATES),
        "first": ordinal(coalesce(one.issued_on, other.valid_from)),
        # The day a code is valid to is the first on which it is not.
        "last": coalesce(ordinal(one.expires_on), ordinal(other.valid_to) - 1),
        "verified": epoch(_either("verified_at")),
        "ended": ordinal(_either("ended_on")),
        "kind": coalesce(
            _number_of(one.scheme, SCHEMES), -1 - _number_of(other.market, MARKETS)
        ),
        "stars": one.stars,
    }


def _either(name: str) -> Any:
    return coalesce(*(getattr(one, name) for one in (Certificate, GrowingAreaCode)))


def _number_of(column: Any, members: list[Any]) -> Any:
    """An enumerated column as the place of its value."""
    places = {member: place for place, member in enumerate(members)}
    return sa.case(*((column == one, place) for one, place in places.items()))


def _spans(rows: Columns) -> Columns:
    home = (rows["verified"] + HOME_SECONDS) // DAY_SECONDS + EPOCH_DAY
    first = np.maximum(rows["first"], home)
    last = np.where(rows["last"] == 0, ALWAYS, rows["last"])
    last = np.minimum(last, np.where(rows["ended"] == 0, ALWAYS, rows["ended"] - 1))
    endless = np.isin(rows["state"], STOPPED) & (rows["ended"] == 0)
    pending = np.isin(rows["state"], PENDING) | (rows["verified"] == 0)
    counts = ~endless & ~pending & (first <= last)
    found = np.empty(int(counts.sum()), dtype=SPAN)
    for name, values in (("first", first), ("last", last), ("bits", _bits(rows))):
        found[name] = values[counts]
    found["id"], found["product"] = rows["id"][counts], rows["product"][counts]
    return found


def _bits(rows: Columns) -> Int64:
    """What each paper proves; there are few kinds."""
    kinds, at = np.unique(rows["kind"] * 8 + rows["stars"], return_inverse=True)
    proven = [_proven(int(kind) >> 3, int(kind) & 7) for kind in kinds]
    return np.array(proven, dtype=np.int64)[at]


def _proven(kind: int, stars: int) -> int:
    paper = Paper(
        PaperState.ACTIVE,
        first_day=date.min,
        last_day=None,
        verified_on=date.min,
        scheme=SCHEMES[kind] if kind >= 0 else None,
        market=None if kind >= 0 else MARKETS[-1 - kind],
        stars=stars or None,
    )
    return requirement_bits(paper)

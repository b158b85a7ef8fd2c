"""Reasons of proposals that a large shard has made, told when somebody looks.

To store every reason of a nation would take longer than to match it. They are
those of the posts as they stand, and are stored once somebody answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.services.clockwork import HOME
from marketplace.services.matching_code import GRADE_BIT, KNOWN_BIT
from marketplace.services.matching_held import Held
from marketplace.services.matching_inputs import read_posts
from marketplace.services.matching_price_rows import of_offer
from marketplace.services.matching_reasons import Stages, reasons_of
from marketplace.services.matching_terms import MARKET_BITS
from marketplace.services.proposal_making import bid_of
from models.database import db_now
from models.matching import LotPrice, NeedPrice
from models.proposals import Proposal

PAPERS = (1 << GRADE_BIT) - 1
GRADES = (1 << KNOWN_BIT) - (1 << GRADE_BIT)
VARIETIES = (1 << 62) - (1 << KNOWN_BIT)
RULES = {
    "variety": VARIETIES,
    "window": 0,
    "grade": GRADES,
    "papers": PAPERS & ~MARKET_BITS,
    "market": MARKET_BITS,
}
"""In the order in which others fall away, with the bits that each looks at."""


class Counts(NamedTuple):
    """How many of the other side are left after each rule, for each post."""

    lot_stages: Stages
    offer_stages: Stages


def tell_reasons(
    session: Session, proposals: Collection[Proposal], *, others: bool = False
) -> None:
    """Fill in what is not stored, without storing it; `others` counts them too."""
    for one, reasons in _untold(session, proposals, others=others):
        set_committed_value(one, "reasons", reasons)


def keep_reasons(session: Session, proposal: Proposal) -> None:
    """Somebody acts on it: from now on it says why it was made."""
    for one, reasons in _untold(session, [proposal], others=True):
        one.reasons = reasons


def _untold(
    session: Session, proposals: Collection[Proposal], *, others: bool
) -> Sequence[tuple[Proposal, list[Any]]]:
    silent = [one for one in proposals if one.run_id and not one.reasons]
    if not silent:
        return []
    snapshot = read_posts(
        session,
        {one.harvest_id for one in silent},
        {one.offer_id for one in silent},
        held=Held(),
        today=db_now(session).astimezone(HOME).date(),
    )
    found = []
    for one in silent:
        pair = (one.harvest_id, one.offer_id)
        if pair[0] in snapshot.lots and pair[1] in snapshot.offers:
            counts = _counts(session, *pair) if others else Counts({}, {})
            bid = bid_of(one.terms[0])
            found.append((one, reasons_of(snapshot, counts, pair, bid)))
    return found


def _counts(session: Session, harvest_id: int, offer_id: int) -> Counts:
    """Others as the price column knows them, one query a side."""
    lot = _own(session, LotPrice, LotPrice.harvest_id == harvest_id, LotPrice.has)
    need = _own(session, NeedPrice, of_offer(offer_id), NeedPrice.requires)
    if lot is None or need is None:
        return Counts({}, {})
    return Counts(
        {harvest_id: _left(session, NeedPrice, lot)},
        {offer_id: _left(session, LotPrice, need)},
    )


def _own(
    session: Session, table: Any, mine: ColumnElement[bool], bits: Any
) -> tuple[int, ...] | None:
    """(product, owner, first and last day, bits) of a post in the price column."""
    whose = (table.product_id, table.owner)
    days = (func.min(table.first_day), func.max(table.last_day))
    row = session.execute(
        select(*whose, *days, func.max(bits)).where(mine).group_by(*whose)
    ).first()
    return tuple(row) if row else None


def _left(session: Session, other: Any, own: tuple[int, ...]) -> dict[str, int]:
    """How many posts of the other table pass each rule, one after the other."""
    product, owner, first, last, bits = own
    asks = other is NeedPrice
    post = NeedPrice.offer_id if asks else LotPrice.harvest_id
    passes: list[ColumnElement[bool]] = [other.owner != owner]
    stages = {"product": func.count(post.distinct()), "parties": _counted(post, passes)}
    for name, mask in RULES.items():
        if name == "window":
            passes += [other.first_day <= last, other.last_day >= first]
        elif asks:
            passes.append(other.requires.bitwise_and(mask & ~bits) == 0)
        else:
            passes.append(other.has.bitwise_and(mask & bits) == mask & bits)
        stages[name] = _counted(post, passes)
    row = session.execute(select(*stages.values()).where(other.product_id == product))
    return dict(zip(stages, row.one(), strict=True))


def _counted(post: Any, passes: list[ColumnElement[bool]]) -> ColumnElement[int]:
    return func.count(post.distinct()).filter(*passes)

"""The matcher as a use case: read a shard, solve it, store what it proposes.

`read_shard`, `Reading.solve` and `store_shard` are three steps that a task takes
in transactions of their own; `run_matching` takes all steps of all shards in one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.domain.words import HarvestState, OfferState
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.matching_code import VARIETIES
from marketplace.services.matching_price_rows import bound_of
from marketplace.services.matching_rows import Rows
from marketplace.services.matching_runs import (
    Order,
    begin_shard,
    end_shard,
    plan_run,
)
from marketplace.services.matching_sheet import Sheet
from marketplace.services.matching_solved import Pair, Reading, Solved
from marketplace.services.matching_standing import Moved, standing
from marketplace.services.matching_unmatched import store_unmatched
from marketplace.services.proposal_writing import (
    lock_products,
    lock_untouched,
    replace_proposals,
)
from models.bulk import insert_columns
from models.harvests import Harvest
from models.matching import LotPrice, MatchRun, MatchShard, NeedPrice
from models.offers import Offer
from models.reference import Variety

FEW = 500
"""Posts up to which a shard is solved row by row, with all its reasons."""


MOST_ASKED = 100
"""Changed posts of each kind that a run has matched by themselves; a run is due too."""


class StaleSnapshotError(Exception):
    """The market has changed since it was read; read it again."""


def run_matching(
    session: Session,
    *,
    trigger: str = "post",
    today: date,
    now: datetime,
    job_id: int | None = None,
) -> MatchRun:
    """Plan a run, solve and store all its shards, in the caller's transaction."""
    run = plan_run(session, Order(trigger, now, job_id))
    for planned in run.shards:
        shard = begin_shard(session, planned.id, now=now)
        reading = read_shard(session, shard.products, today=today)
        store_shard(session, shard, reading, reading.solve(), today=today, now=now)
    return run


def read_shard(session: Session, products: Sequence[int], *, today: date) -> Reading:
    """The open posts of these products, all in one state of the market."""
    reading: type[Reading] = Rows if _is_small(session, products) else Sheet
    return reading.read(session, products, today=today)


def _is_small(session: Session, products: Sequence[int]) -> bool:
    """Whether rows are quick enough, or columns have too few bits."""
    harvests = select(func.count()).where(
        Harvest.product_id.in_(products), Harvest.state == HarvestState.OPEN
    )
    offers = select(func.count()).where(
        Offer.product_id.in_(products), Offer.state == OfferState.OPEN
    )
    varieties = (
        select(func.count())
        .where(Variety.product_id.in_(products))
        .group_by(Variety.product_id)
    )
    posts = (session.scalar(harvests) or 0) + (session.scalar(offers) or 0)
    return posts <= FEW or max(session.scalars(varieties), default=0) > VARIETIES


def store_shard(
    session: Session,
    shard: MatchShard,
    reading: Reading,
    solved: Solved,
    *,
    today: date,
    now: datetime,
    leave_out: bool = False,
) -> MatchRun:
    """Make new proposals, keep those that stand, take back those that do not.

    Raises StaleSnapshotError if the shard is no longer what was solved, RunOver
    if nobody waits for it. With `leave_out` the posts that have changed are left
    to be matched by themselves, and the rest is stored. Only proposals that nobody
    has acted on are ever replaced.
    """
    lock_products(session, shard.products)
    untouched = lock_untouched(
        session,
        Harvest.product_id.in_(shard.products),
        {plan.harvest_id for plan in solved.plans.values()},
    )
    moved = None
    if not reading.still_stands(session, today=today):
        moved = reading.moved(session, today=today) if leave_out else None
        if moved is None:
            raise StaleSnapshotError
        met, solved = solved.plans.keys(), standing(solved, moved)
    new, kept = replace_proposals(
        session, untouched, solved.plans, shard.run_id, today=today, now=now
    )
    store_unmatched(session, shard.run_id, shard.products, solved.left)
    store_prices(session, shard.products, solved)
    _note(shard, reading, solved, kept=kept, new=new)
    if moved is not None:
        shard.left_out = moved.posts
    run = end_shard(session, shard, now=now)
    if moved is not None:
        _ask_for(session, moved, met)
    return run


def _ask_for(session: Session, moved: Moved, met: Iterable[Pair]) -> None:
    """What was left out is matched by itself, and all of it in the next turn."""
    ask_for_matching(session)
    offers, harvests = defaultdict(set), defaultdict(set)
    for harvest, offer in met:
        offers[harvest].add(offer)
        harvests[offer].add(harvest)
    for harvest in sorted(moved.harvests)[:MOST_ASKED]:
        ask_for_matching(session, harvest_id=harvest, beside=offers[harvest])
    for offer in sorted(moved.offers)[:MOST_ASKED]:
        ask_for_matching(session, offer_id=offer, beside=harvests[offer])


def _note(
    shard: MatchShard, reading: Reading, solved: Solved, *, kept: int, new: int
) -> None:
    shard.input_digest = reading.digest
    for name, value in solved.counts.items():
        setattr(shard, name, value)
    bound = bound_of(solved.lot_prices, solved.need_prices)
    shard.loss_vnd = bound - solved.counts["surplus_vnd"]
    shard.proposals_kept, shard.proposals_new = kept, new


def store_prices(session: Session, products: Sequence[int], solved: Solved) -> None:
    """Replace the price column of these products."""
    for model, rows in (
        (LotPrice, solved.lot_prices),
        (NeedPrice, solved.need_prices),
    ):
        old = delete(model).where(model.product_id.in_(products))
        session.execute(old.execution_options(synchronize_session=False))
        insert_columns(session, model, rows)

"""A post that came or changed after a run, matched at once around its place.

The run has left prices that prove a bound of the market: kilograms times gains.
The new post is priced against them, a lot at the most that any tranche would
give for a kilogram of it beyond what the tranche gains already, a tranche
likewise; so the prices stay a proof, and the bound moves by what is the post's.
The surplus moves by what a small market is solved anew to: the post, whom it
would meet best, and who holds these now; what they have with others stays. The
difference bounds what is lost against a run of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ProposalState
from marketplace.matching import Market, Result, solve
from marketplace.services.matching_around import Taken, surplus_of
from marketplace.services.matching_held import Held, read_held
from marketplace.services.matching_inputs import Snapshot, read_posts
from marketplace.services.matching_plan import plans_of
from marketplace.services.matching_price_rows import of_offer
from marketplace.services.matching_pricing import Priced, price_harvest, price_offer
from marketplace.services.matching_records import latest_run
from marketplace.services.matching_runs import open_run
from marketplace.services.proposal_writing import (
    Untouched,
    lock_products,
    lock_untouched,
    replace_proposals,
)
from models.bulk import insert_rows
from models.matching import LotPrice, MatchRun, NeedPrice, Unmatched
from models.proposals import Proposal

SECONDS = 2
"""How long the small market may take."""


@dataclass(frozen=True)
class Moment:
    """The day that papers and windows are read on, and the moment of the row."""

    today: date
    now: datetime


def match_harvest(
    session: Session,
    harvest_id: int,
    *,
    beside: Collection[int] = (),
    today: date,
    now: datetime,
) -> MatchRun | None:
    """Propose for a harvest at once; the run that is a little out of date by it.

    None if there is no run to build on, one at work that will see it anyway, or
    nothing on sale. Offers `beside` are looked at whatever they have already.
    """
    run, held = _run_to_build_on(session), read_held(session, today=today)
    own = read_posts(
        session, [harvest_id], [], held=held, today=today, for_new_proposals=True
    )
    if run is None or harvest_id not in own.lots:
        return None
    lock_products(session, [own.lots[harvest_id].lot.product])
    priced = price_harvest(session, own.lots[harvest_id].lot, today=today)
    met = _met(session, Proposal.harvest_id == harvest_id)[1]
    offers = {*priced.partners, *met, *beside}
    harvests = {harvest_id, *_met(session, Proposal.offer_id.in_(offers))[0]}
    moment = Moment(today, now)
    return _Repair(session, run, held, moment).around(harvests, offers, priced)


def match_offer(
    session: Session,
    offer_id: int,
    *,
    beside: Collection[int] = (),
    today: date,
    now: datetime,
) -> MatchRun | None:
    """Propose for an offer at once, as `match_harvest` does for a harvest."""
    run, held = _run_to_build_on(session), read_held(session, today=today)
    own = read_posts(
        session, [], [offer_id], held=held, today=today, for_new_proposals=True
    )
    if run is None or offer_id not in own.offers:
        return None
    needs = own.offers[offer_id].needs
    lock_products(session, [needs[0].product])
    priced = price_offer(session, needs, today=today)
    met = _met(session, Proposal.offer_id == offer_id)[0]
    harvests = {*priced.partners, *met, *beside}
    offers = {offer_id, *_met(session, Proposal.harvest_id.in_(harvests))[1]}
    moment = Moment(today, now)
    return _Repair(session, run, held, moment).around(harvests, offers, priced)


def _run_to_build_on(session: Session) -> MatchRun | None:
    return None if open_run(session) else latest_run(session)


def _met(session: Session, which: Any) -> tuple[set[int], set[int]]:
    """Harvests and offers of the untouched proposals among some."""
    rows = session.execute(
        select(Proposal.harvest_id, Proposal.offer_id).where(
            which, Proposal.state == ProposalState.PROPOSED
        )
    ).all()
    return {harvest for harvest, _ in rows}, {offer for _, offer in rows}


@dataclass(frozen=True)
class _Repair:
    session: Session
    run: MatchRun
    held: Held
    moment: Moment

    def around(
        self, harvests: Collection[int], offers: Collection[int], priced: Priced
    ) -> MatchRun:
        """Solve what is free around the post anew, store it, and note the loss."""
        session, today = self.session, self.moment.today
        near = or_(Proposal.harvest_id.in_(harvests), Proposal.offer_id.in_(offers))
        untouched = lock_untouched(session, near, harvests)
        posts = read_posts(
            session,
            harvests,
            offers,
            held=self.held,
            today=today,
            for_new_proposals=True,
        )
        inside = [one for one in untouched if _is_inside(one, posts)]
        taken = Taken.by(one for one in untouched if not _is_inside(one, posts))
        result = solve(taken.rest_of(posts.market), seconds=SECONDS)
        before = surplus_of(session, [one.id for one in inside])
        self._replace(posts, result, inside)
        self._price(priced)
        self._note_left(posts.market, result, taken)
        self._note_loss(priced.bound_vnd - (result.surplus_vnd - before))
        return self.run

    def _replace(
        self, posts: Snapshot, result: Result, inside: Sequence[Untouched]
    ) -> None:
        """Reasons count all others, not these few: they are told when asked for."""
        plans = {
            (plan.harvest_id, plan.offer_id): replace(plan, reasons=[])
            for plan in plans_of(posts, result)
        }
        replace_proposals(
            self.session,
            inside,
            plans,
            self.run.id,
            today=self.moment.today,
            now=self.moment.now,
        )

    def _price(self, priced: Priced) -> None:
        """The post in the price column, in place of what it was before."""
        for model, rows, old in (
            (LotPrice, priced.lots, LotPrice.harvest_id == priced.harvest_id),
            (NeedPrice, priced.needs, of_offer(priced.offer_id)),
        ):
            self.session.execute(delete(model).where(old))
            names = [column.name for column in model.__table__.c]
            insert_rows(self.session, model, names, rows)

    def _note_left(self, market: Market, result: Result, taken: Taken) -> None:
        """How much nobody was found for; what was said of it is out of date."""
        lots = {lot.id: lot.kg - taken.of_lot[lot.id] for lot in market.lots}
        needs = {need.id: need.kg - taken.of_need[need.id] for need in market.needs}
        for one in result.allocations:
            lots[one.lot] -= one.kg
            needs[one.need] -= one.kg
        self._set_left(LotPrice, LotPrice.harvest_id, lots)
        self._set_left(NeedPrice, NeedPrice.tranche_id, needs)
        old = or_(Unmatched.harvest_id.in_(lots), Unmatched.tranche_id.in_(needs))
        self.session.execute(delete(Unmatched).where(old))

    def _set_left(self, model: Any, key: Any, left: Mapping[int, int]) -> None:
        if not left:
            return
        kg = sa.case({one: max(kg, 0) for one, kg in left.items()}, value=key)
        self.session.execute(
            sa.update(model)
            .where(key.in_(left))
            .values(left_kg=kg)
            .execution_options(synchronize_session=False)
        )

    def _note_loss(self, loss_vnd: int) -> None:
        self.session.execute(
            sa.update(MatchRun)
            .where(MatchRun.id == self.run.id)
            .values(changed=MatchRun.changed + 1, loss_vnd=MatchRun.loss_vnd + loss_vnd)
        )


def _is_inside(one: Untouched, posts: Snapshot) -> bool:
    return one.pair[0] in posts.lots and one.pair[1] in posts.offers

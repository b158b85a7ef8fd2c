"""The posts that a renewal joins: one's own on the market, or last season's again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_offers import TrancheLine
from marketplace.domain.errors import N_, Refused
from marketplace.domain.renewals import PlanLine, plan_again, year_after, years_on
from marketplace.domain.seasons import parse_season_code
from marketplace.domain.words import HarvestState, OfferState, Side
from marketplace.services import harvest_rows, offer_rows
from marketplace.services.harvests import post_harvest
from marketplace.services.offers import post_offer
from models.contracts import Contract, ContractLine
from models.harvests import Harvest
from models.offers import Offer

NEW = "new"
"""Instead of a post's public id: post again what the contract was made of."""
Post = Harvest | Offer


def years_of(contract: Contract, today: date) -> int:
    """After how many years everything the contract was made of is ahead again."""
    days = [line.deliver_from for line in contract.lines if not line.season]
    if contract.harvest is not None:
        days.append(contract.harvest.window_start)
    days += [line.tranche.window_start for line in contract.lines if line.tranche]
    return max(years_on(min(days), today), _years_bound(contract) + 1)


def _years_bound(contract: Contract) -> int:
    """How many years the last season comes after the first."""
    last = last_season(contract)[0].season
    if not last:
        return 0
    return parse_season_code(last)[1] - parse_season_code(contract.season)[1]


def last_season(contract: Contract) -> list[ContractLine]:
    """The planned deliveries of the last season that the contract binds."""
    last = max(line.season for line in contract.lines)
    return [line for line in contract.lines if line.season == last]


def next_plan(contract: Contract, today: date) -> tuple[PlanLine, ...]:
    """The planned deliveries of the contract, in the season ahead."""
    lines = (
        PlanLine(line.deliver_from, line.deliver_to, line.kg)
        for line in last_season(contract)
    )
    return plan_again(lines, years_of(contract, today) - _years_bound(contract))


def open_posts(
    session: Session, contract: Contract, side: Side, *, today: date
) -> Sequence[Post]:
    """What a side of the contract has on the market of its product, the next first.

    What the contract itself was made of is the season that ends.
    """
    if side is Side.SELLER:
        return session.scalars(
            select(Harvest)
            .where(
                Harvest.organisation_id == contract.seller_id,
                Harvest.product_id == contract.product_id,
                Harvest.state == HarvestState.OPEN,
                Harvest.window_end >= today,
                Harvest.id != (contract.harvest_id or 0),
            )
            .order_by(Harvest.window_start, Harvest.id)
        ).all()
    return session.scalars(
        select(Offer)
        .where(
            Offer.organisation_id == contract.buyer_id,
            Offer.product_id == contract.product_id,
            Offer.state == OfferState.OPEN,
            Offer.id != (contract.offer_id or 0),
        )
        .order_by(Offer.id)
    ).all()


def may_post_again(contract: Contract, side: Side) -> bool:
    """Whether it is known what a side had posted; old records may lack it."""
    if side is Side.SELLER:
        return contract.harvest is not None
    return contract.offer is not None


def suits_best(session: Session, contract: Contract, side: Side, *, today: date) -> str:
    """The first post on the market that is open in the season ahead, else NEW."""
    plan = next_plan(contract, today)
    first, last = plan[0].first_day, max(line.last_day for line in plan)
    for post in open_posts(session, contract, side, today=today):
        if any(start <= last and first <= end for start, end in _windows(post)):
            return post.public_id
    return NEW


def _windows(post: Post) -> list[tuple[date, date]]:
    if isinstance(post, Harvest):
        return [(post.window_start, post.window_end)]
    return [
        (one.window_start, one.window_end) for one in post.tranches if not one.dropped
    ]


def take_post(
    session: Session,
    who: Actor,
    contract: Contract,
    side: Side,
    chosen: str,
    *,
    today: date,
    now: datetime,
) -> Post:
    """The post that the side chose, or a new one; refused if it is not its own."""
    if chosen == NEW and may_post_again(contract, side):
        post_again = _harvest_again if side is Side.SELLER else _offer_again
        return post_again(session, who, contract, today=today, now=now)
    for post in open_posts(session, contract, side, today=today):
        if post.public_id == chosen:
            return post
    raise Refused(N_("Chọn một dòng trong danh sách"), "post")


def _harvest_again(
    session: Session, who: Actor, contract: Contract, *, today: date, now: datetime
) -> Harvest:
    """The same forecast in the season ahead; all papers that then speak of it."""
    assert contract.harvest is not None
    years = years_of(contract, today)
    command = harvest_rows.command_of(contract.harvest)
    forecast = replace(
        command.forecast,
        window_start=year_after(command.forecast.window_start, years),
        window_end=year_after(command.forecast.window_end, years),
    )
    again = replace(command, forecast=forecast, papers=None)
    return post_harvest(session, who, again, today=today, now=now)


def _offer_again(
    session: Session, who: Actor, contract: Contract, *, today: date, now: datetime
) -> Offer:
    """The same conditions for the kilograms of the contract, in the season ahead."""
    assert contract.offer is not None
    years = years_of(contract, today)
    again = replace(
        offer_rows.command_of(contract.offer),
        tranches=tuple(
            _tranche_again(line, years - (_years_bound(contract) if line.season else 0))
            for line in last_season(contract)
        ),
        answer_by=None,
    )
    return post_offer(session, who, again, today=today, now=now)


def _tranche_again(line: ContractLine, years: int) -> TrancheLine:
    tranche = line.tranche
    return TrancheLine(
        year_after(tranche.window_start if tranche else line.deliver_from, years),
        year_after(tranche.window_end if tranche else line.deliver_to, years),
        line.kg,
        tranche.ceiling_price_vnd if tranche else line.contract.price_vnd,
    )

"""How chains came about: contracts, applications, checks, and officers' answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select

from marketplace.demo.chain_plan import (
    CONFIRMED,
    GIVEN_UP,
    LINKS,
    NO_BUYER,
    NO_BUYER_REASON,
    NONE,
    ONE_YES,
    REASONS,
    RECOGNISED,
    RETURNED,
    SENT_BACK,
    STOPPED,
    Link,
)
from marketplace.demo.deals import Deal, note_deal
from marketplace.demo.diary import Diary, World
from marketplace.demo.harvest_days import (
    Plan,
    before,
    days,
    plan_season,
    plan_year_round,
    season_ending,
)
from marketplace.demo.monitoring import look_at
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.words import ChainKind
from marketplace.services.chain_decisions import (
    confirm_chain,
    propose_confirmation,
    recognise_chain,
    return_chain,
)
from marketplace.services.chain_linking import apply_for_safe_chain
from marketplace.services.chains import access_chain
from marketplace.services.confirmation_terms import term_of
from marketplace.services.monitoring_stops import declare_stop
from models.chains import Chain
from models.contracts import Contract

FIRST_DEAL = 400  # days ago
LAST_RENEWAL = 30
GIVEN_UP_AGO = 70
RENEWED_BEFORE_END = 20
KEEPS = ("mango_dried", "honey")
CHECKED = ("sample", "post_check")
YEAR_ROUND_LAST_SEASON, YEAR_ROUND_NEXT = 240, 120  # days


def note_chains(world: World, diary: Diary) -> None:
    """Every link of the plan, with its one or two contracts."""
    for place, link in enumerate(LINKS):
        plans = plan_link(link, world.today, place)
        first, *later = plans
        note_deal(
            world,
            diary,
            _deal(link, first),
            partial(_begin, world, diary, link, place),
        )
        for plan in later:
            note_deal(world, diary, _deal(link, plan), _nothing_more)


def _nothing_more(_contract: Contract, _day: date) -> None:
    """A later contract joins the chain by itself."""


def _deal(link: Link, plan: Plan) -> Deal:
    variety = {"longan": "mien_thiet", "pomelo": "da_xanh"}.get(link.product, "")
    return Deal(link.lead, link.buyer, link.product, link.tonnes, plan, variety)


def plan_link(link: Link, today: date, place: int) -> Sequence[Plan]:
    """The days of its contracts: last season's and the next one's, or one."""
    season = season_ending(link.product, today + days(15))
    parts = 2 + place % 3
    keeps = link.product in KEEPS
    ahead = today + days(YEAR_ROUND_NEXT)

    def next_plan(made: date) -> Plan:
        if season is None:
            return plan_year_round(made, ahead, max(parts, 3), keeps=keeps)
        return plan_season(season, made, parts)

    if link.age:
        return (next_plan(today - days(link.age)),)
    made = today - days(FIRST_DEAL - place % 9)
    if season is None:
        until = made + days(YEAR_ROUND_LAST_SEASON)
        last = plan_year_round(made, until, 4, keeps=keeps)
    else:
        last = plan_season(before(season), made, parts)
    if link is GIVEN_UP:
        return (last,)
    renewed = min(
        last.over - days(RENEWED_BEFORE_END), today - days(LAST_RENEWAL + place)
    )
    return last, next_plan(renewed)


def _begin(
    world: World, diary: Diary, link: Link, place: int, contract: Contract, day: date
) -> None:
    """The first contract is in force: officers answer what came of it."""
    answer = partial(_answer_development, world, link, place, contract)
    if link.development in (RECOGNISED, RETURNED):
        diary.note(day + days(6 + place % 5), answer)
    if link.safe != NONE:
        apply = partial(_apply, world, diary, link, place, contract)
        diary.note(day + days(1), apply)


def _answer_development(
    world: World, link: Link, place: int, contract: Contract, day: date
) -> None:
    chain = _chain_of(world, contract, ChainKind.PRODUCT_DEVELOPMENT)
    officer, now = world.actors[OFFICER.email], world.at(day)
    if link.development == RECOGNISED:
        recognise_chain(world.session, officer, chain, today=day, now=now)
        return
    reason = NO_BUYER_REASON if link is NO_BUYER else REASONS[place % len(REASONS)]
    return_chain(world.session, officer, chain, reason, today=day, now=now)


def _chain_of(world: World, contract: Contract, kind: ChainKind) -> str:
    return world.session.scalars(
        select(Chain.public_id).where(
            Chain.kind == kind,
            Chain.lead_id == contract.seller_id,
            Chain.group_id == contract.product.group_id,
        )
    ).one()


def _apply(
    world: World, diary: Diary, link: Link, place: int, contract: Contract, day: date
) -> None:
    """The lead asks for a safe chain; officers look, and answer."""
    chain = apply_for_safe_chain(
        world.session,
        world.actors[link.lead],
        contract,
        today=day,
        now=world.at(day),
    ).public_id
    if link.safe == SENT_BACK:
        diary.note(day + days(5), partial(_send_back, world, chain))
        return
    _note_checks(world, diary, link, place, chain, day)
    if link.safe in (CONFIRMED, STOPPED, ONE_YES):
        _note_answers(world, diary, link, place, chain, day)
    if link.safe == STOPPED:
        diary.note(world.day(GIVEN_UP_AGO), partial(_stop, world, link, chain))


def _note_checks(
    world: World, diary: Diary, link: Link, place: int, chain: str, day: date
) -> None:
    """Before the answer, and once more within the year."""
    # The confirmation is a visit itself; who has none yet was visited before.
    kinds = ("sample",) if link.safe in (CONFIRMED, STOPPED) else CHECKED
    diary.note(day + days(4), partial(look_at, world, chain, kinds))
    if link.safe == CONFIRMED and not link.age:
        again = partial(look_at, world, chain, CHECKED)
        diary.note(world.day(150 - place * 3), again)


def _note_answers(
    world: World, diary: Diary, link: Link, place: int, chain: str, day: date
) -> None:
    """One officer proposes, the other confirms, or has yet to."""
    pair = (OFFICER.email, SECOND_OFFICER.email)
    first, second = pair[::-1] if place % 2 else pair
    later = world.day(4) if link.safe == ONE_YES else day + days(8)
    diary.note(later, partial(_propose, world, chain, first))
    if link.safe != ONE_YES:
        diary.note(later + days(1), partial(_confirm, world, chain, second))


def _propose(world: World, chain: str, officer: str, day: date) -> None:
    """Papers that end before today were being renewed: the officer waits for them."""
    session, who = world.session, world.actors[officer]
    term = term_of(session, access_chain(session, who, chain), today=day)
    until = term.usual if term.usual > world.today else term.longest
    propose_confirmation(session, who, chain, today=day, valid_to=until)


def _confirm(world: World, chain: str, officer: str, day: date) -> None:
    who, now = world.actors[officer], world.at(day)
    confirm_chain(world.session, who, chain, today=day, now=now)


def _send_back(world: World, chain: str, day: date) -> None:
    who, now = world.actors[OFFICER.email], world.at(day)
    return_chain(world.session, who, chain, NO_BUYER_REASON, today=day, now=now)


def _stop(world: World, link: Link, chain: str, day: date) -> None:
    """The lead gives up: it sells what it grows to traders again."""
    said = "Chuyển sang bán tự do, không giao theo chuỗi nữa"
    who, now = world.actors[link.lead], world.at(day)
    declare_stop(world.session, who, chain, said, today=day, now=now)

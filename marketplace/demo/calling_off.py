"""A standing agreement: dried mango, called off by the week, answered in every way."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import TOAN_THANG
from marketplace.demo.deals import (
    Deal,
    agree_today,
    post_demand,
    post_supply,
    sign_for,
)
from marketplace.demo.diary import Diary, World
from marketplace.demo.harvest_days import Plan, days
from marketplace.domain.call_offs import Call, FrameState, week_of
from marketplace.domain.windows import Window
from marketplace.services.call_off_frames import (
    answer_frame,
    default_terms,
    propose_frame,
    sources_of,
)
from marketplace.services.call_off_silence import accept_calls_silently
from marketplace.services.call_offs import answer_call_off, post_call_off
from marketplace.services.offers import close_offer
from models.contracts import Contract

MADE, SIGNED, FRAMED, CALLED, SILENT = 14, 13, 12, 4, 2  # days ago
TONNES, FIRST, LAST = 3, 5, 47  # days ahead between which it is delivered


def note_call_offs(world: World, diary: Diary) -> None:
    """Agreed and signed two weeks ago, called off since."""
    diary.note(world.day(MADE), partial(_make, world, diary))


def _make(world: World, diary: Diary, day: date) -> None:
    window = Window(world.today + days(FIRST), world.today + days(LAST))
    plan = Plan(day, Window(day + days(4), day + days(90)), (window,))
    deal = Deal(TOAN_THANG, SAO_XANH, "mango_dried", TONNES, plan)
    harvest, offer = post_supply(world, deal, day), post_demand(world, deal, day)
    contract = agree_today(world, harvest, offer, day)

    def sign(on: date) -> None:
        for party in (TOAN_THANG, SAO_XANH):
            sign_for(world, world.actors[party], contract, on)
        buyer = world.actors[SAO_XANH]
        close_offer(world.session, buyer, offer.public_id, now=world.at(on))

    diary.note(world.day(SIGNED), sign)
    diary.note(world.day(FRAMED), partial(_agree, world, contract))
    diary.note(world.day(CALLED), partial(_call, world, contract, 3))
    diary.note(world.day(SILENT), partial(_let_silence_speak, world))
    diary.note(world.today, partial(_call_today, world, contract))


def _agree(world: World, contract: Contract, day: date) -> None:
    session, number, now = world.session, contract.public_id, world.at(day)
    [(planned, source)] = sources_of(session, contract, day)
    terms = default_terms(session, source, day)
    line, buyer = planned.line.number, world.actors[SAO_XANH]
    propose_frame(session, buyer, number, line, terms, now=now, today=day)
    seller, agreed = world.actors[TOAN_THANG], FrameState.AGREED
    answer_frame(session, seller, number, agreed, now=now, today=day)


def _call(world: World, contract: Contract, weeks: int, day: date) -> None:
    """The first is confirmed, the second in part; nobody answers the third."""
    session, seller, now = world.session, world.actors[TOAN_THANG], world.at(day)
    mondays = [_post(world, contract, week, day) for week in range(1, weeks + 1)]
    number, later = contract.public_id, now + timedelta(hours=2)
    answer_call_off(session, seller, number, mondays[0], now=later)
    reason = "Lò sấy bảo trì hai ngày"
    answer_call_off(session, seller, number, mondays[1], 350, reason, now=later)


def _post(world: World, contract: Contract, week: int, day: date) -> date:
    monday = week_of(contract.lines[0].deliver_from) + days(7 * week)
    call = Call(400 + 20 * week, monday + days(1), monday + days(2))
    buyer, now = world.actors[SAO_XANH], world.at(day)
    number = contract.public_id
    post_call_off(world.session, buyer, number, call, now=now, today=day)
    return monday


def _let_silence_speak(world: World, day: date) -> None:
    accept_calls_silently(world.session, now=world.at(day))


def _call_today(world: World, contract: Contract, day: date) -> None:
    _post(world, contract, 4, day)

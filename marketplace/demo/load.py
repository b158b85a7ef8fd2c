"""Load the demo market through the services, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.demo.amending import note_amendments
from marketplace.demo.authority import found_authority
from marketplace.demo.boxes import number_boxes
from marketplace.demo.branch import note_branch
from marketplace.demo.calling_off import note_call_offs
from marketplace.demo.chain_story import note_chains
from marketplace.demo.cooperatives import seats
from marketplace.demo.diary import Diary, World
from marketplace.demo.gardens import lay_out
from marketplace.demo.harvest_days import season_ending
from marketplace.demo.joining import note_joining
from marketplace.demo.long_contract import note_long_contract
from marketplace.demo.majeure import note_majeure
from marketplace.demo.member_households import tell_of_households
from marketplace.demo.monitoring import note_monitoring
from marketplace.demo.paper_life import remind_tonight
from marketplace.demo.papers import note_papers
from marketplace.demo.people import LOGINS, Login
from marketplace.demo.plots import note_plots
from marketplace.demo.present import note_present, send_past_letters
from marketplace.demo.prices import note_prices
from marketplace.demo.recalls import note_recalls
from marketplace.demo.renewing import note_renewals
from marketplace.demo.targets import note_targets
from marketplace.demo.templates import note_templates
from marketplace.services.chain_dormancy import propose_dormant
from marketplace.services.chain_evaluation import chain_ids, evaluate_chain
from marketplace.services.record_keeping import contracts_to_record, keep_record
from marketplace.services.reference import load_reference
from marketplace.services.rules import rules_at_hand
from models.organisations import Organisation

FOUNDED = 431  # days ago


def is_loaded(session: Session) -> bool:
    """Whether the demo market is there already."""
    return (
        session.scalar(select(Organisation.id).where(Organisation.demo).limit(1))
        is not None
    )


def load_demo(session: Session, *, today: date, now: datetime) -> tuple[Login, ...]:
    """Everything up to today; nothing if it is there already.

    Returns the logins. `now` is a moment of `today`.
    """
    if is_loaded(session):
        return LOGINS
    load_reference(session)
    world, diary = World(session, today, now), Diary()
    cooperatives = list(seats())
    gardens = lay_out(cooperatives, world.rng)
    diary.note(world.day(FOUNDED), partial(found_authority, world))
    note_prices(world, diary)
    note_joining(world, diary, cooperatives, gardens)
    ends = _longan_paper_ends(today)
    note_papers(world, diary, cooperatives, gardens, ends)
    note_plots(world, diary, gardens)
    note_chains(world, diary)
    note_branch(world, diary)
    note_monitoring(world, diary)
    _note_changes(world, diary)
    _note_these_days(world, diary, ends)
    note_renewals(world, diary)
    _live(world, diary)
    tell_of_households(world)
    number_boxes(world)
    note_recalls(world)
    send_past_letters(world)
    _work_of_tonight(world)
    return LOGINS


def _live(world: World, diary: Diary) -> None:
    """Up to today; the dated rules, which no deed changes, are read once."""
    with rules_at_hand(world.session):
        diary.live(world.today)


def _work_of_tonight(world: World) -> None:
    """What the clock would do before people come in the morning."""
    session, today = world.session, world.today
    for contract in contracts_to_record(session):
        keep_record(session, contract, today=today)
    for chain in chain_ids(session):
        evaluate_chain(session, chain, today=today, now=world.now)
    propose_dormant(session, today=today, now=world.now)
    remind_tonight(world)


def _note_changes(world: World, diary: Diary) -> None:
    """What came over contracts in force."""
    note_call_offs(world, diary)
    note_amendments(world, diary)
    note_majeure(world, diary)


def _note_these_days(world: World, diary: Diary, longan_ends: date) -> None:
    """What is posted, agreed and written in the last days."""
    note_present(world, diary, longan_ends)
    note_long_contract(world, diary)
    note_templates(world, diary)
    note_targets(world, diary)


def _longan_paper_ends(today: date) -> date:
    """In the middle of the season that lies ahead, or of what is left of it."""
    season = season_ending("longan", today + timedelta(days=40))
    assert season is not None
    return season.first + timedelta(days=34)

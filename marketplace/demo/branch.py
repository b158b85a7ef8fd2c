"""A firm that bought from a cooperative becomes its branch."""

from __future__ import annotations

from datetime import date
from functools import partial

from sqlalchemy import select

from marketplace.demo.buyers import BRANCH, ITS_HEAD
from marketplace.demo.diary import Diary, World
from marketplace.demo.people import OFFICER
from marketplace.domain.words import VerificationDecision
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.organisation_profiles import Profile, fill_organisation
from marketplace.services.verification import Decide, cases_of, decide_case, resubmit
from models.chains import Chain

JOINED_AGO = 75  # days; more than the grace of a chain


def note_branch(world: World, diary: Diary) -> None:
    """From then on buyer and seller are one legal entity."""
    diary.note(world.day(JOINED_AGO), partial(_become_branch, world))


def _become_branch(world: World, day: date) -> None:
    session, now = world.session, world.at(day)
    firm, head = world.organisations[BRANCH], world.organisations[ITS_HEAD]
    for chain in session.scalars(select(Chain.id).where(Chain.lead_id == head.id)):
        # What is known up to this day is stored before it changes.
        evaluate_chain(session, chain, today=day, now=now)
    profile = Profile(
        kind=firm.kind,
        name=f"Công ty {BRANCH}, chi nhánh của {head.name}",
        commune="Thị trấn Sông Mã, huyện Sông Mã",
        tax_code=f"{head.tax_code}-001",
        address=firm.address,
        phone=firm.phone,
        charter_capital_vnd=firm.charter_capital_vnd,
        legal_representative=firm.legal_representative,
        representative_title=firm.representative_title,
        bank_account=firm.bank_account,
    )
    fill_organisation(session, firm, profile, today=day)
    resubmit(session, firm, now=now)
    session.flush()  # the case is looked up
    case = cases_of(session, firm.id)[0]
    officer = world.actors[OFFICER.email]
    decision = Decide(VerificationDecision.VERIFIED)
    decide_case(session, officer, case.public_id, decision, now=now)

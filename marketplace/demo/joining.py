"""Organisations join the market: registered, verified, their people invited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import select

from marketplace.demo.buyers import FIRMS, QUEUE, SAO_XANH, Firm, Waiting
from marketplace.demo.cooperatives import (
    BAO_MINH,
    OFFICIAL_MEMBERS,
    TOAN_THANG,
    Seat,
)
from marketplace.demo.diary import Diary, World
from marketplace.demo.gardens import Gardens
from marketplace.demo.numbers import spread, uneven
from marketplace.demo.people import (
    BUYER,
    BUYING_DIRECTOR,
    DIRECTOR,
    OFFICER,
    PASSWORD,
    PROVINCE_OFFICER,
    SECOND_DIRECTOR,
    SECOND_OFFICER,
    STAFF,
    Login,
    invent_name,
    phone_of,
)
from marketplace.domain.demo_codes import demo_tax_codes
from marketplace.domain.words import OrganisationKind, VerificationDecision
from marketplace.services.invitations import (
    Invite,
    Newcomer,
    accept_as_newcomer,
    invite,
)
from marketplace.services.organisation_profiles import Profile
from marketplace.services.people import confirm_email
from marketplace.services.registration import Applicant, register_new
from marketplace.services.sessions import actor_of
from marketplace.services.verification import Decide, cases_of, decide_case
from models.organisations import Membership
from models.sessions import OneTimeToken

MEMBERS, CAPITAL_VND, REVENUE_VND = 797, 98_600_000_000, 76_500_000_000
STEP_VND = 10_000_000
FIRST_DAYS = 428  # days ago

_LOGINS = {BAO_MINH: DIRECTOR, TOAN_THANG: SECOND_DIRECTOR, SAO_XANH: BUYING_DIRECTOR}
_SEATS = ((BAO_MINH, STAFF), (SAO_XANH, BUYER))


def note_joining(
    world: World, diary: Diary, seats: Sequence[Seat], gardens: Gardens
) -> None:
    """All that is verified joined more than a year ago; a few wait since days."""
    codes = demo_tax_codes()
    phones = iter(range(1, 1000))
    profiles = [
        *_cooperatives(world, seats, gardens, codes),
        *(_firm(world, firm, next(codes)) for firm in FIRMS),
    ]
    for place, (short, profile) in enumerate(profiles):
        day = world.day(FIRST_DAYS - place % 5)
        diary.note(day, partial(_join, world, short, profile, next(phones)))
    for short, login in _SEATS:
        day = world.day(FIRST_DAYS - 8)
        diary.note(day, partial(_seat, world, short, login))
    for applicant in QUEUE:
        profile = _applicant(world, applicant, next(codes))
        deed = partial(_wait, world, diary, applicant, profile, next(phones))
        diary.note(world.day(applicant.days), deed)


def _cooperatives(
    world: World, seats: Sequence[Seat], gardens: Gardens, codes: Iterator[str]
) -> Iterator[tuple[str, Profile]]:
    rng = world.rng
    known = sum(OFFICIAL_MEMBERS.values())
    members = iter(uneven(MEMBERS - known, len(seats) - len(OFFICIAL_MEMBERS), rng))
    weights = [rng.uniform(0.5, 1.6) for _ in seats]
    capital = spread(CAPITAL_VND // STEP_VND, weights)
    revenue = spread(REVENUE_VND // STEP_VND, weights)
    for place, seat in enumerate(seats):
        land = sum(garden.hectares for garden in gardens.get(seat.short, ()))
        yield (
            seat.short,
            replace(
                _cooperative(world, seat, place),
                tax_code=next(codes),
                official_members=OFFICIAL_MEMBERS.get(seat.short) or next(members),
                charter_capital_vnd=capital[place] * STEP_VND,
                revenue_vnd=revenue[place] * STEP_VND,
                total_area_ha=land or None,
            ),
        )


def _cooperative(world: World, seat: Seat, place: int) -> Profile:
    return Profile(
        kind=OrganisationKind.COOPERATIVE,
        name=seat.name,
        commune=seat.address,
        address=f"Bản số {place % 9 + 1}",
        phone=phone_of(100_000 + place),
        founded_on=date(2013 + place % 10, place % 12 + 1, 15),
        legal_representative=_representative(world, seat.short),
        representative_title="Giám đốc",
        bank_account=f"5599{place:08d}, Agribank Sông Mã",
    )


def _representative(world: World, short: str) -> str:
    login = _LOGINS.get(short)
    return login.name if login else invent_name(world.rng)


def _firm(world: World, firm: Firm, code: str) -> tuple[str, Profile]:
    return firm.short, Profile(
        kind=firm.kind,
        name=firm.name,
        commune=firm.commune,
        tax_code=code,
        address=firm.street,
        phone=phone_of(200_000 + FIRMS.index(firm)),
        charter_capital_vnd=world.rng.randrange(5, 60) * 1_000_000_000,
        legal_representative=_representative(world, firm.short),
        representative_title="Giám đốc",
        bank_account=f"5599{90_000_000 + FIRMS.index(firm)}, Vietcombank",
    )


def _applicant(world: World, applicant: Waiting, code: str) -> Profile:
    cooperative = applicant.kind is OrganisationKind.COOPERATIVE
    return Profile(
        kind=applicant.kind,
        name=applicant.name,
        commune=applicant.commune,
        tax_code=code,
        address="Bản Mới" if cooperative else "Số 1 Phố Mẫu",
        official_members=7 + applicant.days if cooperative else None,
        legal_representative=invent_name(world.rng),
        representative_title="Giám đốc",
    )


def _register(
    world: World, short: str, profile: Profile, number: int, day: date
) -> Membership:
    login = _LOGINS.get(short)
    member = register_new(
        world.session,
        Applicant(
            name=profile.legal_representative,
            email=login.email if login else None,
            phone=phone_of(number),
            password=PASSWORD,
            address=f"demo-{number}",
        ),
        profile,
        today=day,
        now=world.at(day),
    )
    assert member is not None
    member.organisation.demo = True
    if login:
        _confirm(world, member, day)
    return member


def _confirm(world: World, member: Membership, day: date) -> None:
    """The link in the letter is opened."""
    wanted = select(OneTimeToken).where(OneTimeToken.user_id == member.user_id)
    token = world.session.scalars(wanted).one()
    confirm_email(world.session, token.nonce, now=world.at(day))


def _join(world: World, short: str, profile: Profile, number: int, day: date) -> None:
    member = _register(world, short, profile, number, day)
    officer = world.actors[_verifier(profile, number).email]
    case = cases_of(world.session, member.organisation_id)[0]
    decision = Decide(VerificationDecision.VERIFIED)
    decide_case(world.session, officer, case.public_id, decision, now=world.at(day))
    world.actors[short] = actor_of(world.session, member)
    world.organisations[short] = member.organisation


def _verifier(profile: Profile, number: int) -> Login:
    """Firms sit all over the country; cooperatives in the former district."""
    if profile.kind is not OrganisationKind.COOPERATIVE:
        return PROVINCE_OFFICER
    return (OFFICER, SECOND_OFFICER)[number % 2]


def _seat(world: World, short: str, login: Login, day: date) -> None:
    """The director invites somebody, who opens the link."""
    session, now = world.session, world.at(day)
    command = Invite(login.email, login.role)
    invitation = invite(session, world.actors[short], command, now=now)
    newcomer = Newcomer(login.name, PASSWORD)
    member = accept_as_newcomer(session, newcomer, invitation.nonce, now=now)
    world.actors[login.email] = actor_of(session, member)


def _wait(
    world: World,
    diary: Diary,
    applicant: Waiting,
    profile: Profile,
    number: int,
    day: date,
) -> None:
    member = _register(world, applicant.name, profile, number, day)
    if applicant.change:
        asked = world.day(applicant.days - 2)
        diary.note(asked, partial(_ask, world, member, applicant.change))


def _ask(world: World, member: Membership, change: str, day: date) -> None:
    case = cases_of(world.session, member.organisation_id)[0]
    command = Decide(VerificationDecision.CHANGE_REQUESTED, change)
    officer = world.actors[OFFICER.email]
    decide_case(world.session, officer, case.public_id, command, now=world.at(day))

"""Gardens, facilities, certificates and codes are written down and verified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

from marketplace.demo.buyers import FIRMS
from marketplace.demo.cooperatives import (
    BAO_MINH,
    FAMOUS_OUTPUT_TONNES,
    TOAN_THANG,
    Seat,
)
from marketplace.demo.diary import Diary, World
from marketplace.demo.gardens import Garden, Gardens
from marketplace.demo.paper_life import note_paper_life
from marketplace.demo.paper_plan import THREE_YEARS, TWO_YEARS, Term, vietgap_terms
from marketplace.demo.people import OFFICER
from marketplace.demo.register import (
    FIRST_DAYS,
    FOOD_SAFETY,
    VIETGAP,
    Register,
    issuer_of,
    verify,
)
from marketplace.domain.commands_papers import (
    SaveArea,
    SaveCertificate,
    SaveCode,
    SaveFacility,
)
from marketplace.domain.words import CertificateScheme, FacilityKind, Market
from marketplace.services.areas import save_area, save_facility
from marketplace.services.papers import save_certificate, save_code

DRIERS = (TOAN_THANG, "Hương Rừng")
OCOP = (
    (TOAN_THANG, "mango_dried", 3),
    ("Hương Rừng", "mango_dried", 3),
    ("Ong Núi", "honey", 4),
    ("Nhãn Vàng", "longan_pulp_dried", 3),
    ("Biên Xanh", "longan", 4),
)
DRIER_ENDS_IN, USUAL_START = 28, -520  # days


def note_papers(
    world: World,
    diary: Diary,
    seats: Sequence[Seat],
    gardens: Gardens,
    longan_ends: date,
) -> None:
    """All land and papers; Bảo Minh's VietGAP of longan ends in mid-season."""
    register = Register(world, diary)
    for short, own in gardens.items():
        deed = partial(_gardens, world, short, own)
        diary.note(world.day(FIRST_DAYS + 2), deed)
    _vietgap(register, seats, gardens, longan_ends)
    _codes(world, diary, gardens)
    _others(register, seats)
    _wait(world, diary)
    note_paper_life(world, diary)


def _gardens(world: World, short: str, own: Sequence[Garden], day: date) -> None:
    organisation = world.organisations[short]
    for garden in own:
        command = SaveArea(
            garden.name,
            garden.product,
            garden.hectares,
            organisation.unit_id,
            households=organisation.official_members,
        )
        row = save_area(world.session, world.actors[short], command, today=day)
        world.gardens[short, garden.product] = row.public_id


def _vietgap(
    register: Register, seats: Sequence[Seat], gardens: Gardens, longan_ends: date
) -> None:
    terms = vietgap_terms(list(seats), register.world.rng)
    ends = (longan_ends - register.world.today).days
    for short, known in terms.items():
        for term in known:
            if short in DRIERS:
                _whole_farm(register, short, gardens[short], term)
                continue
            for garden in gardens[short]:
                special = short == BAO_MINH and garden.product == "longan"
                if not special:
                    register.in_garden(short, garden, term)
    longan = gardens[BAO_MINH][0]
    began = ends - TWO_YEARS
    register.in_garden(BAO_MINH, longan, Term(began - TWO_YEARS, began - 1))
    register.in_garden(BAO_MINH, longan, Term(began, ends))


def _whole_farm(
    register: Register, short: str, own: Sequence[Garden], term: Term
) -> None:
    """One certificate for all that they grow, and so for what they dry."""
    tonnes = sum(FAMOUS_OUTPUT_TONNES.get(short, (own[0].tonnes or 0,)))
    area = sum((garden.hectares for garden in own), Decimal(0))
    kg = tonnes * 1000
    register.certificate(short, VIETGAP, term, area_ha=area, output_kg_per_year=kg)


def _codes(world: World, diary: Diary, gardens: Gardens) -> None:
    numbers = {market: count(1) for market in Market}
    place = 0
    for short, own in gardens.items():
        for garden in own:
            for market in garden.markets:
                code = _spelling(market, next(numbers[market]))
                ago = 320 - place * 5
                diary.note(
                    world.day(ago), partial(_code, world, short, garden, market, code)
                )
                place += 1


def _spelling(market: Market, number: int) -> str:
    if market is Market.CN:
        return f"VN-SLOR-{9000 + number}"
    return f"{market.value}.14.99.{number:02d}"


def _code(
    world: World, short: str, garden: Garden, market: Market, code: str, day: date
) -> None:
    command = SaveCode(
        world.gardens[short, garden.product],
        market,
        code,
        garden.hectares,
        first_day=day - timedelta(days=20),
        supervised_on=day - timedelta(days=12),
    )
    who, now = world.actors[short], world.at(day)
    row = save_code(world.session, who, command, today=day, now=now)
    officer = world.actors[OFFICER.email]
    verify(world, officer, row, day)


def _others(register: Register, seats: Sequence[Seat]) -> None:
    usual = Term(USUAL_START, USUAL_START + THREE_YEARS)
    for firm in FIRMS:
        if firm.safe:
            register.certificate(firm.short, FOOD_SAFETY, usual)
    for seat in seats:
        if seat.product == "vegetable":
            promise = CertificateScheme.SAFETY_COMMITMENT
            register.certificate(seat.short, promise, usual, product_code="vegetable")
        elif seat.product == "honey":
            register.certificate(seat.short, FOOD_SAFETY, usual, product_code="honey")
    for short in DRIERS:
        deed = partial(_drier, register, short)
        register.diary.note(register.world.day(FIRST_DAYS + 1), deed)
    for place, (short, product, stars) in enumerate(OCOP):
        term = Term(-400 + place * 40, -400 + place * 40 + THREE_YEARS)
        ocop = CertificateScheme.OCOP
        register.certificate(short, ocop, term, product_code=product, stars=stars)


def _drier(register: Register, short: str, day: date) -> None:
    world = register.world
    unit = world.organisations[short].unit_id
    command = SaveFacility(FacilityKind.DRYER, "Xưởng sấy xoài", unit, 1_200)
    row = save_facility(world.session, world.actors[short], command, today=day)
    ends = DRIER_ENDS_IN if short == TOAN_THANG else DRIER_ENDS_IN + 400
    term = Term(ends - THREE_YEARS, ends)
    register.certificate(short, FOOD_SAFETY, term, facility=row.public_id)


def _wait(world: World, diary: Diary) -> None:
    """Two papers that no officer has looked at yet."""
    rows = (
        ("Pá Hồng", VIETGAP, TWO_YEARS, 3),
        ("Đá Bạc", CertificateScheme.SAFETY_COMMITMENT, THREE_YEARS, 1),
    )
    for short, scheme, term, ago in rows:
        diary.note(world.day(ago), partial(_hand_in, world, short, scheme, term))


def _hand_in(
    world: World, short: str, scheme: CertificateScheme, term: int, day: date
) -> None:
    command = SaveCertificate(
        scheme,
        f"HS-{day:%d%m%y}-{short[-1]}",
        issuer_of(scheme),
        day - timedelta(days=2),
        day + timedelta(days=term - 2),
        product_code="longan",
    )
    who, now = world.actors[short], world.at(day)
    save_certificate(world.session, who, command, today=day, now=now)

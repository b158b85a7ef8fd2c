"""A province of cooperatives, their contracts and chains, written table by table.

Every cooperative has VietGAP land, leads a safe chain of one crop and two chains of
product development, and sells ten harvests to ten buyers. One in twelve papers has
lapsed, one chain in ten was never confirmed, one in fifty has stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.filling.ground import first_id, write
from bench.filling.tables import catch_up
from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    ChainState,
    ContractState,
    FacilityKind,
    LinkageForm,
    OrganisationKind,
    OrganisationState,
    PaperState,
    Stage,
)
from models.bulk import chunks
from models.chain_days import ChainInput, ChainInterval
from models.chains import (
    Chain,
    ChainContract,
    ChainEvaluation,
    ChainFact,
    Recognition,
)
from models.contracts import Contract, ContractLine, ContractVersion
from models.organisations import Organisation
from models.papers import Certificate, Facility, GrowingArea
from models.reference import AdminUnit, Product
from tests.deals import Deals
from tests.factories import Make

BUYERS_FOR = 20  # cooperatives a buyer
CONTRACTS, CHAINS = 10, 3  # a cooperative
CROPS = ("longan", "mango")
AT_ONCE = 2_000  # rows
TWINS = 2_000  # cooperatives; each one after them lives like one of these
STATES = (ContractState.IN_FORCE, ContractState.FULFILLED, ContractState.EXPIRED)


@dataclass(frozen=True)
class Province:
    """First ids, who decides, and what every row is dated by."""

    cooperatives: int
    today: date
    people: int
    areas: int
    shops: int
    contracts: int
    chains: int
    officers: tuple[int, int]
    issuer: int
    units: Sequence[int]
    products: Sequence[tuple[int, int]]
    content: tuple[str, str, str]

    @property
    def buyers(self) -> int:
        return max(self.cooperatives // BUYERS_FOR, CONTRACTS)

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.today - timedelta(days=days)


def at(day: date) -> datetime:
    """Ten o'clock in Viet Nam."""
    return datetime.combine(day, time(3), UTC)


def fill(session: Session, cooperatives: int, today: date) -> Province:
    """Write the province; the caller commits."""
    here = _province(session, cooperatives, today)
    for model, rows, names in (
        (Organisation, _organisations, ORGANISATION),
        (GrowingArea, _areas, AREA),
        (Facility, _shops, SHOP),
        (Certificate, _papers, PAPER),
        (Contract, _contracts, CONTRACT),
        (ContractLine, _lines, LINE),
        (ContractVersion, _versions, VERSION),
        (Chain, _chains, CHAIN),
        (ChainContract, _links, LINK),
        (Recognition, _recognitions, RECOGNITION),
        (ChainFact, _facts, FACT),
    ):
        for some in chunks(rows(here), AT_ONCE):  # no statement takes too long
            write(session, model, some, names)
    catch_up(session)
    return here


def _province(session: Session, cooperatives: int, today: date) -> Province:
    """The words of every contract are those of one that was drawn by the service."""
    make = Make(session)
    drawn = Deals(session, make).in_force()
    officers = (make.officer(), make.officer())
    version = drawn.versions[0]
    units = sa.select(AdminUnit.id).where(
        AdminUnit.level == "commune", AdminUnit.valid_to.is_(None)
    )
    crops = sa.select(Product.id, Product.group_id).where(Product.code.in_(CROPS))
    return Province(
        cooperatives=cooperatives,
        today=today,
        people=first_id(session, Organisation),
        areas=first_id(session, GrowingArea),
        shops=first_id(session, Facility),
        contracts=first_id(session, Contract),
        chains=first_id(session, Chain),
        officers=(officers[0].user_id, officers[1].user_id),
        issuer=officers[0].organisation_id,
        units=session.scalars(units.order_by(AdminUnit.id)).all(),
        products=[(row.id, row.group_id) for row in session.execute(crops)],
        content=(version.content, version.digest, version.template),
    )


ORGANISATION = (
    "id kind state name name_folded skeleton short_name unit_id official_members"
    " charter_capital_vnd verified_at"
)


def _organisations(here: Province) -> Iterator[Sequence[Any]]:
    for n in range(here.cooperatives + here.buyers):
        coop = n < here.cooperatives
        kind = OrganisationKind.COOPERATIVE if coop else OrganisationKind.RETAILER
        name, folded = f"Đơn vị đo {n}", f"don vi do {n}"
        yield (
            here.people + n,
            kind,
            OrganisationState.VERIFIED,
            *(name, folded, folded, name),
            here.units[n % len(here.units)],
            9 if coop else None,
            1_000_000_000,
            at(here.ago(800)),
        )


AREA = "id organisation_id name product_id area_ha unit_id"


def _areas(here: Province) -> Iterator[Sequence[Any]]:
    for n in range(here.cooperatives):
        unit = here.units[n % len(here.units)]
        product = here.products[0][0]
        yield here.areas + n, here.people + n, "Vườn", product, Decimal(12), unit


SHOP = "id organisation_id kind name unit_id"


def _shops(here: Province) -> Iterator[Sequence[Any]]:
    for n in range(here.buyers):
        owner = here.people + here.cooperatives + n
        kind = FacilityKind.SELLING_POINT
        yield here.shops + n, owner, kind, "Cửa hàng", here.units[0]


PAPER = (
    "organisation_id scheme number issuer area_id facility_id area_ha"
    " output_kg_per_year issued_on expires_on state verified_at verified_by_id"
    " register_key"
)


def _papers(here: Province) -> Iterator[Sequence[Any]]:
    """VietGAP for two years; one in twelve lapsed within the last sixty days or so."""
    for n in range(here.cooperatives + here.buyers):
        coop, shop = n < here.cooperatives, n - here.cooperatives
        like = n % TWINS
        age = (735 + like % 120) if like % 12 == 0 else (30 + like % 700)
        issued = here.ago(age)
        scheme = CertificateScheme.VIETGAP if coop else CertificateScheme.FOOD_SAFETY
        yield (
            here.people + n,
            scheme,
            f"DO-{n}",
            "Đo",
            here.areas + n if coop else None,
            None if coop else here.shops + shop,
            Decimal(12) if coop else None,
            84_000 if coop else None,
            issued,
            issued + timedelta(days=730 if coop else 1095),
            PaperState.ACTIVE,
            at(issued),
            here.officers[0],
            f"do-{n}|đo",
        )


CONTRACT = (
    "id number state seller_id buyer_id product_id stages linkage_form season"
    " linked_area_ha price_vnd total_kg value_vnd tolerance_pct penalty_pct"
    " payment_term_days effective_from effective_to sign_by signed_on ended_on"
    " delivered_kg accepted_kg"
)
_STAGES = [Stage.PRODUCTION_HARVEST.value, Stage.CONSUMPTION.value]


def _contracts(here: Province) -> Iterator[Sequence[Any]]:
    """One of last year and one of this by turns, each for a season of 200 days."""
    for n in range(here.cooperatives * CONTRACTS):
        coop, number = divmod(n, CONTRACTS)
        old = number % 2 == 0
        like = n % (TWINS * CONTRACTS)
        signed = here.ago((420 if old else 120) - like % 90)
        state = STATES[1 + (like % 20 == 0)] if old else STATES[0]
        kg = 5_000 + 100 * (like % 400)
        end = signed + timedelta(days=200)
        yield (
            here.contracts + n,
            f"{number:02d}/{coop}",
            state,
            here.people + coop,
            here.people + here.cooperatives + (coop + number) % here.buyers,
            here.products[number // 5][0],
            _STAGES,
            LinkageForm.F3,
            f"LONGAN-{signed.year}-MAIN",
            Decimal(2),
            *(15_000, kg, 15_000 * kg, 5, 8, 7),
            *(signed, end, at(signed), signed),
            end if old else None,
            *((kg, kg * 9 // 10) if old else (0, 0)),
        )


LINE = "contract_id number kg deliver_from deliver_to"


def _lines(here: Province) -> Iterator[Sequence[Any]]:
    for row in _contracts(here):
        signed, end = row[16], row[17]
        yield row[0], 1, row[11], signed + timedelta(days=90), end - timedelta(days=9)


VERSION = "contract_id version content digest template made_at"


def _versions(here: Province) -> Iterator[Sequence[Any]]:
    content, digest, template = here.content
    for n in range(here.cooperatives * CONTRACTS):
        yield here.contracts + n, 1, content, digest, template, at(here.ago(400))


CHAIN = "id kind lead_id group_id name unit_id state submitted_at"


def _each_chain(here: Province) -> Iterator[tuple[int, int, ChainKind, int]]:
    """Its number, its cooperative, its kind, and which crop."""
    for n in range(here.cooperatives * CHAINS):
        coop, turn = divmod(n, CHAINS)
        kind = ChainKind.SAFE_SUPPLY if turn == 0 else ChainKind.PRODUCT_DEVELOPMENT
        yield n, coop, kind, turn // 2


def _chains(here: Province) -> Iterator[Sequence[Any]]:
    for n, coop, kind, crop in _each_chain(here):
        unit = here.units[coop % len(here.units)]
        group = here.products[crop][1]
        begun = at(_begun(here, n))
        yield (
            *(here.chains + n, kind, here.people + coop, group),
            *(f"Chuỗi đo {n}", unit, ChainState.SUBMITTED, begun),
        )


def _begun(here: Province, n: int) -> date:
    return here.ago(150 - n % (TWINS * CHAINS) % 100)


LINK = "chain_id contract_id kind linked_from"


def _links(here: Province) -> Iterator[Sequence[Any]]:
    for n, coop, kind, crop in _each_chain(here):
        for number in range(CONTRACTS // 2):
            contract = coop * CONTRACTS + crop * 5 + number
            yield here.chains + n, here.contracts + contract, kind, here.ago(430)


RECOGNITION = (
    "chain_id number issuer_id issued_on valid_to proposed_by_id decided_by_id"
    " decided_at"
)


def _recognitions(here: Province) -> Iterator[Sequence[Any]]:
    for n, _, kind, _ in _each_chain(here):
        if n % 10 == 9:
            continue
        day = _begun(here, n) + timedelta(days=20)
        until = day + timedelta(days=1095)
        safe = kind is ChainKind.SAFE_SUPPLY
        yield (
            *(here.chains + n, f"{n}/DO", here.issuer, day, until if safe else None),
            *(here.officers[0] if safe else None, here.officers[1], at(day)),
        )


FACT = "chain_id kind on recorded_on passed by_id"


def _facts(here: Province) -> Iterator[Sequence[Any]]:
    """Two samples and a visit to each safe chain; one in fifty has stopped."""
    for n, _, kind, _ in _each_chain(here):
        if kind is not ChainKind.SAFE_SUPPLY:
            continue
        begun = _begun(here, n)
        for days, what in ((5, "sample"), (10, "post_check"), (40, "sample")):
            day = begun + timedelta(days=days)
            yield here.chains + n, what, day, day, True, here.officers[0]
        if n % 50 == 0:
            day = begun + timedelta(days=30)
            yield here.chains + n, "stop", day, day, None, here.officers[0]


def let_wait(session: Session, here: Province) -> None:
    """Only the chains of the first cooperatives are there to be evaluated."""
    others = Chain.id >= here.chains + TWINS * CHAINS
    session.execute(sa.update(Chain).where(others).values(submitted_at=None))


def copy_past(session: Session, here: Province) -> None:
    """The other chains lived like their twins; what was stored of these holds.

    To evaluate the past of them all would take ten times as long, for the same rows.
    """
    names = {"first": here.chains, "block": TWINS * CHAINS}
    session.execute(sa.text("ALTER TABLE chains DISABLE TRIGGER USER"))
    for statement in (*_copies(), _STATES):
        session.execute(sa.text(statement), names)
    session.execute(sa.text("ALTER TABLE chains ENABLE TRIGGER USER"))


_TWIN = "CAST(:first AS integer) + (c.id - :first) % CAST(:block AS integer)"
_STATES = (
    "UPDATE chains SET state = t.state, submitted_at = t.submitted_at,"
    " evaluated_on = t.evaluated_on, next_change_on = t.next_change_on"
    f" FROM chains c JOIN chains t ON t.id = {_TWIN}"
    " WHERE c.id = chains.id AND c.id >= :first + :block"
)


def _copies() -> Iterator[str]:
    for table in (ChainInterval, ChainEvaluation, ChainInput):
        columns = [column.name for column in table.__table__.columns]
        own = {"chain_id": "c.id", "unit_id": "c.unit_id"}
        told = ", ".join(own.get(name, f't."{name}"') for name in columns)
        quoted = ", ".join(f'"{name}"' for name in columns)
        name = table.__table__.name
        yield (
            f"INSERT INTO {name} ({quoted}) SELECT {told} FROM chains c"
            f" JOIN {name} t ON t.chain_id = {_TWIN} WHERE c.id >= :first + :block"
        )

"""Many who accept at once: a small hot market, and the processes that storm it.

Every attempt is a transaction of its own on a connection of its own process.
`promise` attempts take kilograms and write them into a journal in the same
transaction; `accept` attempts are whole answers to a proposal.
"""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import create_app
from marketplace.domain.actor import Actor
from marketplace.domain.errors import Refused
from marketplace.services import jobs
from marketplace.services.contract_endings import expire_unsigned, withdraw_contract
from marketplace.services.contracts import access_contract
from marketplace.services.proposal_expiry import expire_proposals
from marketplace.services.proposals import accept_terms, decline_proposal
from marketplace.services.quantities import (
    promise_kg,
    promise_tranche,
    release_harvest,
    release_tranche,
)
from marketplace.services.signing import Sign, current_version, sign_contract
from models.contracts import Contract, ContractLine
from models.database import db, transaction
from models.harvests import Harvest
from models.offers import Tranche
from models.organisations import Organisation
from tests.factories import NOW, PASSWORD, TODAY, Make
from tests.markets import testing
from tests.nursery import nursery

PROCESSES = 8
MOST_TRIES = 6
LATER = NOW + timedelta(hours=1)
LOT_KG = 1_000
DELIVERY = date(2026, 8, 4)
# Whoever is told so may try again: deadlock, serialisation, a lock not had in time.
TRY_AGAIN = frozenset({"40P01", "40001", "55P03"})

journal = sa.Table(
    "test_journal",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("harvest_id", sa.Integer, nullable=False),
    sa.Column("tranche_id", sa.Integer, nullable=False),
    sa.Column("kg", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class Attempt:
    """One thing that one process tries: a verb and what it needs."""

    verb: str
    arguments: tuple[Any, ...]


@dataclass
class Report:
    """What became of many attempts; seconds by verb."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[Any, ...]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    retries: Counter[str] = field(default_factory=Counter)
    began: float = float("inf")
    ended: float = 0.0

    def add(self, other: Report) -> None:
        self.outcomes += other.outcomes
        self.retries += other.retries
        self.refused += other.refused
        self.errors += other.errors
        self.seconds += other.seconds
        self.began = min(self.began, other.began)
        self.ended = max(self.ended, other.ended)

    @property
    def rate(self) -> float:
        """Attempts a second, from the first that began to the last that ended."""
        return len(self.seconds) / (self.ended - self.began)

    def percentile_ms(self, percent: int) -> float:
        """So many percent of the attempts took no longer than this."""
        ordered = sorted(self.seconds)
        place = min(len(ordered) * percent // 100, len(ordered) - 1)
        return round(ordered[place] * 1000, 2)


# --- the market ----------------------------------------------------------------


@dataclass(frozen=True)
class HotMarket:
    """What is fought over: posts for promises, proposals for answers."""

    harvests: tuple[int, ...]
    tranches: tuple[int, ...]
    proposals: tuple[tuple[str, Actor, Actor], ...]


def make_market(session: Session, *, stock_kg: int, proposals: int) -> HotMarket:
    """Four harvests and eight tranches to promise, and proposals that want about
    twice as many kilograms as there are. Who sells here also buys there.
    """
    make = Make(session)
    people = [make.member() for _ in range(4)] + [
        make.member(make.buyer()) for _ in range(6)
    ]
    hot = [_harvest(make, who, stock_kg) for who in people[:4]]
    days = [DELIVERY + timedelta(days=n) for n in range(8)]
    wanted = make.offer(tranches=[(day, stock_kg // 3) for day in days])
    return HotMarket(
        tuple(harvest.id for harvest in hot),
        tuple(tranche.id for tranche in wanted.tranches),
        tuple(_proposals(make, people, proposals)),
    )


def _harvest(make: Make, who: Actor, kg: int) -> Harvest:
    return make.harvest(_own(make, who), likely_kg=kg)


def _own(make: Make, who: Actor) -> Organisation:
    return make.session.get_one(Organisation, who.organisation_id)


def _proposals(
    make: Make, people: Sequence[Actor], many: int
) -> Iterator[tuple[str, Actor, Actor]]:
    """An offer has room for two of its three or four sellers, a harvest for half."""
    sellers = people[:4]
    stock = many // len(sellers) * LOT_KG // 2
    harvests = [_harvest(make, who, stock) for who in sellers]
    made = 0
    for buyer in itertools.cycle(people):
        offer = make.offer(_own(make, buyer), tranches=[(DELIVERY, 2 * LOT_KG)])
        for seller, harvest in zip(sellers, harvests, strict=True):
            if seller is not buyer and made < many:
                proposal = make.proposal(harvest, offer, kg=LOT_KG)
                yield proposal.public_id, seller, buyer
                made += 1
        if made == many:
            return


# --- what is tried ----------------------------------------------------------------


def promises(market: HotMarket, many: int, chance: random.Random) -> list[Attempt]:
    """Attempts to take some kilograms of a harvest for a tranche."""
    return [
        Attempt(
            "promise",
            (
                chance.choice(market.harvests),
                chance.choice(market.tranches),
                chance.choice((100, 250, 500, 1_000)),
            ),
        )
        for _ in range(many)
    ]


def answers(market: HotMarket, chance: random.Random) -> list[Attempt]:
    """Both sides say yes twice to every proposal, all four close together."""
    found = []
    for public_id, seller, buyer in market.proposals:
        four = [seller, seller, buyer, buyer]
        chance.shuffle(four)
        found += [Attempt("accept", (who, public_id)) for who in four]
    return found


def promise(session: Session, harvest_id: int, tranche_id: int, kg: int) -> str:
    promise_kg(session, harvest_id, kg)
    promise_tranche(session, tranche_id, kg)
    row = {"harvest_id": harvest_id, "tranche_id": tranche_id, "kg": kg}
    session.execute(journal.insert().values(row))
    return "promised"


def release(session: Session, row: int) -> str:
    """Give one entry of the journal back, if nobody else has."""
    gone = session.execute(
        journal.delete()
        .where(journal.c.id == row)
        .returning(journal.c.harvest_id, journal.c.tranche_id, journal.c.kg)
    ).first()
    if gone is None:
        return "gone"
    release_harvest(session, gone.harvest_id, gone.kg)
    release_tranche(session, gone.tranche_id, gone.kg)
    return "released"


def accept(session: Session, who: Actor, public_id: str) -> str:
    return accept_terms(session, who, public_id, 0, today=TODAY, now=LATER).state.value


def decline(session: Session, who: Actor, public_id: str) -> str:
    return decline_proposal(session, who, public_id, "Đã đủ", now=LATER).state.value


def lapse(session: Session) -> str:
    """The clock comes by, after all terms have lapsed, while others still answer."""
    return f"lapsed {expire_proposals(session, now=NOW + timedelta(days=4)) > 0}"


def sign(session: Session, who: Actor, public_id: str) -> str:
    contract = access_contract(session, who, public_id)
    command = Sign(current_version(session, contract).digest, PASSWORD, True)
    signed = sign_contract(session, who, public_id, command, today=TODAY, now=LATER)
    return signed.state.value


def withdraw(session: Session, who: Actor, public_id: str) -> str:
    return withdraw_contract(session, who, public_id, "Hết chỗ", now=LATER).state.value


def expire(session: Session) -> str:
    """The clock comes by when nobody may sign any more."""
    return f"expired {expire_unsigned(session, now=NOW + timedelta(days=30)) > 0}"


VERBS = {
    one.__name__: one
    for one in (promise, release, accept, decline, lapse, sign, withdraw, expire)
}


# --- what must be left behind ------------------------------------------------------


def oversold(session: Session) -> int:
    """Posts that promise more than they have, whatever the constraints say."""
    harvests = sa.select(sa.func.count(Harvest.id)).where(
        Harvest.promised_kg > Harvest.limit_kg
    )
    tranches = sa.select(sa.func.count(Tranche.id)).where(
        Tranche.promised_kg > Tranche.kg
    )
    return (session.scalar(harvests) or 0) + (session.scalar(tranches) or 0)


def miscounted(session: Session) -> list[tuple[str, int, int, int]]:
    """Posts whose counter is not the sum of their contracts and the journal."""
    return [
        (name, row.id, row.promised_kg, held)
        for name, post, entry, line in (
            ("harvest", Harvest, journal.c.harvest_id, Contract.harvest_id),
            ("tranche", Tranche, journal.c.tranche_id, ContractLine.tranche_id),
        )
        for row in session.execute(sa.select(post.id, post.promised_kg))
        if row.promised_kg != (held := _held(session, row.id, entry, line))
    ]


def _held(session: Session, id_: int, entry: Any, line: Any) -> int:
    in_journal = sa.select(sa.func.sum(journal.c.kg)).where(entry == id_)
    in_contracts = (
        sa.select(sa.func.sum(ContractLine.kg - ContractLine.released_kg))
        .join(Contract, Contract.id == ContractLine.contract_id)
        .where(line == id_)
    )
    return (session.scalar(in_journal) or 0) + (session.scalar(in_contracts) or 0)


def wrongly_refused(session: Session, report: Report) -> list[tuple[Any, ...]]:
    """Promises that were refused although they would fit even now.

    While nothing is given back, what fits at the end has fitted at all times.
    """
    supply = _left(session, Harvest, Harvest.limit_kg)
    demand = _left(session, Tranche, Tranche.kg)
    return [
        refused
        for refused in report.refused
        if refused[0] == "promise"
        and refused[3] <= min(supply[refused[1]], demand[refused[2]])
    ]


def _left(session: Session, post: Any, limit: Any) -> dict[int, int]:
    rows = session.execute(sa.select(post.id, limit - post.promised_kg))
    return dict(rows.all())


# --- the storm ---------------------------------------------------------------------


def storm(
    url: str, folder: Path, attempts: Sequence[Attempt], processes: int = PROCESSES
) -> Report:
    """All attempts, dealt out to processes that begin together."""
    context = nursery()
    gate, answers_ = context.Barrier(processes), context.SimpleQueue()
    crowd = [
        context.Process(
            target=_work,
            args=(url, folder, attempts[n::processes], gate, answers_),
            daemon=True,
        )
        for n in range(processes)
    ]
    for one in crowd:
        one.start()
    total = Report()
    for _ in crowd:
        total.add(answers_.get())
    for one in crowd:
        one.join()
    return total


def _work(
    url: str, folder: Path, attempts: Sequence[Attempt], gate: Any, answers_: Any
) -> None:
    report = Report()
    try:
        app = create_app(testing(url, folder))
        jobs.on_enqueue(lambda _seconds: None)
        with app.app_context():
            with transaction(read_only=True) as session:
                session.execute(sa.select(Harvest.id))
            gate.wait(60)
            report.began = time.time()
            for attempt in attempts:
                try_attempt(attempt, report)
            db.session.remove()
            db.engine.dispose()
    except Exception as error:  # noqa: BLE001 - told to the parent, which fails
        report.errors.append(repr(error))
    report.ended = time.time()
    answers_.put(report)


def try_attempt(attempt: Attempt, report: Report) -> None:
    began = time.perf_counter()
    for tries in itertools.count(1):
        try:
            with transaction() as session:
                outcome = VERBS[attempt.verb](session, *attempt.arguments)
        except Refused:
            outcome = "refused"
            report.refused.append((attempt.verb, *attempt.arguments))
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state in TRY_AGAIN and tries < MOST_TRIES:
                report.retries[state] += 1
                db.session.remove()
                time.sleep(random.random() * 0.02 * 2**tries)
                continue
            outcome = "failed"
            report.errors.append(f"{attempt.verb}: {error}")
        break
    db.session.remove()
    report.seconds.append(time.perf_counter() - began)
    report.outcomes[f"{attempt.verb} {outcome}"] += 1

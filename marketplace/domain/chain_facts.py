"""What is known about a chain, as plain values for its predicates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from marketplace.domain.land import Piece
from marketplace.domain.papers import Paper, counts_on
from marketplace.domain.words import (
    ChainKind,
    ContractState,
    Market,
    OrganisationKind,
    Side,
    Stage,
)


@dataclass(frozen=True)
class Interval:
    """From a day up to another that is not included; without an end it is open."""

    first: date
    until: date | None = None

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Party:
    """One side of a contract; `entity` is the tax code without a branch."""

    organisation_id: int
    kind: OrganisationKind
    entity: str
    side: Side


@dataclass(frozen=True)
class ContractFacts:
    """A contract linked to the chain.

    `contracted_kg` are those of all its seasons; `seasons_kg` are the first day and
    the kilograms of each, the earliest first, where it binds several. `ended_on` is the first day on which it was no longer in force, if that
    came before `effective_to` (which is not included either). `land` is the piece of
    land that it names, the same for all contracts that name the same one; without
    it the land is the contract's own. `market` is the one abroad that its goods go to.
    """

    id: int
    state: ContractState
    signed_on: date | None
    effective_from: date
    effective_to: date
    parties: tuple[Party, ...]
    stages: frozenset[Stage]
    product_groups: frozenset[str]
    linked: Interval
    seasons: frozenset[str] = frozenset()
    contracted_kg: int = 0
    seasons_kg: tuple[tuple[date, int], ...] = ()
    area_ha: Decimal = Decimal(0)
    land: tuple[str, int] | None = None
    missing: tuple[str, ...] = ()
    ended_on: date | None = None
    suspended: tuple[Interval, ...] = ()
    market: Market | None = None
    fulfilment_pct: Decimal = Decimal(0)
    ended_for_breach: bool = False

    @property
    def end(self) -> date:
        """First day after it was in force."""
        return min(self.effective_to, self.ended_on or self.effective_to)

    def kg_on(self, day: date) -> int:
        """Kilograms of the season that runs on a day, which PD7 weighs.

        PD7 asks whether enough is bound on the day; what later seasons promise, or
        earlier ones brought, does not make today's chain larger. The running season
        is the last one that has begun; before the first it is the first.
        """
        if not self.seasons_kg:
            return self.contracted_kg
        begun = [kg for first_day, kg in self.seasons_kg if first_day <= day]
        return begun[-1] if begun else self.seasons_kg[0][1]


@dataclass(frozen=True)
class Evidence:
    """A paper of a facility or area that serves a stage.

    `exempt` marks a selling point that needs no certificate by law; `stopped` are the
    days on which a paper that counts again was suspended.
    """

    stage: Stage
    paper: Paper | None
    exempt: bool = False
    stopped: tuple[Interval, ...] = ()

    def counts_on(self, day: date) -> bool:
        """Whether the paper itself counted on a day."""
        if self.paper is None or any(stop.contains(day) for stop in self.stopped):
            return False
        return counts_on(self.paper, day)


@dataclass(frozen=True)
class Recognition:
    """An officer's yes; for safe supply it is the confirmation.

    `valid_to` is its last day. Four eyes: no user of a party decided it.
    `recorded_on` is the day of the decision, `issued_on` if not given.
    """

    issued_on: date
    number: str = ""
    valid_to: date | None = None
    withdrawn_on: date | None = None
    four_eyes: bool = True
    recorded_on: date | None = None


@dataclass(frozen=True)
class Check:
    """A surveillance sample or a post-check; one that failed is open until settled.

    `recorded_on` is the day on which the market learned of it, `on` if not given.
    """

    on: date
    passed: bool
    settled_on: date | None = None
    recorded_on: date | None = None

    def open_on(self, day: date) -> bool:
        settled = self.settled_on is not None and self.settled_on <= day
        return not self.passed and self.on <= day and not settled


@dataclass(frozen=True)
class ShippedLots:
    """Lots that went out on a day, on notes that both sides stand by.

    `linked_on` is since when the market knows where all of them came from and where
    they went; None while one step is missing. `recorded_on` is when it learned of them.
    """

    on: date
    lots: int = 1
    linked_on: date | None = None
    recorded_on: date | None = None


@dataclass(frozen=True)
class ChainFacts:
    """Everything the predicates look at.

    None for samples, post-checks or lots means that the market does not keep
    such records yet; an empty tuple means that there are none. `case_findings` are
    serious faults that monitoring cases found: open until mended, and no visit.
    such records yet; an empty tuple means that there are none. `gardens` are those of
    the contracts that have or had outlines, with the hectares that they are declared
    to have, and `pieces` the land under the outlines.
    """

    kind: ChainKind
    product_group: str
    contracts: tuple[ContractFacts, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    own_stages: frozenset[Stage] = frozenset()
    samples: tuple[Check, ...] | None = None
    post_checks: tuple[Check, ...] | None = None
    case_findings: tuple[Check, ...] = ()
    lots: tuple[ShippedLots, ...] | None = None
    stops: tuple[Interval, ...] = ()
    suspensions: tuple[Interval, ...] = ()
    submitted_on: date | None = None
    returned_on: date | None = None
    gardens: tuple[tuple[int, Decimal], ...] = ()
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class PredicateResult:
    """The answer of one predicate; None: the data for it does not exist yet."""

    code: str
    holds: bool | None
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def fails(self) -> bool:
        return self.holds is False


def yes(code: str, reason: str = "met", **params: object) -> PredicateResult:
    """The predicate holds; `params` are what its sentence names."""
    return PredicateResult(code, True, reason, params)


def no(code: str, reason: str, **params: object) -> PredicateResult:
    """The predicate fails for this reason; `params` are what its sentence names."""
    return PredicateResult(code, False, reason, params)


def unknown(code: str, reason: str) -> PredicateResult:
    """The predicate has no answer yet, for this reason."""
    return PredicateResult(code, None, reason)

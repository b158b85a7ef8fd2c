"""How an organisation keeps its word: facts of contracts, and what they add up to.

Every fact is one thing that happened, told in whole numbers: so much was due and
so much of it was good. A figure is the sum of such facts, so the order in which
they are read, and how they are grouped, never changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.domain.words import Side


class FactKind(StrEnum):
    """What is told: contracts, kilograms, findings, claims, payments, answers."""

    CONTRACT = "contract"
    FULFILMENT = "fulfilment"
    ON_TIME = "on_time"
    QUALITY = "quality"
    CLAIM = "claim"
    PAYMENT = "payment"
    ANSWER = "answer"
    MAJEURE = "majeure"


class ContractEnd(StrEnum):
    """How a contract ended for one of its sides."""

    KEPT = "kept"
    LAPSED = "lapsed"
    BROKEN = "broken"
    BROKEN_BY_OTHER = "broken_by_other"
    ENDED_EARLY = "ended_early"
    UNCLEAR = "unclear"


# What says something of the side: the rest ended without a fault that is proved.
_TELLING = frozenset({ContractEnd.KEPT, ContractEnd.LAPSED, ContractEnd.BROKEN})


class FactStanding(StrEnum):
    """Whether a fact is disputed: it counts until an officer takes it out."""

    PLAIN = "plain"
    CONTESTED = "contested"
    UPHELD = "upheld"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Fact:
    """One fact of an organisation: `good` of `total`, in the unit of its kind.

    Kilograms for fulfilment, on time and quality, else things that happened.
    `contract` tells contracts apart, `key` facts of one kind.
    """

    kind: FactKind
    key: str
    contract: int
    day: date
    good: int
    total: int
    days_late: int = 0
    end: ContractEnd | None = None
    standing: FactStanding = FactStanding.PLAIN

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.total or self.days_late < 0:
            raise ValueError(self.key)

    @property
    def counts(self) -> bool:
        return self.standing is not FactStanding.EXCLUDED


@dataclass(frozen=True)
class Ending:
    """What is known of how a contract ended, for both sides.

    `breaker` is the side that owes the penalty both stand by; `delivered` and
    `paid` say whether each side did its part.
    """

    fulfilled: bool = False
    for_breach: bool = False
    early: bool = False
    breaker: Side | None = None
    delivered: bool = False
    paid: bool = False


def end_for(side: Side, ending: Ending) -> ContractEnd:
    """How the contract ended for one side.

    A breach is laid at a side's door only where a penalty says whose it was.
    """
    if ending.fulfilled:
        return ContractEnd.KEPT
    if ending.for_breach and ending.breaker is None:
        return ContractEnd.UNCLEAR
    if ending.for_breach:
        mine = ending.breaker is side
        return ContractEnd.BROKEN if mine else ContractEnd.BROKEN_BY_OTHER
    if ending.early:
        return ContractEnd.ENDED_EARLY
    done = ending.delivered if side is Side.SELLER else ending.paid
    return ContractEnd.KEPT if done else ContractEnd.LAPSED


def contract_fact(contract: int, key: str, day: date, end: ContractEnd) -> Fact:
    """The fact of a contract that is over; what nobody is to blame for weighs nought."""
    telling = int(end in _TELLING)
    good = int(end is ContractEnd.KEPT)
    return Fact(FactKind.CONTRACT, key, contract, day, good, telling, end=end)


@dataclass(frozen=True)
class Figure:
    """The facts of one kind together; `facts` counts those that count."""

    kind: FactKind
    facts: int = 0
    good: int = 0
    total: int = 0
    days_late: int = 0
    contracts: frozenset[int] = frozenset()
    ends: tuple[tuple[ContractEnd, int], ...] = ()
    contested: int = 0
    excluded: int = 0

    @property
    def bad(self) -> int:
        return self.total - self.good

    @property
    def good_pct(self) -> int | None:
        """Whole percent, rounded half up; None where nothing was due."""
        return percent(self.good, self.total)

    @property
    def bad_pct(self) -> int | None:
        return percent(self.bad, self.total)

    @property
    def mean_days_late(self) -> int | None:
        """Days late a fact, those in time counted as nought; rounded half up."""
        return (2 * self.days_late + self.facts) // (2 * self.facts or 1)


def percent(part: int, whole: int) -> int | None:
    """Whole percent, rounded half up, in whole numbers alone.

    All and nothing stay apart: 100 means every one, 0 means none.
    """
    if whole == 0:
        return None
    if 0 < part < whole:
        return min(99, max(1, (200 * part + whole) // (2 * whole)))
    return 100 if part else 0


def figure_of(kind: FactKind, facts: Iterable[Fact]) -> Figure:
    """What the facts of one kind add up to; others are passed over."""
    mine = [fact for fact in facts if fact.kind is kind]
    counted = [fact for fact in mine if fact.counts]
    ends = [fact.end for fact in counted if fact.end]
    standings = [fact.standing for fact in mine]
    return Figure(
        kind,
        facts=len(counted),
        good=sum(fact.good for fact in counted),
        total=sum(fact.total for fact in counted),
        days_late=sum(fact.days_late for fact in counted),
        contracts=frozenset(fact.contract for fact in counted),
        ends=tuple((end, ends.count(end)) for end in ContractEnd if end in ends),
        contested=standings.count(FactStanding.CONTESTED),
        excluded=standings.count(FactStanding.EXCLUDED),
    )


def figures_of(facts: Iterable[Fact]) -> dict[FactKind, Figure]:
    """A figure for every kind of which there is anything to say, in a fixed order."""
    listed = list(facts)
    found = {kind: figure_of(kind, listed) for kind in FactKind}
    return {k: one for k, one in found.items() if one.facts or one.excluded}


def says_enough(figure: Figure, known: Collection[int], least: int) -> bool:
    """Whether a stranger may read the figure without learning of one contract.

    `known` are the contracts of the reader's own with the organisation: taken out
    of the sum they leave the others, of which there must be enough.
    """
    return len(figure.contracts - frozenset(known)) >= least


BEST = 0
"""The class of those who keep their word, and of those of whom too little is known."""


def record_class(figures: Mapping[FactKind, Figure], least: int) -> int:
    """0 is best; one more for every ten percent that is missing on the average.

    What force majeure took says nothing of a side. Only for ties: figures of fewer than `least` contracts say nothing, and who
    has none that says anything is not put behind anybody.
    """
    shares = [
        1000 * figure.good // figure.total
        for figure in figures.values()
        if figure.kind is not FactKind.MAJEURE
        if figure.total and len(figure.contracts) >= least
    ]
    if not shares:
        return BEST
    return (1000 - sum(shares) // len(shares)) // 100

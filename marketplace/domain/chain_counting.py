"""Numbers of chains on one day: what was ever confirmed, what stopped, what runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from marketplace.domain.words import ChainKind, ChainState

STOPPED = frozenset({ChainState.STOPPED, ChainState.REVOKED, ChainState.EXPIRED})


@dataclass(frozen=True)
class ChainDay:
    """A chain's kind and state on the day of a count.

    `recognised` says that it was recognised or confirmed at some time before.
    """

    kind: ChainKind
    state: ChainState
    recognised: bool
    built_only: bool = False
    between_seasons: bool = False


@dataclass(frozen=True)
class ChainCount:
    """Numbers of one kind on one day.

    `headline` is active plus at risk; `operating` is what was ever confirmed
    less what stopped, was revoked or expired. `built_only` lacks nothing but the
    confirmation and is part of no other number.
    """

    cumulative: int = 0
    stopped: int = 0
    active: int = 0
    at_risk: int = 0
    suspended: int = 0
    waiting: int = 0
    built_only: int = 0
    between_seasons: int = 0

    @property
    def operating(self) -> int:
        return self.cumulative - self.stopped

    @property
    def headline(self) -> int:
        return self.active + self.at_risk

    def __add__(self, other: ChainCount) -> ChainCount:
        """The numbers of two groups that share no chain."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return ChainCount(*(mine + theirs for mine, theirs in pairs))


def count_chains(chains: Iterable[ChainDay], kind: ChainKind) -> ChainCount:
    """Count the chains of a kind by the states of one day."""
    of_kind = [chain for chain in chains if chain.kind is kind]
    recognised = [chain.state for chain in of_kind if chain.recognised]
    return ChainCount(
        cumulative=len(recognised),
        stopped=sum(state in STOPPED for state in recognised),
        active=recognised.count(ChainState.ACTIVE),
        at_risk=recognised.count(ChainState.AT_RISK),
        suspended=recognised.count(ChainState.SUSPENDED),
        waiting=sum(chain.state is ChainState.SUBMITTED for chain in of_kind),
        built_only=sum(chain.built_only for chain in of_kind),
        between_seasons=sum(chain.between_seasons for chain in of_kind),
    )

"""Which state may follow which: one table for services, tests and triggers."""

from __future__ import annotations

from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycle_kinds import INITIAL, Lifecycle
from marketplace.domain.lifecycle_tables import TRANSITIONS

__all__ = [
    "INITIAL",
    "TRANSITIONS",
    "Lifecycle",
    "check_transition",
    "is_final",
    "may_follow",
    "sources_of",
    "transition_pairs",
]
NOT_NOW = N_("Lúc này không làm được việc đó nữa, tải lại trang để xem")


def may_follow(kind: Lifecycle | str, old: str, new: str) -> bool:
    """Whether `new` is a legal next state; a state does not follow itself."""
    return new in TRANSITIONS[Lifecycle(kind)].get(old, frozenset())


def check_transition(kind: Lifecycle | str, old: str, new: str) -> None:
    """Refuse a step that the table does not know."""
    if not may_follow(kind, old, new):
        raise Refused(NOT_NOW)


def transition_pairs(kind: Lifecycle | str) -> list[tuple[str, str]]:
    """All legal (old, new) of a kind as plain strings, sorted."""
    table = TRANSITIONS[Lifecycle(kind)]
    return sorted((str(old), str(new)) for old, news in table.items() for new in news)


def sources_of(kind: Lifecycle | str, new: str) -> list[str]:
    """The states from which `new` may be reached, for a conditional UPDATE."""
    return [old for old, target in transition_pairs(kind) if target == new]


def is_final(kind: Lifecycle | str, state: str) -> bool:
    """Whether no other state may follow this one."""
    return not TRANSITIONS[Lifecycle(kind)][state]

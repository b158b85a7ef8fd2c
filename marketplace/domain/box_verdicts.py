"""What the page of a box may say on top: right, incomplete, past, held, recalled, destroyed or void."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BoxVerdict(StrEnum):
    """From good to bad."""

    RIGHT = "right"
    INCOMPLETE = "incomplete"
    PAST = "past"
    HELD = "held"
    RECALLED = "recalled"
    DESTROYED = "destroyed"
    VOID = "void"


class BoxGap(StrEnum):
    """What a record lacks to be whole."""

    ORIGIN = "origin"
    PAPERS = "papers"
    DIARY = "diary"


@dataclass(frozen=True)
class BoxFacts:
    """What is known of a lot on a day.

    `traced`: every kilogram comes from a garden here. `interval_kept` is None where
    a garden has no spray diary, so that nobody knows; `papers_valid` whether each
    garden had a certificate that counted on the day it was picked.
    """

    traced: bool
    interval_kept: bool | None
    papers_valid: bool
    past_best: bool = False
    held: bool = False
    recalled: bool = False
    destroyed: bool = False
    void: bool = False

    @property
    def verdict(self) -> BoxVerdict:
        """The worst that is true of the lot."""
        if self.void:
            return BoxVerdict.VOID
        if self.destroyed:
            return BoxVerdict.DESTROYED
        if self.recalled:
            return BoxVerdict.RECALLED
        if self.held:
            return BoxVerdict.HELD
        if self.past_best:
            return BoxVerdict.PAST
        if self.missing or self.interval_kept is False:
            return BoxVerdict.INCOMPLETE
        return BoxVerdict.RIGHT

    @property
    def missing(self) -> list[BoxGap]:
        """What nobody wrote down or verified."""
        lacks = {
            BoxGap.ORIGIN: not self.traced,
            BoxGap.PAPERS: not self.papers_valid,
            BoxGap.DIARY: self.interval_kept is None,
        }
        return [gap for gap, lacking in lacks.items() if lacking]


def trace_code(product: str, place: str, lot: str, day: str) -> str:
    """The trace code of the law (TR-03): product, place, lot and day, with dots.

    The first two are GS1 numbers where there are some, else codes of our own under
    the structure that TCVN 13274 leaves to the organisation.
    """
    return f"{product}.{place}.{lot}.{day}"

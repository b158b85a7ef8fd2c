"""From when to when every certificate is valid, in days from today."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from marketplace.demo.cooperatives import (
    LAPSED_JUST_NOW,
    LAPSED_LONG_AGO,
    Seat,
)

TWO_YEARS, THREE_YEARS = 730, 1095
# Days until VietGAP ends where that is near: the board's list of expiries.
SOON = {
    "Nhãn Vàng": 12,
    "Xoài Xanh": 20,
    "Pá Hồng": 33,
    "Cầu Vồng": 41,
    "Hoa Lê": 52,
    "Bãi Bồi": 58,
}
PAST = {LAPSED_LONG_AGO: -100, LAPSED_JUST_NOW: -12}


@dataclass(frozen=True)
class Term:
    """First and last day as days from today; negative is past."""

    first: int
    last: int


def vietgap_terms(seats: list[Seat], rng: Random) -> dict[str, tuple[Term, ...]]:
    """One certificate, or an old one and the one that follows it."""
    terms: dict[str, tuple[Term, ...]] = {}
    for seat in seats:
        if seat.short in SOON or seat.short in PAST:
            last = SOON.get(seat.short) or PAST[seat.short]
            terms[seat.short] = (_ending(last),)
        elif seat.holds_vietgap:
            terms[seat.short] = _usual(rng)
    return terms


def _ending(last: int) -> Term:
    return Term(last - TWO_YEARS, last)


def _usual(rng: Random) -> tuple[Term, ...]:
    if rng.random() < 0.3:
        return (_ending(rng.randrange(100, 290)),)
    renewed = -rng.randrange(25, 280)
    return _ending(renewed), Term(renewed + 1, renewed + TWO_YEARS)

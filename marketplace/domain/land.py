"""How much land papers and contracts speak of: by outlines, else as declared.

The same piece of land never counts twice (GA-04), whoever names it: codes of several
markets, several certificates, several contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

PLACES = Decimal("0.0001")  # a square metre
NONE = Decimal(0)

Gardens = frozenset[Hashable]
Covered = Callable[[Gardens], Decimal]
"""Hectares that the outlines within these gardens cover together."""


@dataclass(frozen=True)
class Claim:
    """What one paper or contract says: these gardens, or so many hectares of them.

    Without a number it speaks of all that is drawn in them.
    """

    gardens: Gardens
    declared_ha: Decimal | None


@dataclass(frozen=True)
class Land:
    """Hectares counted once: measured by outlines, and declared where none is drawn."""

    measured_ha: Decimal = NONE
    declared_ha: Decimal = NONE

    @property
    def hectares(self) -> Decimal:
        return self.measured_ha + self.declared_ha

    def __add__(self, other: Land) -> Land:
        return Land(
            self.measured_ha + other.measured_ha, self.declared_ha + other.declared_ha
        )


@dataclass(frozen=True)
class Held:
    """A garden has a piece of land from a day up to another, not included."""

    garden: int
    first: date
    until: date | None = None

    def on(self, day: date) -> bool:
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Piece:
    """Hectares that all lie under the same outlines, and under no others."""

    hectares: Decimal
    held: tuple[Held, ...]


def land_of(
    claims: Iterable[Claim],
    said: Mapping[Hashable, Decimal],
    drawn: Set[Hashable],
    covered: Covered,
) -> Land:
    """The land that the claims speak of together.

    `said` are the hectares that each garden is declared to have, `drawn` those with
    outlines. A claim for no less than its gardens is for all of them: their outlines
    count. One for less counts as it says, as far as outlines leave room for it.
    """
    whole, parts = _sorted_out(list(claims), said)
    seen: Gardens = frozenset().union(*(one.gardens for one in whole))
    land = Land(covered(seen & drawn), _declared(whole, said, seen - drawn))
    for gardens, hectares in sorted(
        parts.items(), key=lambda one: sorted(map(str, one[0]))
    ):
        left = gardens - seen
        if left:
            land += _part(left, hectares, seen & drawn, said, drawn, covered)
            seen |= gardens
    return land


def covered_by(pieces: Iterable[Piece], day: date) -> tuple[Set[Hashable], Covered]:
    """The gardens that are drawn on a day, and what they cover together."""
    there = [
        (piece.hectares, {held.garden for held in piece.held if held.on(day)})
        for piece in pieces
    ]
    drawn: Set[Hashable] = frozenset().union(*(gardens for _, gardens in there))

    def covered(gardens: Gardens) -> Decimal:
        found = (hectares for hectares, held in there if held & gardens)
        return sum(found, NONE).quantize(PLACES, ROUND_HALF_UP)

    return drawn, covered


def merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Pieces held in the same way are one; in an order that stays the same."""
    found: dict[tuple[Held, ...], Decimal] = {}
    for piece in pieces:
        held = tuple(sorted(set(piece.held), key=_order))
        found[held] = found.get(held, NONE) + piece.hectares
    ordered = sorted(found.items(), key=lambda one: [*map(_order, one[0])])
    return tuple(Piece(hectares, held) for held, hectares in ordered if held)


def drawn_by(pieces: Iterable[Piece], day: date) -> tuple[Piece, ...]:
    """The pieces as they were known on a day: what was drawn or ended later left out."""
    return merged(
        Piece(
            piece.hectares,
            tuple(
                replace(held, until=None) if held.until and held.until > day else held
                for held in piece.held
                if held.first <= day
            ),
        )
        for piece in pieces
    )


def _order(held: Held) -> tuple[int, date, date]:
    return held.garden, held.first, held.until or date.max


def _sorted_out(
    claims: Iterable[Claim], said: Mapping[Hashable, Decimal]
) -> tuple[list[Claim], dict[Gardens, Decimal]]:
    """Claims for whole gardens, and the most that is said of parts of some."""
    whole: list[Claim] = []
    parts: dict[Gardens, Decimal] = {}
    for claim in claims:
        all_of_them = sum((said.get(one, NONE) for one in claim.gardens), NONE)
        if claim.declared_ha is None or claim.declared_ha >= all_of_them:
            whole.append(claim)
        else:
            most = max(claim.declared_ha, parts.get(claim.gardens, NONE))
            parts[claim.gardens] = most
    return whole, parts


def _declared(
    whole: Iterable[Claim], said: Mapping[Hashable, Decimal], undrawn: Gardens
) -> Decimal:
    """Of gardens without outlines what is said of them; of one alone, the most."""
    found: dict[Hashable, Decimal] = {}
    for claim in whole:
        for garden in claim.gardens & undrawn if claim.declared_ha is not None else ():
            alone = claim.declared_ha if len(claim.gardens) == 1 else None
            here = said.get(garden, NONE) if alone is None else alone
            found[garden] = max(here, found.get(garden, NONE))
    return sum(found.values(), NONE)


def _part(
    gardens: Gardens,
    hectares: Decimal,
    seen: Gardens,
    said: Mapping[Hashable, Decimal],
    drawn: Set[Hashable],
    covered: Covered,
) -> Land:
    """So many hectares of gardens, but no more than outlines leave of them."""
    fresh = gardens & drawn
    room = covered(seen | fresh) - covered(seen) if fresh else NONE
    room += sum((said.get(one, NONE) for one in gardens - drawn), NONE)
    return Land(measured_ha=room) if room < hectares else Land(declared_ha=hectares)

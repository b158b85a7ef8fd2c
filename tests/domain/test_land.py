"""Land counted once: outlines where they are drawn, else what is declared."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.land import (
    Claim,
    Held,
    Piece,
    covered_by,
    drawn_by,
    land_of,
    merged,
)

DAY = date(2026, 6, 1)
SAID = {1: Decimal(2), 2: Decimal(3), 3: Decimal(1)}


def claim(*gardens, ha=None):
    return Claim(frozenset(gardens), None if ha is None else Decimal(ha))


def piece(hectares, *gardens, first=DAY, until=None):
    held = tuple(Held(garden, first, until) for garden in gardens)
    return Piece(Decimal(hectares), held)


def count(claims, pieces=(), day=DAY):
    land = land_of(claims, SAID, *covered_by(pieces, day))
    return land.measured_ha, land.declared_ha


def test_a_drawn_garden_counts_as_its_outlines_measure():
    assert count([claim(1, ha=2)], [piece("2.1", 1)]) == (Decimal("2.1"), 0)
    assert count([claim(1, ha=2)]) == (0, 2)


def test_a_part_of_a_garden_counts_as_declared_and_never_above_its_outlines():
    assert count([claim(1, ha="0.5")], [piece("1.9", 1)]) == (0, Decimal("0.5"))
    assert count([claim(1, ha="1.5")], [piece("1.2", 1)]) == (Decimal("1.2"), 0)


def test_land_under_two_gardens_and_several_claims_counts_once():
    shared = [piece(1, 1), piece(1, 2), piece("0.5", 1, 2)]

    assert count([claim(1, ha=2), claim(2, ha=3)], shared) == (Decimal("2.5"), 0)
    assert count([claim(1, ha=2)] * 3, shared) == (Decimal("1.5"), 0)
    assert count([claim(1, ha=2), claim(1, ha="0.2")], shared)[1] == 0


def test_a_paper_for_several_gardens_measures_those_drawn_and_takes_others_as_said():
    assert count([claim(1, 3, ha=3)], [piece("1.8", 1)]) == (Decimal("1.8"), 1)


def test_what_is_drawn_later_does_not_count_before():
    later = DAY + timedelta(days=9)
    pieces = [piece("1.8", 1, first=later)]

    assert count([claim(1, ha=2)], pieces) == (0, 2)
    assert count([claim(1, ha=2)], pieces, later) == (Decimal("1.8"), 0)
    assert drawn_by(pieces, DAY) == ()


HECTARES = st.decimals(Decimal("0.01"), Decimal(9), places=4)
GARDENS = st.sets(st.sampled_from([1, 2, 3]), min_size=1)
SPANS = st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(10, 20)))
PIECES = st.lists(
    st.builds(
        lambda ha, gardens, span: piece(
            ha,
            *gardens,
            first=DAY + timedelta(span[0]),
            until=None if span[1] is None else DAY + timedelta(span[1]),
        ),
        HECTARES,
        GARDENS,
        SPANS,
    ),
    max_size=6,
)
CLAIMS = st.lists(
    st.builds(
        lambda gardens, ha: Claim(frozenset(gardens), ha),
        GARDENS,
        st.one_of(st.none(), HECTARES),
    ),
    max_size=5,
)


@given(claims=CLAIMS, pieces=PIECES, after=st.integers(0, 25))
def test_no_order_and_no_repetition_changes_the_land(claims, pieces, after):
    day = DAY + timedelta(days=after)

    found = count(claims, pieces, day)

    assert found == count([*reversed(claims), *claims], pieces[::-1], day)
    assert found == count(claims, merged(pieces), day)
    assert found == count(claims, drawn_by(pieces, day), day)


@given(claims=CLAIMS, pieces=PIECES, after=st.integers(0, 25))
def test_where_all_gardens_are_drawn_no_more_than_the_outlines_counts(
    claims, pieces, after
):
    day = DAY + timedelta(days=after)
    pieces = [*pieces, *(piece("0.5", garden) for garden in SAID)]
    drawn, covered = covered_by(pieces, day)

    land = land_of(claims, SAID, drawn, covered)

    named = frozenset().union(*(one.gardens for one in claims))
    assert land.hectares <= covered(named)

"""The level lines of a chart: few, at amounts that people count in."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.plots import MOST_LEVELS, grid, wide_enough

AMOUNTS = st.integers(1, 10**12)


@given(step=AMOUNTS, high=AMOUNTS)
def test_levels_are_few_and_as_close_as_they_may(step, high):
    wide = wide_enough(step, high)
    times = Fraction(wide) / step

    assert high / wide <= MOST_LEVELS
    while times >= 10:
        times /= 10
    assert times in (1, 2, 5)
    assert times == 1 == Fraction(wide) / step or high / (wide / Fraction(5, 2)) > 10


def test_no_step_means_no_levels():
    assert wide_enough(0, 1000) == 0


def test_a_chart_of_a_nation_has_no_grey_field_of_lines():
    drawn = grid(left=0, right=100, high=1_000_000, step=5, top=0, base=100)

    lines = re.findall(r"<line", drawn)
    assert 2 <= len(lines) <= MOST_LEVELS + 1

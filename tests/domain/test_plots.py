"""Outlines of plots: how corners are read, and the faults that are told apart."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.plot_text import (
    parse_coordinate,
    parse_corners,
    parse_wkt,
    show_corners,
)
from marketplace.domain.plots import (
    PlotLimits,
    Shape,
    check_declared,
    check_shape,
    check_size,
    closed,
    from_geojson,
    shape_of,
    tidied,
    to_geojson,
    within,
)

LIMITS = PlotLimits(103.1, 20.5, 105.1, 22.1, 50, 500, 1000, 90, 20, 10)
RING = ((103.7, 21.0), (103.71, 21.0), (103.71, 21.01), (103.7, 21.0))
DEGREES = st.tuples(
    st.floats(103.2, 105, allow_nan=False).map(lambda x: round(x, 7)),
    st.floats(20.6, 22, allow_nan=False).map(lambda x: round(x, 7)),
)


@pytest.mark.parametrize(
    "line",
    [
        "21,0571 103,7453",
        "21.0571 103.7453",
        "21.0571, 103.7453",
        "21,0571; 103,7453",
        "21.0571,103.7453",
        " (21.0571 , 103.7453) ",
        "21,0571\t103,7453",
        "21°3'25.56\"N 103°44'43.08\"E",
        "103°44'43.08\"E 21°3'25.56\"N",
    ],
)
def test_a_corner_is_read_however_a_telephone_shows_it(line):
    ((east, north),) = parse_corners(line)

    assert (round(east, 4), round(north, 4)) == (103.7453, 21.0571)


@pytest.mark.parametrize("line", ["21,0571", "vườn nhãn", "21 103 50", "nan nan", "°"])
def test_a_line_that_is_no_corner_is_told_by_its_number(line):
    with pytest.raises(Refused) as refusal:
        parse_corners(f"21,0571 103,7453\n\n{line}")

    assert (refusal.value.params["line"], refusal.value.field) == (3, "corners")


@given(
    st.lists(DEGREES, min_size=3, max_size=9, unique=True),
    st.sampled_from(["vi", "en"]),
)
def test_what_is_shown_is_read_back(points, lang):
    ring = closed(points)

    assert closed(parse_corners(show_corners(ring, lang))) == ring


@pytest.mark.parametrize(
    "text", ["inf", "1e999", "Infinity", "0x10", "1_0", "١٢", "--1"]
)
def test_a_number_is_a_number_and_nothing_else(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        parse_coordinate(text)


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (RING, None),
        (RING[:3], "plot.unclosed"),
        ((RING[0], RING[1], RING[0]), "plot.few"),
        ((RING[0], RING[0], RING[0], RING[0]), "plot.few"),
        (tuple((y, x) for x, y in RING), "plot.swapped"),
        (tuple((x + 3, y) for x, y in RING), "plot.outside"),
        (((577_123.0, 2_329_456.0), *RING[1:]), "plot.metres"),
        (((2_329_456.0, 577_123.0), *RING[1:]), "plot.metres"),
        (((float("nan"), 21.0), *RING[1:]), "plot.number"),
        (((float("inf"), 21.0), *RING[1:]), "plot.number"),
        (tuple((103.7 + i / 1e5, 21.0) for i in range(1002)), "plot.corners"),
    ],
)
def test_each_fault_has_a_reason_of_its_own(points, code):
    found = [finding.code for finding in check_shape(Shape(points), LIMITS)]

    assert found == ([code] if code else [])


def test_a_fault_of_a_hole_is_a_fault_of_the_plot():
    open_hole = Shape(RING, (RING[:3],))

    assert [one.code for one in check_shape(open_hole, LIMITS)] == ["plot.unclosed"]


def test_swapped_corners_put_right_are_without_fault():
    wrong = Shape(RING).swapped()

    assert check_shape(wrong, LIMITS)
    assert check_shape(wrong.swapped(), LIMITS) == []


def test_a_plot_has_a_size():
    for hectares, code in ((0, "small"), ("0.0049", "small"), (501, "large")):
        found = check_size(Decimal(hectares), LIMITS)
        assert [one.code for one in found] == [f"plot.{code}"]
    assert (
        check_size(Decimal("0.005"), LIMITS) == check_size(Decimal(500), LIMITS) == []
    )


def test_what_is_declared_may_differ_by_the_tolerance_and_no_more():
    ten = Decimal(10)

    assert within(ten, Decimal(11), 10)
    assert within(ten, Decimal(9), 10)
    assert not within(ten, Decimal("11.0001"), 10)
    assert check_declared(None, ten, 10) == []
    (warning,) = check_declared(ten, Decimal(12), 10)
    assert not warning.forbids
    assert str(warning) == "Khai 10 ha, đo được 12,00 ha, lệch hơn 10%"


@given(st.lists(DEGREES, min_size=3, max_size=20))
def test_a_stored_outline_comes_back_as_it_was(points):
    shape = tidied(Shape(tuple(points)))

    assert from_geojson(to_geojson(shape)) == shape
    assert tidied(shape) == shape


def test_polygons_of_wkt_keep_their_rings_as_written():
    (one,) = parse_wkt("POLYGON Z((103.7 21 5, 103.71 21 5, 103.71 21.01 5))")
    two = parse_wkt(
        "MULTIPOLYGON (((1 2, 3 4, 5 6, 1 2), (1 1, 2 2, 3 3, 1 1)), ((7 8, 9 1, 2 3)))"
    )

    assert one == shape_of([[(103.7, 21), (103.71, 21), (103.71, 21.01)]])
    assert [len(shape.holes) for shape in two] == [1, 0]
    for wrong in ("POINT(1 2)", "POLYGON((1 2, 3))", "POLYGON((1 2, 3 4)", "POLYGON"):
        with pytest.raises(ValueError, match=r"."):
            parse_wkt(wrong)

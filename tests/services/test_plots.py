"""Plots of a growing area: sound outlines, kept for the days before, counted once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.commands_plots import DescribePlot, SavePlot
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.plots import Shape
from marketplace.domain.words import Market
from marketplace.domain.words_plots import OverlapState
from marketplace.services.geodesy import measure_ha, overlap_ha, union_ha
from marketplace.services.land_under import land_under
from marketplace.services.plot_overlaps import (
    access_overlap,
    list_overlaps,
    looked_into,
    own_overlaps,
    settle_overlap,
    take_up_overlap,
)
from marketplace.services.plot_views import land_of_area
from marketplace.services.plots import (
    access_plot,
    describe_plot,
    end_plot,
    list_plots,
    redraw_plot,
    save_plot,
)
from models.organisations import Organisation
from tests.factories import NOW, TODAY
from tests.plot_rows import EAST, NORTH, square

DAY = timedelta(days=1)


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def area(session, make, who):
    return make.area(session.get_one(Organisation, who.organisation_id))


@pytest.fixture
def save(session, who, area):
    """Save a plot of the garden; what a test does not name does not matter."""

    def saved(shape, name="Thửa 1", **over):
        command = SavePlot(name, shape, **over)
        return save_plot(session, who, area.public_id, command, today=TODAY)

    return saved


def refusal_of(act, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value


def test_a_plot_is_measured_on_the_ellipsoid(save):
    row = save(square(side=200), declared_ha=Decimal(5))

    # 200 m by 200 m; the metre of the test is a hundredth of a per cent off.
    assert abs(row.measured_ha - 4) < Decimal("0.05")
    assert row.declared_ha == 5
    assert (row.west, row.south) == (EAST, NORTH)


def test_a_hole_is_no_land_of_the_plot(save):
    outer, inner = square(side=300), square(50, 50, 100)

    whole = save(Shape(outer.outer, (inner.outer,)))

    assert whole.measured_ha == measure_ha(outer) - measure_ha(inner)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape(tuple(square().outer[i] for i in (0, 2, 1, 3, 0))), "tự cắt"),
        (Shape((*square().outer[:3], *square().outer[1::-1])), "trên một đường|tự cắt"),
        (Shape(square().outer, (square(500).outer,)), "Phần khoét"),
        (square(side=3), "nhỏ hơn"),
        (square(side=3_000), "lớn hơn"),
        (square().swapped(), "đổi chỗ"),
        (square(y=200_000), "ngoài địa bàn"),
    ],
)
def test_a_faulty_outline_is_refused_beside_its_field(save, shape, words):
    with pytest.raises(Refused, match=words) as refusal:
        save(shape)

    assert refusal.value.field == "corners"


def test_the_same_land_is_one_plot_and_one_name_one_too(session, save, who):
    save(square())

    moved = square(1, 1)
    assert refusal_of(save, moved, "Thửa 2").params == {"name": "Thửa 1"}
    assert refusal_of(save, square(200), "Thửa 1").field == "name"


def test_drawn_anew_the_past_stays_and_the_name_and_codes_go_along(
    session, make, save, who, area
):
    code = make.code(area)
    old = save(square(), codes=(code.public_id,))
    later = TODAY + 10 * DAY

    command = SavePlot("Thửa 1", square(side=150), codes=(code.public_id,))
    new = redraw_plot(session, who, old.public_id, command, today=later)

    assert (old.ended_on, new.since, new.replaces_id) == (later, later, old.id)
    assert list_plots(session, [area]) == [new]
    assert land_under(session, [code], later - DAY).hectares == old.measured_ha
    assert land_under(session, [code], later).hectares == new.measured_ha
    with pytest.raises(NotFound):
        access_plot(session, who, old.public_id)


def test_an_ended_plot_gives_its_name_and_its_land_free(session, save, who):
    row = save(square())

    end_plot(session, who, row.public_id, today=TODAY)

    assert save(square()).id != row.id


def test_nobody_else_reaches_a_plot(session, make, save):
    row = save(square())

    for stranger in (make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            access_plot(session, stranger, row.public_id)
    officer = make.officer()
    assert access_plot(session, officer, row.public_id) is row
    with pytest.raises(NotFound):
        access_plot(session, officer, row.public_id, "write")


def test_a_plot_takes_households_and_codes_of_its_own_alone(session, make, save, area):
    other = make.code(make.area(make.organisation()))

    assert refusal_of(save, square(), codes=(other.public_id,)).field == "codes"
    with pytest.raises(NotFound):
        save(square(300), "Thửa 2", household="nobody")


# --- overlaps -----------------------------------------------------------------


def test_own_plots_that_share_land_are_listed(session, save, who):
    first, second = save(square()), save(square(60), "Thửa 2")
    save(square(99.9, 200), "Thửa 3")

    (row,) = own_overlaps(session, who)

    assert {row.first_id, row.second_id} == {first.id, second.id}
    assert abs(row.overlap_ha - Decimal("0.4")) < Decimal("0.01")


def test_the_width_of_a_hedge_is_no_overlap(session, save, who):
    save(square())
    save(square(99.9), "Thửa 2")

    assert own_overlaps(session, who) == []


@pytest.fixture
def between(session, make, save):
    """A plot that meets one of another cooperative, and that one's director."""
    mine = save(square())
    other = make.member()
    garden = make.area(session.get_one(Organisation, other.organisation_id))
    command = SavePlot("Thửa bên cạnh", square(50))
    theirs = save_plot(session, other, garden.public_id, command, today=TODAY)
    return mine, theirs, other


def test_officers_see_both_sides_and_the_holders_only_that_somebody_looks(
    session, make, between, who
):
    mine, theirs, other = between
    officer = make.officer()
    (row,) = list_overlaps(session, officer)
    assert own_overlaps(session, who) == own_overlaps(session, other) == []
    assert looked_into(session, [mine]) == set()

    take_up_overlap(session, officer, row.public_id, now=NOW)

    assert looked_into(session, [mine]) == {mine.id}
    assert looked_into(session, [theirs]) == {theirs.id}
    settle_overlap(session, officer, row.public_id, "Ranh đã cắm mốc", now=NOW)
    assert (row.state, row.note) == (OverlapState.SETTLED, "Ranh đã cắm mốc")
    assert looked_into(session, [mine, theirs]) == set()


def test_an_overlap_is_taken_up_once_and_settled_after(session, make, between):
    officer = make.officer()
    (row,) = list_overlaps(session, officer)

    with pytest.raises(Refused):
        settle_overlap(session, officer, row.public_id, "Xong", now=NOW)
    take_up_overlap(session, officer, row.public_id, now=NOW)
    with pytest.raises(Refused):
        take_up_overlap(session, officer, row.public_id, now=NOW)
    assert (
        refusal_of(settle_overlap, session, officer, row.public_id, " ", now=NOW).field
        == "note"
    )


def test_who_has_no_business_with_an_overlap_finds_none(session, make, between, who):
    (row,) = list_overlaps(session, make.officer())

    for stranger in (who, between[2], make.officer("D116")):
        assert list_overlaps(session, stranger) == []
        with pytest.raises(NotFound):
            access_overlap(session, stranger, row.public_id)


# --- hectares -----------------------------------------------------------------


def test_a_plot_with_codes_of_three_markets_counts_once(session, make, save, area):
    codes = [make.code(area, market) for market in (Market.CN, Market.US, Market.AU)]
    row = save(square(), codes=tuple(code.public_id for code in codes))

    assert land_under(session, codes, TODAY).hectares == row.measured_ha


def test_a_code_without_plots_covers_all_that_is_drawn_of_its_garden(
    session, make, save, area
):
    whole, part = make.code(area, Market.CN), make.code(area, Market.US)
    undrawn = land_under(session, [whole, part], TODAY)
    save(square(), codes=(part.public_id,))
    save(square(300), "Thửa 2")

    land = land_under(session, [whole, part], TODAY)

    assert (undrawn.measured_ha, undrawn.declared_ha) == (0, area.area_ha)
    assert land.hectares == land.measured_ha == union_ha([square(), square(300)])
    assert land_under(session, [part], TODAY).hectares == union_ha([square()])


def test_a_code_that_is_taken_off_counts_until_then(session, make, save, who, area):
    code = make.code(area, Market.CN)
    row = save(square(), codes=(code.public_id,))
    until = TODAY + 5 * DAY

    described = DescribePlot("Thửa 1")
    describe_plot(session, who, row.public_id, described, today=until)

    assert land_under(session, [code], until - DAY).hectares == row.measured_ha
    assert land_under(session, [code], until).declared_ha == 0
    row.ended_on = until
    session.flush()
    assert land_under(session, [code], until).declared_ha == area.area_ha


def test_a_garden_is_what_its_plots_cover(session, save, area):
    first, second = square(), square(50)
    save(first)
    save(second, "Thửa 2")

    land = land_of_area(session, area, today=TODAY)

    assert land.measured_ha == union_ha([first, second])
    assert not land.fits


SQUARES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 6)),
    min_size=1,
    max_size=8,
)


@given(SQUARES)
def test_the_hectares_of_squares_are_the_cells_that_they_cover(squares):
    """The oracle counts the cells of 25 m of a grid, each once."""
    shapes = [square(x * 25, y * 25, side * 25) for x, y, side in squares]
    cells = {
        (x + i, y + j)
        for x, y, side in squares
        for i in range(side)
        for j in range(side)
    }

    expected = len(cells) * measure_ha(square(side=2500)) / 10_000

    assert abs(union_ha(shapes) - expected) <= expected / 1000 + Decimal("0.001")


@given(SQUARES)
def test_the_union_is_never_more_than_the_sum_nor_less_than_the_largest(squares):
    shapes = [square(x * 25, y * 25, side * 25) for x, y, side in squares]
    each = [measure_ha(shape) for shape in shapes]
    hair = Decimal("0.0002") * len(each)

    assert max(each) - hair <= union_ha(shapes) <= sum(each) + hair
    assert union_ha(shapes) == union_ha(shapes[::-1]) == union_ha(shapes * 2)


@given(SQUARES.filter(lambda found: len(found) > 1))
def test_two_plots_measure_their_union_and_what_they_share(squares):
    one, other = [square(x * 25, y * 25, side * 25) for x, y, side in squares[:2]]

    both = union_ha([one, other]) + overlap_ha(one, other)

    assert abs(both - measure_ha(one) - measure_ha(other)) <= Decimal("0.0003")

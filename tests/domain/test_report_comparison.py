"""Two periods beside each other: every number of either is there, and its change."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.report_comparison import compare_tables
from marketplace.domain.report_periods import (
    PeriodKind,
    ReportPeriod,
    days_of,
    period_before,
    periods_of,
    year_before,
)
from marketplace.domain.reports import TOTAL, Heading, Said, Table

HEADINGS = (
    Heading("STT"),
    Heading("Tên"),
    Heading("Số"),
    Heading("Ha"),
    Heading("Ghi"),
)
COUNTS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.integers(0, 50), st.decimals(0, 99, places=2)),
)


def table(counts):
    rows = [
        [number, name, count, area, ""]
        for number, (name, (count, area)) in enumerate(counts.items(), start=1)
    ]
    total = [None, Said(TOTAL), sum(c for c, _ in counts.values()), None, None]
    return Table("Bảng", HEADINGS, rows, total)


@given(COUNTS, COUNTS)
def test_every_number_of_either_period_stands_with_its_change(now, then):
    compared = compare_tables(table(now), table(then))

    told = {(str(row[1]), row[2].message): tuple(row[3:6]) for row in compared.rows}
    for name in now.keys() | then.keys():
        for place, title in enumerate(("Số", "Ha")):
            new, old = (one.get(name, (0, 0))[place] for one in (now, then))
            if new or old:
                assert told[name, title] == (new, old, new - old)
            else:
                assert (name, title) not in told


@given(COUNTS, COUNTS)
def test_the_changes_of_the_rows_add_up_to_that_of_the_total(now, then):
    rows = compare_tables(table(now), table(then)).rows

    counts = [row for row in rows if row[2].message == "Số"]
    total = [row for row in counts if row[1] == Said(TOTAL)]
    assert sum(row[5] for row in counts if row[1] != Said(TOTAL)) == sum(
        row[5] for row in total
    )
    if total:
        assert counts[-1] is total[0]


def test_a_share_is_of_the_old_number_and_of_nothing_there_is_none():
    now = table({"a": (3, Decimal(0)), "b": (1, Decimal(0))})
    then = table({"a": (8, Decimal(0))})

    shares = {str(row[1]): row[6] for row in compare_tables(now, then).rows}

    assert shares["a"] == Decimal("-62.5")
    assert shares["b"] is None


@given(st.integers(2021, 2030), st.sampled_from(list(PeriodKind)), st.data())
def test_the_period_before_ends_on_the_day_before_this_begins(year, kind, data):
    known = [one for one in periods_of(year) if one.kind is kind]
    period = data.draw(st.sampled_from(known))

    before = period_before(period)

    if kind is PeriodKind.NINE_MONTHS:
        assert before == year_before(period)
    else:
        gap = days_of(period, 15).first - days_of(before, 15).last
        assert (before.kind, gap.days) == (kind, 1)
    assert year_before(period) == ReportPeriod(year - 1, kind, period.number)

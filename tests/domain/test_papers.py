"""When a paper counts, and what may be written on it."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import areas
from marketplace.domain.masks import (
    REQUIREMENT_BITS,
    mask_of,
    mask_segments,
    missing_names,
    names_of,
    need_mask,
    requirement_bits,
)
from marketplace.domain.papers import (
    Paper,
    add_months,
    check_stars,
    check_term,
    counts_on,
    days_left,
    needs_food_safety_certificate,
    ocop_stars,
)
from marketplace.domain.words import CertificateScheme, Market, PaperState

SCHEME = CertificateScheme
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST, LAST)


def paper(state=PaperState.ACTIVE, **changes):
    values = {
        "state": state,
        "first_day": date(2026, 3, 1),
        "last_day": date(2026, 8, 4),
        "verified_on": date(2026, 3, 10),
        "scheme": SCHEME.VIETGAP,
    }
    return Paper(**(values | changes))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 3, 9), False),
        (date(2026, 3, 10), True),
        (date(2026, 8, 4), True),
        (date(2026, 8, 5), False),
    ],
)
def test_a_paper_counts_from_its_verification_to_its_last_day(day, counts):
    assert counts_on(paper(), day) is counts
    assert counts_on(paper(PaperState.EXPIRED), day) is counts


def test_a_pending_or_unverified_paper_never_counts():
    day = date(2026, 5, 1)

    assert not counts_on(paper(PaperState.PENDING), day)
    assert not counts_on(paper(PaperState.RETURNED), day)
    assert not counts_on(paper(verified_on=None), day)


@pytest.mark.parametrize("state", [PaperState.SUSPENDED, PaperState.REVOKED])
def test_a_revoked_paper_counts_before_that_day_only(state):
    revoked = paper(state, ended_on=date(2026, 6, 1))

    assert counts_on(revoked, date(2026, 5, 31))
    assert not counts_on(revoked, date(2026, 6, 1))
    assert not counts_on(paper(state), date(2026, 5, 31))


def test_a_paper_without_a_term_counts_on():
    assert counts_on(paper(last_day=None), date(2040, 1, 1))
    assert days_left(paper(last_day=None), FIRST) is None
    assert days_left(paper(), date(2026, 8, 1)) == 3


@pytest.mark.parametrize(
    ("expires", "code", "forbids"),
    [
        (date(2026, 1, 1), "CE-01", True),
        (date(2028, 1, 1), None, False),
        (date(2028, 1, 2), "CE-02", False),
        (date(2029, 1, 1), "CE-02", False),
        (date(2029, 1, 2), "CE-02", True),
    ],
)
def test_the_term_of_a_vietgap_certificate(expires, code, forbids):
    findings = check_term(
        SCHEME.VIETGAP, FIRST, expires, usual_months=24, most_months=36
    )

    assert [f.code for f in findings] == ([code] if code else [])
    assert any(f.forbids for f in findings) is forbids


def test_a_scheme_without_a_term_takes_any():
    assert not check_term(
        SCHEME.SAFETY_COMMITMENT, FIRST, date(2050, 1, 1),
        usual_months=None, most_months=None,
    )  # fmt: skip


def test_stars_follow_the_score():
    assert [ocop_stars(n) for n in (49, 50, 69, 70, 89, 90, 100)] == [
        None, 3, 3, 4, 4, 5, 5,
    ]  # fmt: skip
    assert [bool(check_stars(n)) for n in (None, 2, 3, 5, 6)] == [1, 1, 0, 0, 1]


def test_a_haccp_plant_needs_no_food_safety_certificate():
    assert needs_food_safety_certificate([SCHEME.VIETGAP])
    assert not needs_food_safety_certificate([SCHEME.VIETGAP, SCHEME.HACCP])


@given(st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.integers(0, 60))
def test_months_are_added_as_people_count_them(day, months):
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("area", "market", "perennial", "code"),
    [
        ("0.9", Market.DOMESTIC, True, "GA-01"),
        ("1", Market.DOMESTIC, True, None),
        ("0.1", Market.DOMESTIC, False, None),
        ("0.09", Market.DOMESTIC, False, "GA-01"),
        ("4.9", Market.US, True, "GA-02"),
        ("38", Market.CN, True, None),
    ],
)
def test_an_area_has_a_least_size(area, market, perennial, code):
    findings = areas.check_area(Decimal(area), market, perennial=perennial)

    assert [f.code for f in findings] == ([code] if code else [])
    assert any(f.forbids for f in findings) is (code == "GA-01")


def test_land_is_not_counted_twice():
    ten, five = Decimal(10), Decimal(5)

    assert areas.check_total_area([ten, five], Decimal(15)) == []
    assert [f.code for f in areas.check_total_area([ten, five], ten)] == ["GA-04"]
    assert areas.check_crops(["longan", "longan"]) == []
    assert [f.code for f in areas.check_crops(["longan", "mango"])] == ["GA-03"]


def test_an_area_is_looked_at_once_a_year():
    assert areas.check_supervision(FIRST, LAST) == []
    assert areas.check_supervision(FIRST, LAST + timedelta(days=2))
    assert areas.check_supervision(None, LAST)


def test_bits_never_move():
    assert REQUIREMENT_BITS["VIETGAP"] == 1
    assert REQUIREMENT_BITS["OCOP_5"] == 1 << 9
    assert REQUIREMENT_BITS["AREA_US"] == 1 << 13
    assert len(set(REQUIREMENT_BITS.values())) == len(REQUIREMENT_BITS) == 22


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, {"VIETGAP", "GAP_CLASS"}),
        ({"scheme": SCHEME.OCOP, "stars": 4}, {"OCOP_3", "OCOP_4"}),
        ({"scheme": SCHEME.OCOP}, set()),
        ({"scheme": SCHEME.HACCP}, {"HACCP", "SAFETY_CLASS"}),
        ({"scheme": None, "market": Market.CN}, {"AREA_CN"}),
        ({"scheme": None, "market": Market.US, "packing": True}, {"PACKING_US"}),
        ({"scheme": None}, set()),
    ],
)
def test_a_paper_proves_its_scheme_and_what_follows_from_it(changes, names):
    assert set(names_of(requirement_bits(paper(**changes)))) == names


def test_an_offer_asks_in_the_same_bits():
    need = need_mask([SCHEME.VIETGAP, SCHEME.OCOP], Market.US, least_stars=4)

    assert names_of(need) == ["VIETGAP", "OCOP_4", "AREA_US"]
    assert missing_names(need, mask_of(["VIETGAP", "OCOP_5"])) == ["OCOP_4", "AREA_US"]
    assert need_mask([SCHEME.OCOP]) == mask_of(["OCOP_3"])
    assert need_mask(market=Market.DOMESTIC) == need_mask() == 0


def test_two_papers_that_prove_the_same_make_one_segment():
    first = paper(last_day=date(2026, 6, 1), verified_on=FIRST, first_day=FIRST)
    second = paper(first_day=date(2026, 6, 2), last_day=LAST)

    (segment,) = mask_segments([first, second], FIRST, LAST)

    assert (segment.first_day, segment.last_day) == (FIRST, LAST)


PAPERS = st.builds(
    Paper,
    state=st.sampled_from(PaperState),
    first_day=DAYS,
    last_day=st.none() | DAYS,
    verified_on=st.none() | DAYS,
    ended_on=st.none() | DAYS,
    scheme=st.sampled_from(SCHEME),
    stars=st.integers(3, 5),
)


@given(st.lists(PAPERS, max_size=6), DAYS, DAYS)
def test_segments_say_of_every_day_what_the_papers_say(papers, one, other):
    first, last = sorted((one, other))

    segments = mask_segments(papers, first, last)

    assert (segments[0].first_day, segments[-1].last_day) == (first, last)
    for before, after in pairwise(segments):
        assert before.last_day + timedelta(days=1) == after.first_day
        assert before.mask != after.mask
    for segment in segments:
        for day in {segment.first_day, segment.last_day}:
            mask = 0
            for each in papers:
                mask |= requirement_bits(each) if counts_on(each, day) else 0
            assert mask == segment.mask

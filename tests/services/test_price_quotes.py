"""Market prices: written down by officers, corrected, and which one counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.domain.actor import Role
from marketplace.domain.commands_prices import CorrectQuote, RecordQuote
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.services.price_lookup import (
    QuoteFilter,
    list_quotes,
    list_series,
    newest_of,
    products_quoted,
    quote_on,
    versions_of,
)
from marketplace.services.price_quotes import (
    correct_quote,
    find_oddities,
    record_quote,
)
from models.database import db
from models.price_quotes import PriceQuote
from tests.acting import at_once
from tests.factories import NOW, TODAY, Make

LONGAN = RecordQuote("longan", "long_bien", TODAY, 15_000, 20_000, "Bản tin giá")
MENDED = CorrectQuote(16_000, 21_000, "Bản tin giá", "Gõ nhầm giá thấp")
WITHIN = 14


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def record(session, officer):
    def written(command=LONGAN, who=officer, now=NOW, **over):
        command = replace(command, **over)
        return record_quote(session, who, command, today=TODAY, now=now)

    return written


@pytest.fixture
def counts(session, make):
    """Low price that counts for a day of longan at Long Biên, or None."""

    def low(day=TODAY, grade=0, **over):
        place = make.product().id, make.price_market().id
        found = quote_on(session, *place, grade, day, **over)
        return found and found.low_vnd

    return low


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.STAFF, Role.BUYER])
def test_nobody_but_an_officer_writes_prices(session, make, record, role):
    quote, trader = record(), make.member(role=role)

    with pytest.raises(Refused):
        record(who=trader, day=TODAY - timedelta(1))
    with pytest.raises(Refused):
        correct_quote(session, trader, quote.public_id, MENDED, now=NOW)

    assert session.scalar(select(func.count(PriceQuote.id))) == 1


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"product_code": "sao"}, "product"),
        ({"market_code": "sao"}, "market"),
        ({"grade_rank": 9}, "grade"),
        ({"day": TODAY + timedelta(1)}, "day"),
        ({"low_vnd": 0}, "low"),
        ({"low_vnd": 20_001}, "high"),
        ({"source": "  "}, "source"),
        ({"source": "x" * 201}, "source"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://example.vn/" + "x" * 500}, "link"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(record, over, field):
    with pytest.raises(Refused) as told:
        record(**over)

    assert told.value.field == field


def test_a_day_has_one_price_for_each_market_and_grade(record, counts):
    record()
    record(grade_rank=1, low_vnd=18_000)
    record(market_code="farm_gate", low_vnd=12_000)

    with pytest.raises(Refused, match="đã có giá"):
        record(low_vnd=16_000)

    assert (counts(), counts(grade=1)) == (15_000, 18_000)


def test_a_correction_keeps_what_was_before_it(session, make, record, counts):
    quote, second, later = record(), make.officer(), NOW + timedelta(hours=5)

    mended = correct_quote(session, second, quote.public_id, MENDED, now=later)

    assert [row.low_vnd for row in versions_of(session, quote)] == [16_000, 15_000]
    assert (mended.version, mended.previous, mended.day) == (2, 1, TODAY)
    assert (mended.entered_by_id, mended.reason) == (second.user_id, MENDED.reason)
    assert counts() == 16_000
    assert counts(known_at=later) == 16_000
    assert counts(known_at=later - timedelta(seconds=1)) == 15_000
    assert counts(known_at=NOW - timedelta(seconds=1)) is None


def test_a_correction_is_never_older_than_what_it_corrects(session, officer, record):
    quote = record()

    mended = correct_quote(
        session, officer, quote.public_id, MENDED, now=NOW - timedelta(hours=1)
    )

    assert mended.entered_at == NOW


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"reason": " a "}, "reason"),
        ({"low_vnd": 22_000}, "high"),
        ({"source": ""}, "source"),
    ],
)
def test_a_correction_says_why_and_is_checked(session, officer, record, over, field):
    quote = record()

    with pytest.raises(Refused) as told:
        correct_quote(
            session, officer, quote.public_id, replace(MENDED, **over), now=NOW
        )

    assert told.value.field == field


def test_what_has_been_corrected_is_not_corrected_again(session, officer, record):
    quote = record()
    mended = correct_quote(session, officer, quote.public_id, MENDED, now=NOW)

    with pytest.raises(Conflict):
        correct_quote(session, officer, quote.public_id, MENDED, now=NOW)
    with pytest.raises(NotFound):
        correct_quote(session, officer, "x" * 22, MENDED, now=NOW)

    assert newest_of(session, quote).id == mended.id


def test_what_was_withdrawn_counts_no_more_until_it_is_put_back(
    session, officer, record, counts
):
    record(day=TODAY - timedelta(3), low_vnd=11_000)
    quote = record()

    gone = replace(MENDED, withdrawn=True, reason="Giá của chợ khác")
    taken = correct_quote(session, officer, quote.public_id, gone, now=NOW)
    before = counts()
    with pytest.raises(Refused, match="đã có giá"):
        record()
    correct_quote(session, officer, taken.public_id, MENDED, now=NOW)

    assert (before, counts()) == (11_000, 16_000)


def test_the_day_itself_counts_else_the_latest_within_the_rule(record, counts):
    record(day=TODAY - timedelta(5), low_vnd=12_000)
    record(day=TODAY - timedelta(3), low_vnd=13_000)
    record(day=TODAY, low_vnd=14_000)

    assert counts(TODAY) == 14_000
    assert counts(TODAY - timedelta(1)) == 13_000
    assert counts(TODAY - timedelta(4)) == 12_000
    assert counts(TODAY - timedelta(6)) is None
    assert counts(TODAY + timedelta(WITHIN)) == 14_000
    assert counts(TODAY + timedelta(WITHIN + 1)) is None


def test_a_price_of_the_grade_goes_before_one_of_any_grade(record, counts):
    record(low_vnd=15_000)
    record(day=TODAY - timedelta(2), grade_rank=1, low_vnd=18_000)

    assert counts(grade=1) == 18_000
    assert counts(grade=2) == 15_000
    assert counts(TODAY + timedelta(WITHIN - 1), grade=1) == 15_000
    assert counts() == 15_000


class Ledger:
    """What the rule says, by looking at every version there ever was."""

    def __init__(self):
        self.versions = []  # (day, grade, version, low, withdrawn, at)

    def add(self, *version):
        self.versions.append(version)

    def low(self, grade, day, at):
        known = {}
        for version in self.versions:
            if version[5] <= at:
                known[version[:2]] = version
        for wanted in dict.fromkeys((grade, 0)):
            days = [
                (when, version[3])
                for (when, rank), version in known.items()
                if rank == wanted and not version[4]
                if timedelta(0) <= day - when <= timedelta(WITHIN)
            ]
            if days:
                return max(days)[1]
        return None


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),  # which day
        st.integers(0, 2),  # which grade
        st.integers(1, 9),  # thousands of đồng
        st.booleans(),  # withdrawn, if there is one already
        st.integers(0, 2),  # hours since the last step
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12)
@given(steps=STEPS)
def test_exactly_one_counts_for_any_day_whatever_the_order(session, app, steps):
    savepoint = session.begin_nested()
    make, ledger, now, newest = Make(session), Ledger(), NOW, {}
    who, place = make.officer(), (make.product().id, make.price_market().id)
    instants = [NOW]
    for number, grade, thousands, withdrawn, hours in steps:
        day, low = TODAY - timedelta(7 * number), 1_000 * thousands
        now += timedelta(hours=hours)
        old = newest.get((day, grade))
        if old is None:
            first = replace(LONGAN, day=day, grade_rank=grade, low_vnd=low)
            quote = record_quote(session, who, first, today=TODAY, now=now)
        else:
            mend = replace(MENDED, low_vnd=low, withdrawn=withdrawn)
            quote = correct_quote(session, who, old.public_id, mend, now=now)
        newest[day, grade] = quote
        ledger.add(day, grade, quote.version, low, quote.withdrawn, now)
        instants.append(now)

    for at in instants:
        for back in range(-15, 36, 7):
            for grade in range(3):
                day = TODAY - timedelta(back)
                found = quote_on(session, *place, grade, day, known_at=at)
                told = found and found.low_vnd
                assert told == ledger.low(grade, day, at), (at, day, grade)
    for back in range(0, 29, 7):
        day = TODAY - timedelta(back)
        now_counts = quote_on(session, *place, 0, day)
        assert now_counts == quote_on(session, *place, 0, day, known_at=now)
    savepoint.rollback()


def test_of_two_officers_at_once_one_corrects_and_one_is_told(fresh_app):
    with fresh_app.app_context():
        make = Make(db.session())
        officers = [make.officer(), make.officer()]
        quote = record_quote(
            db.session(), officers[0], LONGAN, today=TODAY, now=NOW
        ).public_id
        db.session.commit()

    told = at_once(
        fresh_app,
        [
            lambda session, who=who, low=low: correct_quote(
                session, who, quote, replace(MENDED, low_vnd=low), now=NOW
            )
            for who, low in zip(officers, (16_000, 17_000), strict=True)
        ],
    )

    with fresh_app.app_context():
        rows = db.session.scalars(select(PriceQuote).order_by(PriceQuote.version)).all()
        assert sorted(told) == ["Conflict", "done"]
        assert [row.version for row in rows] == [1, 2]
        assert rows[1].low_vnd in (16_000, 17_000)


def test_of_two_officers_at_once_one_writes_the_day_and_one_is_told(fresh_app):
    with fresh_app.app_context():
        make = Make(db.session())
        officers = [make.officer(), make.officer()]
        db.session.commit()

    told = at_once(
        fresh_app,
        [
            lambda session, who=who: record_quote(
                session, who, LONGAN, today=TODAY, now=NOW
            )
            for who in officers
        ],
    )

    with fresh_app.app_context():
        assert sorted(word == "done" for word in told) == [False, True]
        assert db.session.scalar(select(func.count(PriceQuote.id))) == 1


def test_odd_prices_are_shown_at_their_field(session):
    def odd(low, high):
        found = find_oddities(session, "longan", (low, high), today=TODAY)
        return [(one.code, one.field) for one in found]

    assert odd(15_000, 20_000) == []
    assert odd(1_500, 20_000) == [("PO-04", "low")]
    assert odd(15_000, 200_000) == [("PO-04", "high")]


def test_lists_are_narrowed_by_product_market_days_and_words(session, officer, record):
    first = record(day=TODAY - timedelta(9), source="Sở Công Thương")
    record(product_code="mango", low_vnd=8_000, day=TODAY - timedelta(5))
    last = record(market_code="farm_gate")

    def ids(**over):
        return [row.id for row in list_quotes(session, QuoteFilter(**over))[0]]

    assert ids(product_code="longan") == [last.id, first.id]
    assert ids(market_code="farm_gate") == [last.id]
    assert ids(until=TODAY - timedelta(6)) == [first.id]
    assert len(ids(since=TODAY - timedelta(6))) == 2
    assert ids(text="so cong thuong") == [first.id]
    assert ids(text="THU MUA") == [last.id]
    assert len(ids(text="xoai")) == 1
    assert ids(text="%") == []
    assert [one.code for one in products_quoted(session)] == ["longan", "mango"]
    page, total = list_quotes(session, QuoteFilter(), limit=1, offset=1)
    assert (len(page), total) == (1, 3)


def test_lists_show_what_counts_and_the_withdrawn_only_if_asked(
    session, officer, record
):
    quote = record()
    mended = correct_quote(session, officer, quote.public_id, MENDED, now=NOW)
    other = record(day=TODAY - timedelta(1))
    gone = replace(MENDED, withdrawn=True)
    taken = correct_quote(session, officer, other.public_id, gone, now=NOW)

    shown = list_quotes(session, QuoteFilter())
    every = list_quotes(session, QuoteFilter(), withdrawn=True)

    assert [row.id for row in shown[0]] == [mended.id]
    assert [row.id for row in every[0]] == [mended.id, taken.id]


def test_a_series_is_one_market_and_grade_in_the_order_of_days(session, record):
    record(market_code="farm_gate")
    for back in (0, 14, 7):
        record(day=TODAY - timedelta(back))
    record(grade_rank=1)

    found = list_series(session, QuoteFilter(product_code="longan"))

    assert [(one.market.code, one.grade_rank) for one in found] == [
        ("long_bien", 0),
        ("long_bien", 1),
        ("farm_gate", 0),
    ]
    days = [row.day for row in found[0].quotes]
    assert days == sorted(days)
    assert len(days) == 3


def test_a_price_of_long_ago_is_taken_for_a_slip(record):
    oldest = TODAY.replace(year=TODAY.year - 10, month=1, day=1)

    with pytest.raises(Refused, match="Ngày quá xa") as refusal:
        record(day=oldest - timedelta(days=1))

    assert refusal.value.field == "day"
    assert record(day=oldest).day == oldest

"""Numbers, days and codes as people read them, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

import pytest
from flask_babel import force_locale

import marketplace.domain
from marketplace.matching.reasons import RULES
from marketplace.web import labels, match_words, words
from tests.pages import frame_app

DAY = date(2025, 6, 30)
# Codes of services and of the matcher, whose words their own pages bring along.
BESIDE_THE_DOMAIN = {"ContractEvent", "DeclaredMetric", "MatchRule", "MatchTrigger"}


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    return frame_app(tmp_path_factory.mktemp("frame"))


@pytest.fixture
def here(frame):
    with frame.test_request_context("/"):
        yield


def test_every_reason_of_the_matcher_has_words():
    said = {"suppliers", "share", "competition", "demand", "supply"}

    assert set(match_words.LABELS["MatchRule"]) == set(RULES) | said


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (lambda: words.kg(12500), "12.500 kg"),
        (lambda: words.tonnes(12500), "12,5 tấn"),
        (lambda: words.tonnes(60000), "60 tấn"),
        (lambda: words.tonnes(33415), "33,42 tấn"),
        (lambda: words.vnd(14500), "14.500 đ"),
        (lambda: words.price(14500), "14.500 đ/kg"),
        (lambda: words.ha(Decimal("33.4100")), "33,41 ha"),
        (lambda: words.percent(Decimal("0.125")), "12,5%"),
        (lambda: words.percent(0.1, 0), "10%"),
        (lambda: words.money_words(696_000_000), "khoảng 696 triệu đồng"),
        (lambda: words.money_words(69_600_000), "khoảng 69,6 triệu đồng"),
        (lambda: words.money_words(1_234_000_000), "khoảng 1,23 tỷ đồng"),
        (lambda: words.money_words(950_000), "950.000 đ"),
        (lambda: words.day(DAY), "30/06/2025"),
        (lambda: words.day_short(DAY), "30/6"),
        (lambda: words.day_long(DAY), "Thứ Hai, 30/06/2025"),
        (lambda: words.month(DAY), "tháng 6/2025"),
        (lambda: words.month_short(DAY), "T6"),
        (lambda: words.window(DAY, date(2025, 8, 31)), "30/6 – 31/8"),
        (lambda: words.dekad(date(2025, 8, 10)), "đầu tháng 8"),
        (lambda: words.dekad(date(2025, 8, 20)), "giữa tháng 8"),
        (lambda: words.dekad(date(2025, 8, 21)), "cuối tháng 8"),
        (lambda: words.days_left(date(2025, 7, 12), DAY), "Còn 12 ngày"),
        (lambda: words.days_left(DAY, DAY), "Hôm nay là hạn"),
        (lambda: words.days_left(date(2025, 6, 27), DAY), "Quá hạn 3 ngày"),
    ],
)
def test_numbers_and_days_in_vietnamese(here, written, expected):
    assert written() == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (lambda: words.number(12500.5), "12,500.5"),
        (lambda: words.day(DAY), "30 Jun 2025"),
        (lambda: words.day_short(DAY), "30 Jun"),
        (lambda: words.month_short(DAY), "Jun"),
        (lambda: words.percent(0.125), "12.5%"),
        (lambda: words.month_name(DAY), "June"),
    ],
)
def test_numbers_and_days_in_english(here, written, expected):
    with force_locale("en"):
        assert written() == expected


def test_a_moment_is_told_by_the_clock_of_the_province(here):
    moment = datetime(2025, 6, 30, 17, 30, tzinfo=UTC)

    assert words.instant(moment) == "00:30, 01/07/2025"
    assert words.clock(moment) == "00:30"
    assert words.day(moment) == "01/07/2025"


def test_what_is_missing_is_a_dash(here):
    for write in (
        words.kg,
        words.tonnes,
        words.vnd,
        words.price,
        words.ha,
        words.percent,
        words.day,
        words.day_short,
        words.dekad,
        words.instant,
        words.clock,
        words.money_words,
        words.number,
    ):
        assert write(None) == "–"


def test_search_folds_what_people_leave_out():
    assert words.folded("Toàn Thắng Đạt") == "toan thang dat"
    assert words.folded("NHÃN  Miền") == "nhan  mien"


def test_two_letters_stand_for_an_organisation():
    assert words.initials("HTX Bảo Minh") == "BM"
    assert words.initials("Siêu thị Sao Xanh") == "SX"
    assert words.initials("VINA") == "V"
    assert words.initials("") == ""


def enumerations():
    """Every enumeration that the domain defines."""
    package = marketplace.domain
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, type) and issubclass(value, Enum):
                yield value


def test_every_word_of_the_domain_has_a_label(here):
    shown = {kind for kind in enumerations() if issubclass(kind, StrEnum)}
    missing = {
        f"{kind.__name__}.{member.name}"
        for kind in shown
        for member in kind
        if kind.__name__ not in labels.SILENT
        and str(member.value) not in labels.LABELS.get(kind.__name__, {})
    }

    assert shown
    assert missing == set()


def test_no_label_is_left_over():
    known: dict[str, set[str]] = defaultdict(set)
    for kind in enumerations():
        known[kind.__name__] |= {str(member.value) for member in kind}
    for name in labels.LABELS.keys() - BESIDE_THE_DOMAIN:
        assert set(labels.LABELS[name]) <= known[name]


def test_a_member_and_its_stored_value_find_the_same_words(here):
    from marketplace.domain.words import ContractState

    member = ContractState.IN_FORCE

    assert str(labels.label(member)) == "Đang hiệu lực"
    assert str(labels.label("in_force", "ContractState")) == "Đang hiệu lực"
    assert labels.label("unheard of") == "unheard of"
    assert labels.tone(member) == "ok"
    assert labels.icon_of(ContractState.EXPIRED) == "calendar-off"
    assert labels.icon_of("withdrawn") == ""

"""What people type is read as they meant it, and shown back the same."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.formats import (
    format_day,
    format_day_short,
    format_ha,
    format_kg,
    format_number,
    format_percent,
    format_price,
    format_tonnes,
    format_vnd,
)
from marketplace.domain.typed import (
    parse_count,
    parse_day,
    parse_ha,
    parse_kg,
    parse_number,
    parse_percent,
    parse_price,
    parse_vnd,
)

LANGS = st.sampled_from(["vi", "en"])


@pytest.mark.parametrize(
    ("typed", "kilograms"),
    [
        ("12,5", 12_500),
        ("12.5", 12_500),
        ("12 tấn", 12_000),
        ("12 TAN", 12_000),
        ("12.500 kg", 12_500),
        ("12500kg", 12_500),
        ("0,6", 600),
        ("0.6", 600),
        ("0.600", 600),
        ("60", 60_000),
        ("1 000 kg", 1_000),
        ("5 tạ", 500),
        ("3 yến", 30),
        ("500 ký", 500),
        ("1.234,5 tấn", 1_234_500),
        ("1,234.5 t", 1_234_500),
    ],
)
def test_a_weight_is_read_as_typed(typed, kilograms):
    assert parse_kg(typed) == kilograms


def test_a_field_in_kilograms_means_kilograms():
    assert parse_kg("600", unit="kg") == 600
    assert parse_kg("1.200", unit="kg") == 1_200


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tấn",
        "-5",
        "0",
        "0,0001",
        "1.2.3",
        "12,5,5",
        "5 thùng",
        "12.500",
        "1e3",
        "٣",
    ],
)
def test_a_weight_that_cannot_be_meant_is_refused(typed):
    with pytest.raises(Refused) as refused:
        parse_kg(typed, field="likely")

    assert refused.value.field == "likely"


def test_a_slip_between_tonnes_and_kilograms_is_explained():
    with pytest.raises(Refused, match="ghi cả chữ"):
        parse_kg("12.500")


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ("14.500", 14_500),
        ("14500", 14_500),
        ("14 500", 14_500),
        ("14,5 nghìn", 14_500),
        ("14,5 ngàn đồng", 14_500),
        ("14.5k", 14_500),
        ("14,5k/kg", 14_500),
        ("14.500 đ/kg", 14_500),
        ("14.500 VNĐ", 14_500),
        ("14 nghìn đồng một kg", 14_000),
        ("0,25 triệu", 250_000),
    ],
)
def test_a_price_is_read_as_typed(typed, price):
    assert parse_price(typed) == price


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("14,5", "ví dụ 14.500"),
        ("14", "các số 0"),
        ("14 triệu", "quá cao"),
        ("rẻ", "ví dụ 14.500"),
        ("14.500 usd", "ví dụ 14.500"),
    ],
)
def test_a_price_that_cannot_be_meant_is_refused_with_a_hint(typed, hint):
    with pytest.raises(Refused, match=hint):
        parse_price(typed)


def test_money_may_be_zero_or_billions():
    assert parse_vnd("0") == 0
    assert parse_vnd("69,6 triệu") == 69_600_000
    assert parse_vnd("1,2 tỷ đồng") == 1_200_000_000
    with pytest.raises(Refused):
        parse_vnd("9999999999 tỷ")


@pytest.mark.parametrize(
    ("typed", "area"),
    [("12,5", "12.5"), ("12,5 ha", "12.5"), ("8.000 m2", "0.8"), ("3 héc-ta", "3")],
)
def test_an_area_is_in_hectares(typed, area):
    assert parse_ha(typed) == Decimal(area)


@pytest.mark.parametrize("typed", ["", "0", "5 sào", "0,00001", "200.000", "5 km"])
def test_an_area_that_cannot_be_meant_is_refused(typed):
    with pytest.raises(Refused):
        parse_ha(typed)


def test_percent_and_counts():
    assert parse_percent("7,5 %") == Decimal("7.5")
    assert parse_percent("100") == 100
    assert parse_count("13") == 13
    assert parse_count("1.200") == 1_200
    for parse, typed in [
        (parse_percent, "101"),
        (parse_percent, "5 kg"),
        (parse_count, "1,5"),
        (parse_count, "3 người"),
        (parse_count, "9999999999"),
    ]:
        with pytest.raises(Refused):
            parse(typed)


@pytest.mark.parametrize(
    "typed", ["30/06/2025", "30/6/2025", "30-6-25", "30.06.2025", "2025-06-30"]
)
def test_a_day_has_many_spellings(typed):
    assert parse_day(typed) == date(2025, 6, 30)


@pytest.mark.parametrize(
    "typed", ["", "6/30/2025", "31/02/2025", "30/06", "30/06/1800", "hôm nay"]
)
def test_no_such_day(typed):
    with pytest.raises(Refused) as refused:
        parse_day(typed, field="window_start")

    assert refused.value.field == "window_start"


@given(st.integers(1, 10_000_000), LANGS)
def test_weights_survive_their_own_format(kilograms, lang):
    assert parse_kg(format_kg(kilograms, lang), lang=lang) == kilograms
    assert parse_kg(format_tonnes(kilograms, lang), lang=lang) == kilograms


@given(st.integers(100, 10_000_000), LANGS)
def test_prices_survive_their_own_format(price, lang):
    assert parse_price(format_price(price, lang), lang=lang) == price
    assert parse_vnd(format_vnd(price, lang), lang=lang) == price


@given(st.decimals("0.0001", "99999.9999", places=4), LANGS)
def test_areas_survive_their_own_format(area, lang):
    assert parse_ha(format_ha(area, lang), lang=lang) == area


@given(st.decimals(0, 100, places=2), LANGS)
def test_percents_survive_their_own_format(value, lang):
    assert parse_percent(format_percent(value, lang), lang=lang) == value


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_days_survive_their_own_format(day):
    assert parse_day(format_day(day)) == day
    assert parse_day(day.isoformat()) == day


def outcome(parse, text, lang):
    try:
        return parse(text, lang=lang)
    except Refused as refused:
        return str(refused)


@given(st.text(max_size=30), LANGS)
def test_every_text_gives_a_value_or_a_hint(text, lang):
    for parse in (parse_kg, parse_price, parse_vnd, parse_ha, parse_percent):
        assert outcome(parse, text, lang) not in (None, "")


def test_a_number_without_any_reading_is_an_error():
    with pytest.raises(ValueError, match=r"1\.2\.3"):
        parse_number("1.2.3")


def test_formats_follow_the_language():
    assert format_number(Decimal("1234.50")) == "1.234,5"
    assert format_number(1234, "en", 2) == "1,234.00"
    assert format_number(Decimal("2.345"), "vi", 2) == "2,35"
    assert format_day(date(2025, 8, 9), "en") == "9 Aug 2025"
    assert format_day_short(date(2025, 8, 9)) == "9/8"
    assert format_day_short(date(2025, 8, 9), "en") == "9 Aug"
    assert format_tonnes(12_500) == "12,5 tấn"

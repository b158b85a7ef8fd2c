"""Tax codes, telephone numbers, GS1 numbers and addresses."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.demo_codes import demo_gln, demo_tax_codes
from marketplace.domain.errors import Refused
from marketplace.domain.identity import (
    fold_email,
    format_phone,
    gs1_check_digit,
    is_gs1_number,
    legal_entity,
    normalise_gln,
    normalise_phone,
    normalise_tax_code,
    tax_check_digit,
    tax_province,
)
from marketplace.domain.words import OrganisationKind

DEMO = [
    "5599000010",
    "5599000028",
    "5599000035",
    "5599000042",
    "5599000067",
    "5599000074",
    "5599000081",
    "5599000099",
]


def test_the_published_example_has_the_check_digit_six():
    assert tax_check_digit("010010910") == 6
    assert normalise_tax_code("0100109106") == "0100109106"


def test_a_sum_divisible_by_eleven_is_never_issued():
    assert tax_check_digit("559900005") is None
    assert tax_check_digit("000000000") is None


def test_the_first_demo_codes_are_the_agreed_ones():
    assert list(islice(demo_tax_codes(), 8)) == DEMO
    assert demo_gln(1) == "8939999000017"


def test_all_demo_codes_pass_their_own_check():
    codes = list(islice(demo_tax_codes(), 500))

    assert len(set(codes)) == 500
    assert all(normalise_tax_code(code) == code for code in codes)
    assert all(normalise_gln(demo_gln(n)) == demo_gln(n) for n in range(1, 300))


def test_the_range_of_demo_codes_ends():
    assert sum(1 for _ in demo_tax_codes()) > 80_000


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("5599000010-001", "5599000010-001"),
        ("5599000010001", "5599000010-001"),
        (" 55 99 00 00 10 ", "5599000010"),
        ("５５９９０００010", "5599000010"),
    ],
)
def test_a_tax_code_is_stored_in_one_spelling(typed, stored):
    assert normalise_tax_code(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "559900001", "5599000011", "5599000010-000", "55990000100", "abc"]
)
def test_a_wrong_tax_code_is_refused_at_its_field(typed):
    with pytest.raises(Refused) as refused:
        normalise_tax_code(typed)

    assert refused.value.field == "tax_code"


@given(st.integers(0, 8), st.integers(1, 9), st.sampled_from(DEMO))
def test_one_wrong_digit_is_always_noticed(place, shift, code):
    digit = (int(code[place]) + shift) % 10
    wrong = f"{code[:place]}{digit}{code[place + 1 :]}"

    with pytest.raises(Refused):
        normalise_tax_code(wrong)


def test_only_persons_use_a_personal_number():
    number = "014203000001"

    assert normalise_tax_code(number, OrganisationKind.FARM_HOUSEHOLD) == number
    with pytest.raises(Refused):
        normalise_tax_code(number, OrganisationKind.COOPERATIVE)
    with pytest.raises(Refused):
        normalise_tax_code(number)


def test_a_branch_belongs_to_the_entity_of_its_head():
    assert legal_entity("5599000010-001") == legal_entity("5599000010")
    assert tax_province("5599000010") == "55"


@pytest.mark.parametrize(
    "typed",
    [
        "0987654321",
        "0987 654 321",
        "+84 987 654 321",
        "84987654321",
        "0084 987.654.321",
        "+84 (0) 987-654-321",
    ],
)
def test_every_way_to_write_a_mobile_number_is_one(typed):
    assert normalise_phone(typed) == "+84987654321"


def test_a_fixed_line_has_eleven_digits():
    assert normalise_phone("0212 3 836 123") == "+842123836123"
    assert format_phone("+842123836123") == "02123 836 123"


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_a_number_survives_its_own_format(national):
    stored = normalise_phone(national)

    assert normalise_phone(format_phone(stored)) == stored
    assert stored == "+84" + national[1:]


@pytest.mark.parametrize("typed", ["", "098765432", "0187654321", "09876543210", "x"])
def test_a_number_nobody_can_call_is_refused(typed):
    with pytest.raises(Refused) as refused:
        normalise_phone(typed)

    assert refused.value.field == "phone"


@given(st.from_regex(r"[0-9]{7}|[0-9]{11,13}", fullmatch=True))
def test_a_body_with_its_check_digit_is_a_gs1_number(body):
    digit = gs1_check_digit(body)

    assert is_gs1_number(f"{body}{digit}")
    assert not is_gs1_number(f"{body}{(digit + 1) % 10}")
    assert not is_gs1_number(body[:6])


@pytest.mark.parametrize(
    "typed", ["", "893999900001", "8939999000018", "36939999000017"]
)
def test_a_wrong_location_number_is_refused(typed):
    with pytest.raises(Refused):
        normalise_gln(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" HTX.BaoMinh@Example.VN ", "htx.baominh@example.vn"),
        ("a+b@nông-sản.vn", "a+b@xn--nng-sn-xxa0754f.vn"),
    ],
)
def test_an_address_is_folded(typed, stored):
    folded = fold_email(typed)

    assert folded.partition("@")[0] == stored.partition("@")[0]
    assert folded.isascii()
    assert fold_email(folded) == folded


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "a b@c.vn",
        "@c.vn",
        "a@",
        "a@-c.vn",
        "a@c..vn",
        ".a@c.vn",
        "a..b@c.vn",
        "a\u200bb@c.vn",
        "a@c.1",
        "a@b@c.vn",
        "a@" + "x" * 64 + ".vn",
        "a,b@c.vn",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Refused) as refused:
        fold_email(typed)

    assert refused.value.field == "email"

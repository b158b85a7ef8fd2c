"""GS1's grammar: check digits, element strings and Digital Links.

Proved against the public rules, and against two libraries that read them
independently of us (biip, python-stdnum).
"""

from __future__ import annotations

from datetime import date

import pytest
from biip import ParseConfig
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from marketplace.domain import gs1
from marketplace.domain.errors import Refused
from marketplace.domain.identity import gs1_check_digit

CHARSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
GTIN = "09521234543213"  # an example of GS1's own documents
GLN = "9521234567899"
digits = st.text("0123456789", min_size=7, max_size=17)
texts = st.text(CHARSET_82, min_size=1, max_size=20)
days = st.dates(date(2000, 1, 1), date(2049, 12, 31)).map(gs1.day_value)
gtins = st.text("0123456789", min_size=13, max_size=13).map(
    lambda body: gs1.complete(body, 14)
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "11": days,
        "13": days,
        "15": days,
        "17": days,
        "3103": st.integers(0, 999_999).map(gs1.grams_value),
        "37": st.integers(0, 99_999_999).map(str),
    },
)
qualifiers = st.fixed_dictionaries({}, optional={"22": texts, "10": texts, "21": texts})


@given(digits, st.data())
def test_any_single_wrong_digit_is_caught(body, data):
    whole = f"{body}{gs1_check_digit(body)}"
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[place]]))

    wrong = whole[:place] + other + whole[place + 1 :]

    assert gs1_check_digit(wrong[:-1]) != int(wrong[-1])


@given(st.text("0123456789", min_size=12, max_size=12))
def test_the_check_digit_is_that_of_another_library(body):
    assert str(gs1_check_digit(body)) == ean.calc_check_digit(body)


@pytest.mark.parametrize(
    "known",
    ["9521234543213", "09521234543213", "95050003", "614141000036", "9524000059109"],
)
def test_numbers_of_the_documents_of_gs1_pass(known):
    assert gs1.normalise_gtin(known) == known.zfill(14)


def test_spaces_and_dots_in_a_typed_gtin_do_not_matter():
    assert gs1.normalise_gtin(" 952-123 454.321 3 ") == GTIN


def test_a_wrong_check_digit_is_refused_with_the_right_one():
    with pytest.raises(Refused) as caught:
        gs1.normalise_gtin("9521234543214")

    assert caught.value.params == {"right": "3"}
    assert caught.value.field == "gtin"


@pytest.mark.parametrize("typed", ["", "952", "95212345432", "952123454321X", "٩" * 13])
def test_what_is_no_number_of_that_length_is_refused(typed):
    with pytest.raises(Refused):
        gs1.normalise_gtin(typed)


def test_an_sscc_has_eighteen_digits_that_check():
    whole = gs1.complete("09521234000000001", 18)

    assert gs1.is_sscc(whole)
    assert not gs1.is_sscc(whole[:-1] + str((int(whole[-1]) + 1) % 10))
    assert not gs1.is_sscc(GTIN)


@given(gtins, qualifiers, attributes)
def test_a_bar_code_reads_back_as_it_was_written(gtin, narrowing, said):
    pairs = (("01", gtin), *narrowing.items(), *said.items())

    text = gs1.element_string(pairs)

    assert gs1.parse_elements(text) == pairs
    assert [(e.ai.ai, e.value) for e in _read(text)] == list(pairs)


def _read(text):
    config = ParseConfig(gs1_element_strings_verify_date=False)
    return GS1Message.parse(text, config=config).element_strings


@given(gtins, qualifiers, attributes)
def test_a_link_parses_back_to_what_it_was_built_of(gtin, narrowing, said):
    link = gs1.build_link([("01", gtin), *narrowing.items(), *said.items()])

    again = gs1.parse_link(link.uri("https://lienket.example.vn"))

    assert again == link
    assert gs1.parse_link(link.uri()).uri() == link.uri()


@given(gtins, qualifiers, attributes)
def test_another_library_reads_the_same_in_a_link(gtin, narrowing, said):
    link = gs1.build_link([("01", gtin), *narrowing.items(), *said.items()])

    config = ParseConfig(gs1_element_strings_verify_date=False)
    read = GS1DigitalLinkURI.parse(link.uri("https://x.example.vn"), config=config)

    found = {e.ai.ai: e.value for e in read.element_strings}
    assert found == dict(link.elements())
    # The canonical form names the same path, whoever builds it.
    assert read.as_canonical_uri().partition("?")[0] == link.uri().partition("?")[0]


def test_a_lot_with_a_slash_stays_one_part_of_the_path():
    link = gs1.build_link([("01", GTIN), ("10", "A/B?1"), ("15", "260331")])

    assert link.uri("https://x.vn/") == f"https://x.vn/01/{GTIN}/10/A%2FB%3F1?15=260331"
    assert gs1.parse_link(link.uri("https://x.vn")).qualifiers == (("10", "A/B?1"),)


def test_keys_come_in_the_order_of_the_standard_whatever_order_they_are_told_in():
    link = gs1.build_link([("01", GTIN), ("21", "7"), ("10", "L")])

    assert link.path() == f"/01/{GTIN}/10/L/21/7"


def test_short_gtins_are_filled_up_and_foreign_parameters_passed_over():
    link = gs1.parse_link("https://x.vn/vi/01/9521234543213/10/L?linkType=all&lang=vi")

    assert link == gs1.build_link([("01", GTIN), ("10", "L")])


def test_a_place_has_its_own_link():
    assert gs1.build_link([("414", GLN)]).uri() == f"https://id.gs1.org/414/{GLN}"


@pytest.mark.parametrize(
    "uri",
    [
        "x",
        "ftp://x.vn/01/09521234543213",
        "https://x.vn/",
        "https://x.vn/01",
        "https://x.vn/01/09521234543214",
        "https://x.vn/01/09521234543213/10",
        "https://x.vn/01/09521234543213/21/1/10/L",
        "https://x.vn/01/09521234543213/10/A/10/B",
        "https://x.vn/01/09521234543213/10/%E1%BA%A1",
        "https://x.vn/01/09521234543213/10/" + "x" * 21,
        "https://x.vn/01/09521234543213?15=991399",
        "https://x.vn/414/9521234567890",
    ],
)
def test_what_is_no_link_is_refused(uri):
    with pytest.raises(gs1.BadElement):
        gs1.parse_link(uri)


@pytest.mark.parametrize(
    "pairs",
    [[], [("10", "L")], [("99", "x")], [("01", GTIN), ("10", "A"), ("10", "B")]],
)
def test_pairs_that_make_no_link_are_refused(pairs):
    with pytest.raises(gs1.BadElement):
        gs1.build_link(pairs)


@pytest.mark.parametrize("text", ["zz", "01123", "0009521234", "10ạ"])
def test_a_damaged_bar_code_is_refused(text):
    with pytest.raises(gs1.BadElement):
        gs1.parse_elements(text)


def test_numbers_that_do_not_fit_are_refused():
    with pytest.raises(gs1.BadElement):
        gs1.complete("12", 14)
    with pytest.raises(gs1.BadElement):
        gs1.grams_value(1_000_000)


def test_people_read_identifiers_in_brackets():
    assert gs1.readable([("01", GTIN), ("10", "L-1")]) == f"(01){GTIN}(10)L-1"

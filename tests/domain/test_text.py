"""Folding, order and short names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.text import code_name, fold, initials, short_name, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Toàn Thắng", "toan thang"),
        ("ĐỨA  MÒN", "dua mon"),
        ("Nà\u00a0Nghịu", "na nghiu"),
        ("Chiềng Khương 2", "chieng khuong 2"),
    ],
)
def test_search_ignores_marks_and_case(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_spelling_does_not_matter_to_search(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(
        unicodedata.normalize("NFC", text)
    )


def test_a_list_stands_in_dictionary_order():
    words = ["đa", "da", "ân", "an", "ăn", "ấn", "ần", "ẩn", "ẫn", "ận", "ơ", "o", "ô"]

    words.sort(key=sort_key)

    expected = ["an", "ăn", "ân", "ần", "ẩn", "ẫn", "ấn", "ận", "da", "đa"]
    assert words == [*expected, "o", "ô", "ơ"]


def test_signs_come_first_and_strange_letters_last():
    words = ["zа", "я", "1", "a b", "ab", "x̆"]

    words.sort(key=sort_key)

    assert words[0] == "1"
    assert words.index("a b") < words.index("ab")
    assert words[-1] in ("я", "x̆")


@given(st.text(), st.text())
def test_only_equal_texts_have_equal_keys(one, other):
    assert (sort_key(one) == sort_key(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "short", "sign", "code"),
    [
        ("HTX DVNN Bảo Minh", "Bảo Minh", "BM", "BAOMINH"),
        ("Hợp tác xã Toàn Thắng", "Toàn Thắng", "TT", "TOANTHANG"),
        ("Siêu thị Sao Xanh", "Sao Xanh", "SX", "SAOXANH"),
        ("Công ty TNHH Thành Công", "Thành Công", "TC", "THANHCONG"),
        ("Hợp tác xã", "Hợp tác xã", "HT", "HOPTACXA"),
        ("Cà phê", "Cà phê", "CP", "CAPHE"),
    ],
)
def test_the_kind_is_left_out_of_a_short_name(name, short, sign, code):
    assert (short_name(name), initials(name), code_name(name)) == (short, sign, code)

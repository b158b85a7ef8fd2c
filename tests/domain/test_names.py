"""Names and texts that hide nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.names import clean_text, skeleton

HIDDEN = [
    "\u202ehcab",
    "Bảo\u200bMinh",
    "Bảo\u200dMinh",
    "Bảo\ufeffMinh",
    "Bảo\u2066Minh",
    "Bảo\x00Minh",
    "Bảo\x1bMinh",
    "Bảo\ud800Minh",
    "Bảo\ue000Minh",
    "Bảo\u0378Minh",
    "Bảo\u2028Minh",
]


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("long", [False, True])
def test_a_hidden_sign_is_refused(text, long):
    with pytest.raises(Refused) as refused:
        clean_text(text, long=long, field="name")

    assert refused.value.field == "name"
    assert str(refused.value.params["code"]).startswith("U+")


def test_only_a_long_text_keeps_its_lines():
    typed = "  Nhãn chín sớm \r\n\tđầu tháng 7  "

    assert clean_text(typed, long=True) == "Nhãn chín sớm\nđầu tháng 7"
    with pytest.raises(Refused):
        clean_text(typed)


def test_decomposed_text_is_stored_composed():
    assert clean_text(unicodedata.normalize("NFD", "Mường Lầm")) == "Mường Lầm"


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))))
def test_cleaning_twice_changes_nothing(text):
    once = clean_text(text)

    assert clean_text(once) == once
    assert clean_text(once, long=True) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сoop A", "Coop A"),
        ("HTX BẢO MINH", "htx  Bảo-Minh"),
        ("Sao Xanh", "Ѕао Хаnh"),
        ("Toàn Thắng", unicodedata.normalize("NFD", "Toàn Thắng")),
        ("Illinois", "lllinois"),
        ("Ｂảo Minh", "Bảo Minh"),
        ("Rn", "m"),
        ("S0ng Mã", "Song Mã"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mường Hung", "Mường Hưng"), ("Bảo Minh", "Bảo Ninh"), ("Đại Đồng", "Đại Dong")],
)
def test_vietnamese_marks_tell_names_apart(one, other):
    assert skeleton(one) != skeleton(other)


@given(st.text())
def test_a_skeleton_is_its_own_skeleton(text):
    once = skeleton(text)

    assert skeleton(once) == once

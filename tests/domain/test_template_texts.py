"""The words of templates: strict places, whole sets of clauses, hostile text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.clause_filling import clause_params, fill_clauses
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.template_places import (
    PLACES,
    fill_places,
    places_of,
    wrong_places,
)
from marketplace.domain.template_samples import sample_content
from marketplace.domain.template_texts import check_texts, digest_texts, first_texts
from marketplace.domain.words import LinkageForm, PriceMode

F3 = LinkageForm.F3


def reworded(key, **words):
    return [
        replace(text, **words) if text.key == key else text for text in first_texts(F3)
    ]


@pytest.mark.parametrize("form", LinkageForm)
def test_the_first_version_of_every_form_is_in_order(form):
    assert check_texts(form, first_texts(form)) == []


@pytest.mark.parametrize("form", LinkageForm)
@pytest.mark.parametrize("mode", PriceMode)
def test_the_first_version_makes_a_whole_contract_of_its_sample(form, mode):
    content = sample_content(form, mode)

    content["clauses"] = fill_clauses(content, first_texts(form))

    assert missing_clauses(content) == []
    said = [text for words in content["clauses"].values() for text in words.values()]
    assert not any("{" in str(text) or "}" in str(text) for text in said)


def test_exactly_the_known_places_are_filled():
    params = clause_params({}, "vi")

    assert params.keys() == PLACES.keys()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Hàng {kgs}, dung sai {tolerance_pct}%, {kg}", ["{kgs}"]),
        ("Hàng {kg}", ["{tolerance_pct}"]),
        ("{kg} {tolerance_pct} {", ["{"]),
        ("{kg} {tolerance_pct} {kg.__class__}", ["{", "}"]),
        ("%(kg)s {{kg}} {tolerance_pct}", ["{", "}"]),
        ("{kg!r} {tolerance_pct}", ["{", "}", "{kg}"]),
    ],
)
def test_a_wrong_place_is_named_beside_its_field(words, names):
    findings = check_texts(F3, reworded("quantity", legal_en=words))

    assert [finding.params["name"] for finding in findings] == names
    assert {finding.field for finding in findings} == {"quantity:legal_en"}


def test_plain_words_need_no_place_but_know_the_same_ones():
    assert check_texts(F3, reworded("quantity", plain_vi="Đủ hàng.")) == []
    assert check_texts(F3, reworded("quantity", plain_vi="Đủ {hang}."))


@pytest.mark.parametrize("words", ["", "  ", "x" * 3_001])
def test_a_text_is_neither_empty_nor_endless(words):
    findings = check_texts(F3, reworded("dispute", plain_vi=words))

    assert [finding.field for finding in findings] == ["dispute:plain_vi"]


def test_the_clauses_are_those_of_the_form_each_once():
    texts = first_texts(F3)

    assert check_texts(F3, texts[1:])
    assert check_texts(F3, [*texts, texts[0]])
    assert check_texts(F3, first_texts(LinkageForm.F1))
    assert check_texts(F3, texts[::-1]) == []


@given(hostile=st.text())
def test_what_fills_a_place_is_never_read_again(hostile):
    filled = fill_places("{buyer}|{seller}", {"buyer": hostile, "seller": "{buyer}"})

    assert filled == f"{hostile}|{{buyer}}"


@given(words=st.text(st.sampled_from("{}%()sbuyer_kg{}<&")))
def test_words_without_a_finding_fill_without_a_hole(words):
    if not list(wrong_places(words)):
        filled = fill_places(words, dict.fromkeys(PLACES, ""))
        assert not {"{", "}"} & set(filled)
        assert places_of(words) <= PLACES.keys()


def test_the_order_of_a_template_is_the_order_of_the_contract():
    texts = first_texts(F3)[::-1]
    content = sample_content(F3, PriceMode.FIXED)

    filled = fill_clauses(content, texts)

    assert [words["position"] for words in filled.values()] == list(
        range(1, len(filled) + 1)
    )
    assert next(iter(filled)) == "signatures"


def test_an_optional_clause_is_there_when_the_template_has_it():
    content = sample_content(F3, PriceMode.FIXED)
    chosen = reworded("exclusivity", included=True)

    assert "exclusivity" in fill_clauses(content, chosen)
    assert "exclusivity" not in fill_clauses(content, first_texts(F3))


def test_any_change_of_words_or_order_changes_the_digest():
    texts = first_texts(F3)
    changed = [
        reworded("dispute", plain_en="Talk."),
        reworded("hardship", included=False),
        texts[::-1],
    ]

    digests = {digest_texts(F3, 1, one) for one in [texts, *changed]}

    assert len(digests | {digest_texts(F3, 2, texts)}) == 5

"""One content has one spelling, and its chain shows every change."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.audit import AuditLink, first_broken, link_digest
from marketplace.domain.canonical import canonical_bytes, digest_of, short_digest
from marketplace.domain.words import Side

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_the_bytes_of_a_content_are_pinned():
    content = {"kg": 48_000, "side": Side.SELLER, "from": date(2026, 7, 1), "at": NOON}

    assert canonical_bytes(content).decode() == (
        '{"at":"2026-07-01T12:00:00.000000Z","from":"2026-07-01",'
        '"kg":48000,"schema":1,"side":"seller"}'
    )


@given(st.dictionaries(st.text(st.characters(codec="ascii")), VALUES))
def test_the_order_of_keys_and_the_form_of_text_do_not_matter(content):
    def decomposed(value):
        if isinstance(value, str):
            return unicodedata.normalize("NFD", value)
        if isinstance(value, list):
            return tuple(map(decomposed, value))
        return value

    try:
        expected = digest_of(content)
    except ValueError:  # two keys of an inner object are one after NFC
        return
    turned = {key: decomposed(content[key]) for key in reversed(content)}

    assert digest_of(turned) == expected


@given(
    st.dictionaries(st.text(st.characters(codec="ascii")), st.integers() | st.text())
)
def test_what_was_stored_hashes_as_before(content):
    stored = json.loads(canonical_bytes(content))

    assert digest_of(stored) == digest_of(content)


def test_the_zone_of_an_instant_does_not_matter():
    vietnam = timezone(timedelta(hours=7))

    assert digest_of({"at": NOON}) == digest_of({"at": NOON.astimezone(vietnam)})


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), b"x", {1, 2}, {1: 2}, object()])
def test_what_has_two_spellings_is_no_content(value):
    with pytest.raises(TypeError):
        digest_of({"value": value})


def test_a_naive_instant_and_a_doubled_key_are_no_content():
    with pytest.raises(ValueError, match="zone"):
        digest_of({"at": NOON.replace(tzinfo=None)})
    with pytest.raises(ValueError, match="two keys"):
        digest_of({"inner": {"é": 1, "e\u0301": 2}})


def test_people_compare_a_short_sign():
    assert short_digest("9f2c41a7" + "0" * 56) == "9F2C-41A7"


def chain(length, subject="C1"):
    links = []
    for position in range(length):
        parts = {
            "subject": subject,
            "position": position,
            "event": "step",
            "actor": "7",
            "at": NOON + timedelta(minutes=position),
            "payload": {"n": position},
            "previous_digest": links[-1].digest if links else None,
        }
        links.append(AuditLink(**parts, digest=link_digest(**parts)))
    return links


@given(st.integers(0, 8))
def test_an_untouched_chain_holds(length):
    assert first_broken(chain(length)) is None


@given(
    st.integers(0, 4), st.sampled_from(["event", "actor", "at", "payload", "subject"])
)
def test_a_change_is_found_where_it_was_made(place, field):
    changed = {"at": NOON - timedelta(days=1), "payload": {"n": 99}}
    links = chain(5)

    links[place] = replace(links[place], **{field: changed.get(field, "other")})

    assert first_broken(links) == place if (place or field != "subject") else True


@given(st.integers(0, 3))
def test_a_missing_or_doubled_link_is_found(place):
    links = chain(5)

    assert first_broken(links[:place] + links[place + 1 :]) == place
    assert first_broken([*links[: place + 1], *links[place:]]) == place + 1


def test_a_link_cannot_move_to_another_contract():
    links = chain(2) + chain(3, subject="C2")[2:]

    assert first_broken(links) == 2

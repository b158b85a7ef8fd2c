"""The hash of an event: as the published program counts it, and as its rules say."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.epcis_hash import canonical_text, event_hash
from marketplace.domain.gs1_uris import canonical_uri, check_digit

LK = {"lk": "https://lienket.example/ns/"}
EXAMPLES = json.loads(
    (Path(__file__).parent / "epcis_hashes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["event"]["type"])
def test_events_hash_to_what_the_reference_implementation_counts(example):
    # The ids come from epcis-event-hash-generator 1.9.3 (Ralph Tröger, GS1 Germany).
    assert event_hash(example["event"], LK) == example["id"]


def test_short_words_and_their_addresses_are_one():
    event = EXAMPLES[0]["event"]
    short = event | {
        "bizStep": "commissioning",
        "disposition": "urn:epcglobal:cbv:disp:active",
    }

    assert event_hash(short, LK) == event_hash(event, LK)


def test_the_type_of_a_transaction_follows_it_and_lists_are_sorted():
    event = EXAMPLES[1]["event"] | {
        "bizTransactionList": [
            {"type": "po", "bizTransaction": "https://b.example/2"},
            {"type": "desadv", "bizTransaction": "https://a.example/1"},
        ]
    }

    text = canonical_text(event, LK)

    cbv = "https://ref.gs1.org/cbv/BTT-"
    assert (
        "bizTransactionList"
        f"bizTransaction=https://a.example/1type={cbv}desadv"
        f"bizTransaction=https://b.example/2type={cbv}po" in text
    )


def test_what_the_standard_leaves_out_does_not_count():
    event = EXAMPLES[0]["event"]
    more = event | {
        "eventID": "urn:uuid:1",
        "recordTime": "2030-01-01T00:00:00Z",
        "errorDeclaration": {"declarationTime": "2030-01-01T00:00:00Z"},
        "rdfs:comment": "whatever",
    }

    assert event_hash(more, LK) == event_hash(event, LK)


@given(st.randoms(use_true_random=False), st.sampled_from(range(len(EXAMPLES))))
def test_the_order_of_fields_and_of_lists_does_not_matter(chance, number):
    event = EXAMPLES[number]["event"]

    assert event_hash(_shuffled(event, chance), LK) == event_hash(event, LK)


def _shuffled(value, chance: random.Random):
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: _shuffled(value[name], chance) for name in names}
    if isinstance(value, list):
        return chance.sample([_shuffled(one, chance) for one in value], len(value))
    return value


def _leaves(value, path=()):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, (*path, number))
    else:
        yield path


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_a_change_of_any_value_changes_the_hash(number):
    event = EXAMPLES[number]["event"]
    hashes = {event_hash(event, LK)}
    paths = [p for p in _leaves(event) if p[0] not in ("eventID", "recordTime")]

    for path in paths:
        changed = copy.deepcopy(event)
        *way, last = path
        place = changed
        for step in way:
            place = place[step]
        old = place[last]
        place[last] = old + 1 if isinstance(old, int | float) else _other(old)
        hashes.add(event_hash(changed, LK))

    assert len(hashes) == len(paths) + 1


def _other(text: str) -> str:
    """Another text of the same kind: a later year, another ending."""
    return "2031" + text[4:] if text[:4].isdecimal() else text + "7"


@pytest.mark.parametrize(
    ("told", "one"),
    [
        ("urn:epc:id:sgtin:0614141.011111.987", "01/00614141111114/21/987"),
        ("urn:epc:class:lgtin:4054739.099914.2016", "01/04054739999148/10/2016"),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "01/04012345111118"),
        ("urn:epc:id:sgln:4012345.00011.0", "414/4012345000115"),
        ("urn:epc:id:sgln:4012345.00011.987", "414/4012345000115/254/987"),
        ("urn:epc:id:pgln:4012345.00000", "417/4012345000009"),
        ("urn:epc:id:sscc:4012345.0222222222", "00/040123452222222221"),
        ("urn:epc:id:gdti:4012345.11111.123", "253/4012345111118123"),
        ("https://a.example/x/01/8930000000019/10/A%2F1?17=26", None),
    ],
)
def test_one_key_has_one_spelling(told, one):
    wanted = one or "01/08930000000019/10/A%2F1"

    assert canonical_uri(told) == f"https://id.gs1.org/{wanted}"


@pytest.mark.parametrize(
    "other", ["https://a.example/lo/01", "urn:uuid:1", "urn:epc:id:sgtin:x", "http://["]
)
def test_what_is_no_gs1_key_stays_as_it_is(other):
    assert canonical_uri(other) == other


@given(st.text("0123456789", min_size=7, max_size=17))
def test_the_check_digit_makes_the_weighted_sum_a_multiple_of_ten(digits):
    whole = digits + check_digit(digits)

    weights = [1 if n % 2 == 0 else 3 for n in range(len(whole))]
    assert (
        sum(int(d) * w for d, w in zip(reversed(whole), weights, strict=True)) % 10 == 0
    )


@given(st.text(max_size=60))
def test_no_text_breaks_the_speller(text):
    assert canonical_uri(text) is not None
    assert event_hash({"type": "ObjectEvent", "eventTime": text, "lk:x": text})

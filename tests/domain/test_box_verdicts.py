"""What stands on top of a box's page, for every state of its record."""

from __future__ import annotations

from itertools import product

import pytest

from marketplace.domain.box_verdicts import BoxFacts, BoxGap, BoxVerdict

WHOLE = {"traced": True, "interval_kept": True, "papers_valid": True}


@pytest.mark.parametrize(
    ("over", "missing"),
    [
        ({}, []),
        ({"interval_kept": None}, [BoxGap.DIARY]),
        ({"papers_valid": False}, [BoxGap.PAPERS]),
        ({"traced": False, "interval_kept": None}, [BoxGap.ORIGIN, BoxGap.DIARY]),
        ({"interval_kept": False}, []),
    ],
)
def test_what_is_missing_is_named(over, missing):
    facts = BoxFacts(**(WHOLE | over))

    assert facts.missing == missing
    assert (facts.verdict is BoxVerdict.RIGHT) == (over == {})


def test_only_a_whole_record_is_right():
    states = product((True, False), (True, False, None), (True, False))

    right = [one for one in states if BoxFacts(*one).verdict is BoxVerdict.RIGHT]

    assert right == [(True, True, True)]


@pytest.mark.parametrize("worse", ["past_best", "held", "void"])
def test_what_is_worse_stands_above_what_is_missing(worse):
    facts = BoxFacts(traced=False, interval_kept=None, papers_valid=False)

    assert facts.verdict is BoxVerdict.INCOMPLETE
    assert BoxFacts(**(WHOLE | {worse: True})).verdict is not BoxVerdict.RIGHT

"""Whatever a claim ends with, the load weighs the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.commands_deliveries import Part
from marketplace.domain.disputes import Offered, settle_parts
from marketplace.domain.errors import Refused
from marketplace.domain.words_delivery import Outcome

taken = st.builds(Part, kg=st.integers(1, 10**6))
reduced = st.builds(
    Part,
    kg=st.integers(1, 10**6),
    deduction_vnd=st.integers(1, 9_000),
    reason=st.just("x"),
)
refused = st.builds(
    Part,
    kg=st.integers(1, 10**6),
    outcome=st.just(Outcome.REJECTED),
    reason=st.just("x"),
)
findings = st.lists(taken | reduced | refused, min_size=1, max_size=6)


@given(findings, st.data())
def test_exactly_what_was_offered_is_accepted_and_no_kilogram_is_lost(parts, data):
    total = sum(part.kg for part in parts)
    offered = Offered(
        data.draw(st.integers(0, total)), data.draw(st.integers(0, 9_000))
    )

    settled = settle_parts(parts, offered, "Thỏa thuận")

    accepted = [part for part in settled if part.outcome is Outcome.ACCEPTED]
    assert sum(part.kg for part in settled) == total
    assert sum(part.kg for part in accepted) == offered.accepted_kg
    assert all(part.kg > 0 for part in settled)
    assert all(part.deduction_vnd in (0, offered.deduction_vnd) for part in accepted)


@given(findings)
def test_what_nobody_disputed_is_never_taken_at_less(parts):
    total = sum(part.kg for part in parts)
    whole = sum(
        part.kg
        for part in parts
        if part.outcome is Outcome.ACCEPTED and not part.deduction_vnd
    )

    settled = settle_parts(parts, Offered(total, 5_000), "Thỏa thuận")

    assert sum(part.kg for part in settled if not part.deduction_vnd) == whole


@given(findings)
def test_more_than_the_load_is_refused(parts):
    total = sum(part.kg for part in parts)

    with pytest.raises(Refused):
        settle_parts(parts, Offered(total + 1), "Thỏa thuận")

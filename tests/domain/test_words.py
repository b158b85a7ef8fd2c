"""Words, ranks, actors and what is refused."""

import pytest

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import (
    BUYER_KINDS,
    PRODUCER_KINDS,
    GradeRank,
    OrganisationKind,
)


def test_every_kind_but_the_authority_sells_or_buys():
    assert not PRODUCER_KINDS & BUYER_KINDS
    rest = set(OrganisationKind) - PRODUCER_KINDS - BUYER_KINDS
    assert rest == {OrganisationKind.AUTHORITY}


@pytest.mark.parametrize(
    ("rank", "least", "enough"), [(1, 2, True), (2, 2, True), (3, 2, False)]
)
def test_better_fruit_may_be_delivered(rank, least, enough):
    assert GradeRank(rank).satisfies(GradeRank(least)) is enough


@pytest.mark.parametrize("role", Role)
def test_only_who_represents_may_sign(role):
    actor = Actor(1, 2, role)

    assert actor.may_sign is (role in (Role.DIRECTOR, Role.ADMINISTRATOR))
    assert actor.is_officer is (role is Role.OFFICER)


def test_a_refusal_fills_its_words():
    assert str(Refused("Còn %(kg)s kg", "kilograms", kg=5)) == "Còn 5 kg"
    assert str(Refused("100% đủ")) == "100% đủ"
    assert str(NotFound()) == "Không tìm thấy"
    assert isinstance(Conflict("Thử lại"), Refused)

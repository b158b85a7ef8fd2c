"""Numbers in clauses are dated rules: they change new words, never signed ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.clause_numbers import RULE_OF_NUMBER
from marketplace.domain.template_texts import first_texts
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.signing import current_version
from models.contracts import ContractVersion
from models.reference import Rule
from tests.amending import amended
from tests.deals import Deals
from tests.factories import TODAY, Make
from tests.seasons import Seasons

PLACE_OF = {
    "move_hours": "delivery",
    "receive_days": "rights_duties",
    "gap_pct": "risk_sharing",
    "gap_weeks": "risk_sharing",
    "loss_pct": "risk_sharing",
    "talk_days": "risk_sharing",
    "proof_days": "force_majeure",
    "remedy_days": "amend_terminate",
    "settle_days": "dispute",
}


def change(session, name, value, on=TODAY):
    """The rule that a number stands in has other params from a day on."""
    old = session.scalars(
        select(Rule).where(Rule.code == RULE_OF_NUMBER[name], Rule.valid_to.is_(None))
    ).one()
    old.valid_to = on
    session.flush()  # two rows of a rule do not overlap
    session.add(
        Rule(
            code=old.code,
            severity=old.severity,
            params={**old.params, name: value},
            valid_from=on,
            source="thử",
        )
    )
    session.flush()


def words(session, contract, key):
    content = content_of(current_version(session, contract))
    return content["clauses"][key]


@pytest.mark.parametrize("name", PLACE_OF)
def test_a_changed_row_is_read_by_the_next_draft_alone(session, make, name):
    deals, key = Deals(session, make), PLACE_OF[name]
    signed = deals.in_force()
    before = current_version(session, signed)
    digest, text = before.digest, words(session, signed, key)

    change(session, name, 97)

    draft = deals.drawn(Make(session).proposal())
    assert "97" in words(session, draft, key)["legal_vi"]
    assert "97" in words(session, draft, key)["legal_en"]
    assert words(session, signed, key) == text
    session.expire_all()
    key_of = signed.id, signed.current_version
    assert session.get_one(ContractVersion, key_of).digest == digest


def test_a_row_of_later_days_changes_nothing_today(session, make):
    change(session, "move_hours", 97, TODAY + timedelta(days=1))

    draft = Deals(session, make).drawn()

    assert "48 giờ" in words(session, draft, "delivery")["legal_vi"]


def test_an_amendment_keeps_the_numbers_that_were_signed(session, make):
    both = Seasons(session, make)
    for who in (both.seller, both.buyer):
        both.sign(who)
    contract = both.contract
    change(session, "move_hours", 97)
    sides = {Side.SELLER: both.seller, Side.BUYER: both.buyer}

    amended(session, sides, contract, payment_days=12)

    assert "48 giờ" in words(session, contract, "delivery")["legal_vi"]


def test_a_draft_keeps_every_number_that_it_states(session, make):
    contract = Deals(session, make).in_force()

    content = content_of(current_version(session, contract))

    assert content["numbers"].keys() == RULE_OF_NUMBER.keys()
    assert all(value > 0 for value in content["numbers"].values())


def test_no_clause_of_the_first_version_types_a_number():
    for text in first_texts():
        for said in (text.plain_vi, text.legal_vi, text.plain_en, text.legal_en):
            assert not any(sign.isdigit() for sign in said), (text.key, said)

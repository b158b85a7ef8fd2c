"""Members' households: their register, what they brought, what they are owed."""

from __future__ import annotations

import pytest

from marketplace.domain.commands_deliveries import Part
from marketplace.domain.commands_households import SaveHousehold
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.household_sheet import NamedHousehold
from marketplace.domain.words_delivery import Outcome
from marketplace.services.households import (
    add_household,
    add_households,
    list_households,
)
from marketplace.services.invariants_households import CHECKS_OF_HOUSEHOLDS
from marketplace.services.member_shares import (
    dues_of,
    sales_of,
    set_retained,
    write_shares,
)
from marketplace.services.statements import statement_of
from models.households import NoteShare
from tests.acting import Acted
from tests.factories import NOW, TODAY


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def two(acted, session):
    unit = acted.contract.seller.unit_id
    return [
        add_household(session, acted.seller, SaveHousehold(name, unit))
        for name in ("Lò Văn Pâng", "Quàng Thị Hoa")
    ]


def broken(session):
    return [one for check in CHECKS_OF_HOUSEHOLDS for one in check(session)]


def shared(acted, note, *kg):
    own = list_households(acted.session, acted.seller)
    told = {one.id: part for one, part in zip(own, kg, strict=True)}
    return write_shares(acted.session, acted.seller, note.public_id, told, now=NOW)


@pytest.mark.usefixtures("two")
def test_what_households_are_owed_makes_the_money_of_the_goods(acted, session):
    spoilt = Part(90, Outcome.REJECTED, reason="Dập")
    note = acted.delivered(3_001, Part(2_911), spoilt)
    shared(acted, note, 2_000, 1_001)
    set_retained(session, acted.seller, acted.contract.public_id, 25, now=NOW)

    found = dues_of(session, acted.contract, today=TODAY)

    statement = statement_of(session, acted.contract, today=TODAY)
    whole = statement.totals.priced_vnd - statement.totals.deductions_vnd
    assert found.total.owed_vnd + found.retained_vnd == whole == 2_911 * 14_500
    assert found.total.rejected_kg == 90
    assert [due.delivered_kg for due in found.dues.values()] == [2_000, 1_001]
    assert list(sales_of(session, acted.seller)) == [2026]
    assert broken(session) == []


@pytest.mark.usefixtures("two")
def test_before_the_inspection_a_household_has_kilograms_and_no_money(acted, session):
    shared(acted, acted.weighed(3_000), 3_000, 0)

    total = dues_of(session, acted.contract, today=TODAY).total

    assert (total.delivered_kg, total.unpriced_kg, total.owed_vnd) == (3_000, 3_000, 0)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("kg", "told"), [(2_900, "thiếu"), (3_100, "Thừa")])
def test_shares_that_miss_the_weight_are_refused_with_the_difference(acted, kg, told):
    note = acted.weighed(3_000)

    with pytest.raises(Refused, match=told) as refusal:
        shared(acted, note, kg, 0)

    assert refusal.value.params["kg"] == "100 kg"


@pytest.mark.usefixtures("two")
def test_shares_told_again_replace_the_first(acted, session):
    note = acted.weighed(3_000)
    shared(acted, note, 3_000, 0)

    rows = shared(acted, note, 1_000, 2_000)

    assert sorted(row.kg for row in rows) == [1_000, 2_000]
    assert broken(session) == []


def test_neither_the_buyer_nor_an_officer_reads_or_writes_shares(
    acted, session, make, two
):
    note = acted.weighed(3_000)
    told = {two[0].id: 3_000}

    for who in (acted.buyer, make.officer(), make.member()):
        with pytest.raises(NotFound):
            write_shares(session, who, note.public_id, told, now=NOW)
        assert list_households(session, who) == []
    assert "shares" not in str([event.event for event in acted.contract.events])


def test_a_household_of_another_cooperative_brings_nothing(acted, session, make):
    other = make.member()
    foreign = add_household(session, other, SaveHousehold("Khác", make.commune().id))

    with pytest.raises(NotFound):
        write_shares(
            session,
            acted.seller,
            acted.weighed(3_000).public_id,
            {foreign.id: 3_000},
            now=NOW,
        )


def test_one_name_stands_twice_only_with_different_codes(acted, session, two):
    unit = two[0].unit_id

    add_household(session, acted.seller, SaveHousehold("Lò Văn Pâng", unit, "H2"))

    for code in ("", "H2"):
        with pytest.raises(Refused, match="Đã có hộ này"):
            add_household(
                session, acted.seller, SaveHousehold("lò văn  pâng", unit, code)
            )
    with pytest.raises(Refused):
        add_household(session, acted.seller, SaveHousehold("Tên khác", unit, "H2"))


@pytest.mark.usefixtures("two")
def test_a_sheet_adds_who_is_not_there_yet(acted, session):
    rows = [
        NamedHousehold("Lò Văn Pâng", "", None, ""),
        NamedHousehold("Vì Văn Ơn", "H7", "+84987654321", ""),
    ]

    count = add_households(session, acted.seller, rows, today=TODAY)

    assert count == 1
    names = {one.name for one in list_households(session, acted.seller)}
    assert "Vì Văn Ơn" in names


def test_shares_that_miss_the_load_or_are_of_others_are_found(acted, session, make):
    stranger = make.member()
    foreign = add_household(session, stranger, SaveHousehold("Khác", make.commune().id))
    note = acted.weighed(3_000)
    session.add(
        NoteShare(
            note_id=note.id,
            household_id=foreign.id,
            kg=5,
            by_user_id=stranger.user_id,
            at=NOW,
        )
    )
    session.flush()

    rules = {one.rule for one in broken(session)}

    assert rules == {
        "what households brought is the net weight of their load",
        "a load is shared among households of its seller",
    }

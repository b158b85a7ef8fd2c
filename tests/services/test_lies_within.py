"""Rows of an area: looked up by their units, or not at all where it is everywhere."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.services.units import lies_within
from models.organisations import Organisation
from models.reference import AdminUnit


def found(session, units):
    wanted = select(Organisation.id).where(
        lies_within(session, Organisation.unit_id, units)
    )
    return set(session.scalars(wanted))


def test_of_an_area_only_its_own_rows_are_found(session, make):
    here, there = session.scalars(
        select(AdminUnit.id).where(AdminUnit.level == "commune").limit(2)
    )
    inside = make.organisation(unit_id=here)
    outside = make.organisation(unit_id=there)
    everywhere = set(session.scalars(select(AdminUnit.id)))

    assert found(session, {here}) == {inside.id}
    assert found(session, everywhere - {here}) == {outside.id}
    assert found(session, frozenset(everywhere)) == {inside.id, outside.id}
    assert found(session, ()) == set()


def test_who_oversees_all_units_asks_no_question(session):
    everywhere = frozenset(session.scalars(select(AdminUnit.id)))

    asked = lies_within(session, Organisation.unit_id, everywhere)
    narrower = lies_within(
        session, Organisation.unit_id, everywhere - {min(everywhere)}
    )

    assert str(asked) == "true"
    assert "unit_id" in str(narrower)

"""Communes before and after the reform of July 2025."""

from datetime import date

import pytest

from marketplace.domain.admin_units import (
    REFORM_DAY,
    Change,
    Directory,
    Unit,
    bare_name,
    expected_parent_level,
)
from marketplace.domain.words import AdminKind, AdminLevel

BEFORE, AFTER = date(2025, 6, 30), REFORM_DAY
OLD, START = REFORM_DAY, date(2004, 1, 1)
COMMUNE, DISTRICT = AdminLevel.COMMUNE, AdminLevel.DISTRICT


def commune(id_, code, name, kind, parent, old=True):
    dates = (START, OLD) if old else (REFORM_DAY, None)
    return Unit(id_, code, COMMUNE, kind, name, parent, *dates)


UNITS = [
    Unit(1, "14", AdminLevel.PROVINCE, AdminKind.TINH, "Tỉnh Sơn La", None, START),
    Unit(2, "126", DISTRICT, AdminKind.HUYEN, "Huyện Sông Mã", 1, START, OLD),
    Unit(3, "125", DISTRICT, AdminKind.HUYEN, "Huyện Mai Sơn", 1, START, OLD),
    commune(10, "04168", "Thị trấn Sông Mã", AdminKind.THI_TRAN, 2),
    commune(11, "04198", "Xã Nà Nghịu", AdminKind.XA, 2),
    commune(12, "04204", "Xã Chiềng Khoong", AdminKind.XA, 2),
    commune(13, "04999", "Xã Nà Nghịu", AdminKind.XA, 3),
    commune(20, "04168", "Xã Sông Mã", AdminKind.XA, 1, old=False),
    commune(21, "04204", "Xã Chiềng Khoong", AdminKind.XA, 1, old=False),
    commune(22, "04999", "Xã Mai Sơn", AdminKind.XA, 1, old=False),
]
CHANGES = [
    Change(10, 20, REFORM_DAY),
    Change(11, 20, REFORM_DAY),
    Change(12, 21, REFORM_DAY),
    Change(13, 22, REFORM_DAY),
]


@pytest.fixture
def directory():
    return Directory(UNITS, CHANGES)


def test_a_code_means_another_unit_after_the_reform(directory):
    assert directory.find("04168", COMMUNE, BEFORE).id == 10
    assert directory.find("04168", COMMUNE, AFTER).id == 20
    assert directory.find("99999", COMMUNE, AFTER) is None


def test_an_old_commune_in_an_address_leads_to_todays(directory):
    found = directory.resolve("Bản Mòn, xã Nà Nghịu, huyện Sông Mã", AFTER)

    assert [(r.unit.id, r.current.id, r.renamed) for r in found] == [(11, 20, True)]


def test_without_its_district_both_readings_are_offered(directory):
    found = directory.resolve("na nghiu", AFTER)

    assert {r.current.id for r in found} == {20, 22}


def test_a_name_in_use_means_todays_unit(directory):
    (found,) = directory.resolve("Chiềng Khoong", AFTER)

    assert (found.unit.id, found.renamed) == (21, False)


def test_the_kind_tells_the_old_town_from_the_new_commune(directory):
    (town,) = directory.resolve("TT. thị trấn Sông Mã; thị trấn Sông Mã", AFTER)
    (then,) = directory.resolve("thị trấn Sông Mã", BEFORE)

    assert (town.unit.id, town.current.id) == (10, 20)
    assert (then.unit.id, then.current.id) == (10, 10)


def test_an_unknown_name_resolves_to_nothing(directory):
    assert directory.resolve("xã Không Có", AFTER) == []


def test_the_former_district_is_known_on_both_sides(directory):
    assert directory.former_district(11).id == 2
    assert directory.former_district(20).id == 2
    assert directory.former_district(1) is None


def test_the_communes_of_a_former_district_on_any_day(directory):
    assert [u.id for u in directory.district_members(2, BEFORE)] == [10, 11, 12]
    assert [u.id for u in directory.district_members(2, AFTER)] == [20, 21]
    assert directory.both_sides(2) == {10, 11, 12, 20, 21}


def test_what_was_merged_is_remembered(directory):
    assert [u.id for u in directory.predecessors(20)] == [10, 11]
    assert directory.successor(11, BEFORE).id == 11


def test_districts_stood_between_until_the_reform():
    assert expected_parent_level(BEFORE) is DISTRICT
    assert expected_parent_level(AFTER) is AdminLevel.PROVINCE


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Xã Nà Nghịu", "na nghiu"), ("TP. Sơn La", "son la"), ("Bó Sinh", "bo sinh")],
)
def test_a_bare_name_has_no_kind(name, bare):
    assert bare_name(name) == bare

"""Registers as authorities keep them: the heading row, the columns, the cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.register_rows import read_record, read_skipped
from marketplace.domain.register_sheets import (
    Register,
    cells_of,
    column_letter,
    columns_of,
    guess_heading,
    guess_mapping,
)
from marketplace.domain.words import CertificateScheme, ChainKind, Market

OFFICIAL = [
    ("DANH SÁCH HỢP TÁC XÃ NÔNG NGHIỆP", "", "", "", ""),
    ("Đến hết ngày 31/12/2025", "", "", "", ""),
    ("STT", "Tên HTX", "MST", "Địa bàn", "Số thành viên"),
    ("1", "Hợp tác xã Bản Mé", "5599000010", "Nà Nghịu", "12"),
]


def test_the_heading_is_found_below_the_title_of_an_official_list():
    heading = guess_heading(OFFICIAL, Register.ORGANISATIONS)

    assert heading == 2
    assert guess_mapping(OFFICIAL[heading], Register.ORGANISATIONS) == {
        "name": 1,
        "tax_code": 2,
        "commune": 3,
        "official_members": 4,
    }


def test_a_heading_with_more_words_still_names_its_column():
    heading = ("Mã số vùng trồng đã cấp", "Đơn vị đứng tên", "Cây trồng chính")

    found = guess_mapping(heading, Register.CODES)

    assert found == {"code": 0, "holder": 1, "product": 2}


@given(st.lists(st.text(max_size=12), max_size=12), st.sampled_from(list(Register)))
def test_a_column_serves_one_field_whatever_the_headings_say(heading, register):
    found = guess_mapping(tuple(heading), register)

    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(range(len(heading)))


@pytest.mark.parametrize("register", list(Register))
def test_its_own_template_is_understood_without_help(register):
    columns = columns_of(register)

    found = guess_mapping(tuple(one.title for one in columns), register)

    assert found == {one.field: at for at, one in enumerate(columns)}


def test_cells_are_read_as_vietnamese_writes_them():
    cells = {
        "code": "VN-SLOR-0001",
        "holder": "HTX Bản Mé",
        "product": "Nhãn",
        "market": "trung quốc",
        "area_ha": "1.234,5 ha",
        "valid_from": "1/3/2025",
        "last_day": "-",
    }

    read = read_record(Register.CODES, 4, cells)

    assert read.errors == {}
    assert read.get("market") is Market.CN
    assert read.get("area_ha") == Decimal("1234.5")
    assert read.get("valid_from") == date(2025, 3, 1)
    assert read.get("last_day") is None


def test_every_cell_at_fault_is_told_at_once():
    cells = {
        "scheme": "VietGAB",
        "number": "",
        "holder": "x",
        "issued_on": "31/02/2025",
    }

    read = read_record(Register.CERTIFICATES, 9, cells)

    assert set(read.errors) == {
        *("scheme", "number", "issued_on"),
        *("issuer", "expires_on"),  # columns that the file lacks
    }


@pytest.mark.parametrize(
    ("register", "field", "typed", "meant"),
    [
        (Register.CHAINS, "kind", "Chuỗi an toàn", ChainKind.SAFE_SUPPLY),
        (Register.CHAINS, "kind", "LIÊN KẾT", ChainKind.PRODUCT_DEVELOPMENT),
        (Register.CODES, "market", "Hoa Kỳ", Market.US),
        (Register.CERTIFICATES, "scheme", "Viet GAP", None),
        (Register.CERTIFICATES, "scheme", "Hữu cơ", CertificateScheme.ORGANIC_TCVN),
    ],
)
def test_words_are_known_in_any_case(register, field, typed, meant):
    read = read_record(register, 1, {field: typed})

    assert read.get(field) is meant
    assert (field in read.errors) == (meant is None)


def test_rows_to_leave_out_are_numbers_and_spans():
    assert read_skipped("3, 60-62;70 ") == {3, 60, 61, 62, 70}
    assert read_skipped("") == frozenset()


@pytest.mark.parametrize("text", ["ba", "5-3", "1-", "1-99999999", "-"])
def test_other_words_are_no_rows(text):
    with pytest.raises(Refused):
        read_skipped(text)


@given(st.integers(0, 2_000))
def test_letters_of_columns_count_up_and_never_repeat(index):
    here, after = column_letter(index), column_letter(index + 1)

    assert (len(here), here) < (len(after), after)


def test_a_short_row_has_empty_cells_at_its_end():
    assert cells_of(("a",), {"name": 0, "commune": 3}) == {"name": "a", "commune": ""}


@pytest.mark.parametrize(
    ("register", "name", "typed"),
    [
        (Register.ORGANISATIONS, "name", "x" * 201),
        (Register.ORGANISATIONS, "address", "x" * 201),
        (Register.ORGANISATIONS, "legal_representative", "x" * 299),
        (Register.CODES, "garden", "x" * 201),
        (Register.CODES, "code", "x" * 65),
        (Register.CERTIFICATES, "issuer", "x" * 201),
        (Register.CERTIFICATES, "number", "x" * 65),
        (Register.CHAINS, "name", "x" * 201),
        (Register.CHAINS, "number", "x" * 65),
        (Register.CHAINS, "name", "Chuỗi\u202e"),
    ],
)
def test_a_text_that_its_field_cannot_keep_is_told_at_its_cell(register, name, typed):
    read = read_record(register, 5, {name: typed})

    assert isinstance(read.errors.get(name), Refused)
    assert name not in read.values

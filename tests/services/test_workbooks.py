"""A hostile workbook never makes a reader lay out what nobody wrote."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from marketplace.domain.errors import Refused
from marketplace.services.spreadsheets import read_xlsx


def workbook(**parts: tuple[bytes, bytes]) -> bytes:
    """A small workbook; in the parts that are named, the first is the second."""
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Tên", "Số"])
        sheet.write_row(1, 0, ["Bản Mé", 12])
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            data = old.read(one)
            for name, (was, becomes) in parts.items():
                if one.filename.endswith(f"{name}.xml"):
                    assert was in data
                    data = data.replace(was, becomes, 1)
            new.writestr(one.filename, data)
    return out.getvalue()


def test_a_plain_workbook_is_read():
    assert read_xlsx(workbook()) == [("Tên", "Số"), ("Bản Mé", "12")]


def test_a_stray_cell_is_told_by_its_address():
    data = workbook(sheet1=(b'r="B2"', b'r="XFD1048576"'))

    with pytest.raises(Refused) as refused:
        read_xlsx(data)

    assert refused.value.params["cell"] == "XFD1048576"


def test_a_sheet_under_another_name_is_looked_at_too():
    data = workbook(sheet1=(b'r="B2"', b'r="XFD1048576"'))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            part = old.read(one).replace(b"worksheets/sheet1.xml", b"other.xml")
            new.writestr(one.filename.replace("worksheets/sheet1", "other"), part)

    with pytest.raises(Refused):
        read_xlsx(out.getvalue())


@pytest.mark.parametrize(
    "becomes",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><worksheet',
        b"<worksheet><broken",
    ],
)
def test_what_declares_entities_or_is_broken_is_refused(becomes):
    with pytest.raises(Refused):
        read_xlsx(workbook(sheet1=(b"<worksheet", becomes)))


def test_a_package_that_unpacks_to_more_than_it_says_is_refused():
    data = workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little"))
    assert lying != data

    with pytest.raises(Refused):
        read_xlsx(lying)

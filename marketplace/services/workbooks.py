"""An .xlsx package before it is read: bounded in bytes, parts and cells.

A package of a few kilobytes can unpack to a disk full, and one stray cell at the far
corner of a sheet makes a reader lay out billions of empty ones. So the parts are
unpacked here as far as they say they reach, the places of cells are looked at, and the
reader gets a package that holds just what was looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from marketplace.domain.errors import N_, Refused
from marketplace.domain.sheets import MOST_UNPACKED

MOST_PARTS = 500
MOST_CELLS = 1_000_000  # of the rectangle that a sheet spans; each takes 32 bytes
UNREADABLE = N_("Không đọc được tệp này, hãy dùng tệp mẫu .xlsx")
FAR_CELL = N_(
    "Trang tính có ô ghi ở tận %(cell)s. Xóa các dòng, các cột thừa rồi lưu lại"
)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_READ = (".xml", ".rels")  # pictures and settings of printers are not


def checked_package(data: bytes, field: str, most: int = MOST_UNPACKED) -> bytes:
    """The same workbook in a package that can be read in bounded memory.

    Refused if it is none, unpacks to too much, or spans too many cells.
    """
    try:
        parts = dict(_parts(data, most))
        if "xl/workbook.xml" not in parts:
            raise ValueError("no workbook")
        for part in parts.values():
            parseString(part, _Span(field))
    except _BROKEN:
        raise Refused(UNREADABLE, field) from None
    return _packed(parts)


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    DefusedXmlException,
    SAXException,
    ValueError,
    RuntimeError,  # a package under a password, or packed by a way that zipfile lacks
    EOFError,
)


def _parts(data: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    """Each part as long as the package says; the sum of it is bounded before."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        told = package.infolist()
        if len(told) > MOST_PARTS or sum(one.file_size for one in told) > most:
            raise ValueError("unpacks to too much")
        for one in told:
            if one.filename.lower().endswith(_READ):
                yield one.filename, package.read(one)


class _Span(ContentHandler):
    """Looks at the addresses of cells as they come; refuses a sheet too wide."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field, self.rows, self.columns = field, 1, 1

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's own
        if name.rpartition(":")[2] != "c" or "r" not in attrs:
            return
        column, row = _place(attrs["r"])
        self.columns, self.rows = max(self.columns, column), max(self.rows, row)
        if self.columns * self.rows > MOST_CELLS:
            raise Refused(FAR_CELL, self.field, cell=attrs["r"])


def _place(address: str) -> tuple[int, int]:
    """Column and row of a cell, by its address such as B12."""
    found = _PLACE.fullmatch(address)
    if found is None:
        raise ValueError("no place of a cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()

"""The tile map: a cell a commune, where it roughly lies along the river."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.services.board import Matrix

if TYPE_CHECKING:
    from models.reference import AdminUnit

# (row, column) of the communes of Sông Mã, upstream at the top.
FORMER = {
    "Bó Sinh": (1, 1), "Pú Pẩu": (1, 2), "Chiềng En": (2, 1), "Mường Lầm": (2, 2),
    "Chiềng Phung": (2, 3), "Đứa Mòn": (3, 1), "Yên Hưng": (3, 2), "Nậm Ty": (3, 3),
    "Chiềng Sơ": (4, 2), "Nà Nghịu": (4, 3), "Sông Mã": (4, 4), "Nậm Mằn": (5, 2),
    "Huổi Một": (5, 3), "Chiềng Khoong": (5, 4), "Mường Cai": (6, 3),
    "Mường Hung": (6, 4), "Chiềng Cang": (6, 5), "Mường Sai": (7, 4),
    "Chiềng Khương": (7, 5),
}  # fmt: skip
PRESENT = {
    "Bó Sinh": (1, 1), "Mường Lầm": (2, 1), "Nậm Ty": (2, 2), "Chiềng Sơ": (3, 2),
    "Sông Mã": (3, 3), "Huổi Một": (4, 2), "Chiềng Khoong": (4, 3),
    "Mường Hung": (5, 3), "Chiềng Khương": (5, 4),
}  # fmt: skip
_KINDS = ("Thị trấn ", "Xã ", "Phường ")


@dataclass(frozen=True)
class Tile:
    """One cell: a commune, its number, and the id behind it."""

    name: str
    row: int
    column: int
    number: int
    unit_id: int

    @property
    def shade(self) -> int:
        return min(self.number, 5)


def short_name(name: str) -> str:
    """`Xã Sông Mã` -> `Sông Mã`."""
    for kind in _KINDS:
        name = name.removeprefix(kind)
    return name


@dataclass(frozen=True)
class TileMap:
    """The cells of an area, and how many chains are in none of them.

    `whole` when no commune of the map is missing; the river is drawn for that one.
    """

    tiles: Sequence[Tile]
    whole: bool
    elsewhere: int


def tiles_of(matrix: Matrix, communes: Iterable[AdminUnit], former: bool) -> TileMap:
    """The communes of an area that are on the map, nought where there is no chain.

    They are known by their ids: a commune of today may bear the name of a former one,
    and one elsewhere the name of one here.
    """
    places = FORMER if former else PRESENT
    numbers = {unit.id: sum(row.values()) for unit, row in matrix.rows}
    tiles = [
        Tile(name, *places[name], numbers.get(unit.id, 0), unit.id)
        for unit in communes
        if (name := short_name(unit.name)) in places
    ]
    elsewhere = matrix.total() - sum(tile.number for tile in tiles)
    return TileMap(tiles, len(tiles) == len(places), elsewhere)

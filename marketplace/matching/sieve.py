"""Sixteen rows at a glance: which of them may be worth a closer look.

Nearly all pairs fail on what is cheap to compare: what is asked for, the days,
the net price, the way. So these columns lie side by side, sixteen rows to a
line, all in 32 bits, and a line is sifted without a branch: then a processor
compares many rows with one instruction. What falls through is looked at in
full. Single precision is off by less than five metres, a millionth of a price
and a tenth of a đồng, which are given; so nothing that may meet is held back.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import inner
from marketplace.matching.side import Floats, Nodes, Record, Records

LINE = 16
LOW, HIGH, FIRST, LAST = range(4)
NET, RATE, X, Y, Z, RADIUS = range(6)
LATER = 1 << 30
"""No day."""
FIVE_METRES = 0.005
MILLIONTH = 1e-6
PLACES = np.zeros(37, dtype=np.int64)
PLACES[[2**place % 37 for place in range(LINE)]] = np.arange(LINE)


class Sieve(NamedTuple):
    """Lines of sixteen rows or tiles, of each line its columns."""

    whole: Nodes  # bits in two halves, days
    real: NDArray[np.float32]  # net price less fixed transport, rate, place, radius


class Wanted(NamedTuple):
    """What a row asks of a line; `price` is the net price that makes zero."""

    low: np.int32
    high: np.int32
    first: np.int32
    last: np.int32
    price: float
    rate: np.float32
    x: np.float32
    y: np.float32
    z: np.float32


def sieve_of(rows: Records, net: Floats, radius: Floats) -> Sieve:
    """Lines of these rows; those that fill up the last line have no day."""
    halves = np.ascontiguousarray(rows["bits"], dtype="<u8").view(np.int32)
    whole = _lines((halves[0::2], halves[1::2], rows["first"], rows["last"]), np.int32)
    if len(rows) % LINE:
        whole[-1, FIRST, len(rows) % LINE :] = LATER
    most = net + np.abs(net) * MILLIONTH
    place = rows["x"], rows["y"], rows["z"]
    real = (most, rows["rate"], *place, radius + FIVE_METRES)
    return Sieve(whole, _lines(real, np.float32))


def _lines(columns: tuple[Any, ...], kind: type) -> Any:
    lines = (len(columns[0]) + LINE - 1) // LINE
    padded: NDArray[Any] = np.zeros((len(columns), lines * LINE), dtype=kind)
    for place, column in enumerate(columns):
        padded[place, : len(column)] = column
    by_line = padded.reshape(len(columns), lines, LINE).transpose(1, 0, 2)
    return np.ascontiguousarray(by_line)


@inner
def wanted(row: Record) -> Wanted:
    """What a row asks of a line."""
    return Wanted(
        np.int32(row.bits & np.uint64(0xFFFFFFFF)),
        np.int32(row.bits >> np.uint64(32)),
        row.first,
        row.last,
        row.fixed - row.net + 0.499,
        np.float32(row.rate),
        np.float32(row.x),
        np.float32(row.y),
        np.float32(row.z),
    )


@inner
def sift(sieve: Sieve, line: int, row: Wanted, above: int) -> int:
    """The rows of a line that may be worth more than `above`, a bit each."""
    least = np.float32(above + row.price - abs(above + row.price) * MILLIONTH)
    found, whole, real = np.uint32(0), sieve.whole, sieve.real
    for place in range(LINE):
        room = real[line, NET, place] - least
        x = real[line, X, place] - row.x
        y = real[line, Y, place] - row.y
        z = real[line, Z, place] - row.z
        away = np.sqrt(x * x + y * y + z * z) - real[line, RADIUS, place]
        carry = (row.rate + real[line, RATE, place]) * away
        fit = (
            ((whole[line, LOW, place] & row.low) == 0)
            & ((whole[line, HIGH, place] & row.high) == 0)
            & (whole[line, FIRST, place] <= row.last)
            & (whole[line, LAST, place] >= row.first)
            & (carry <= room + np.float32(0.1))
            & (room >= np.float32(-0.1))
        )
        found |= np.uint32(fit) << np.uint32(place)
    return int(np.int64(found))


@inner
def lowest(found: int) -> int:
    """The place of the first of these rows: 2 has no period below 36 modulo 37."""
    return int(PLACES[(found & -found) % 37])

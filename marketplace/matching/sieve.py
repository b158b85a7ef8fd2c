"""Sixteen rows at a glance: which of them may be worth a closer look.

Nearly all pairs fail on what is cheap to compare: what is asked for, the days,
the net price, the way. So these columns lie side by side, sixteen rows to a
line, all in 32 bits, and a line is sifted without a branch: then a processor
compares many rows with one instruction. What falls through is looked at in
full. Single precision is off by less than five metres, a millionth of a price
and a tenth of a đồng, which are given; so nothing that may meet is held back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import inner, kernel
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
Singles = NDArray[np.float32]


class Sieve(NamedTuple):
    """Lines of sixteen rows or tiles, of each line its columns."""

    whole: Nodes  # bits in two halves, days
    real: Singles  # net price less fixed transport, rate, place, radius


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
    lines = (len(rows) + LINE - 1) // LINE
    whole = np.zeros((lines, 4, LINE), dtype=np.int32)
    real = np.zeros((lines, 6, LINE), dtype=np.float32)
    _fill(rows, net, radius, whole, real)
    return Sieve(whole, real)


@kernel
def _fill(
    rows: Records, net: Floats, radius: Floats, whole: Nodes, real: Singles
) -> None:
    whole[-1:, FIRST] = LATER
    for number in range(len(rows)):
        row, line, place = rows[number], number // LINE, number % LINE
        whole[line, LOW, place] = np.int32(row.bits & np.uint64(0xFFFFFFFF))
        whole[line, HIGH, place] = np.int32(row.bits >> np.uint64(32))
        whole[line, FIRST, place] = row.first
        whole[line, LAST, place] = row.last
        real[line, NET, place] = net[number] + abs(net[number]) * MILLIONTH
        real[line, RATE, place] = row.rate
        real[line, X, place] = row.x
        real[line, Y, place] = row.y
        real[line, Z, place] = row.z
        real[line, RADIUS, place] = radius[number] + FIVE_METRES


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

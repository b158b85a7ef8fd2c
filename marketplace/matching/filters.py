"""The hard rules over whole grids: the same answers as `reasons`, in bulk.

Every filter returns True where the rule of the same name does not FAIL. A
property test holds the two readings of each rule together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from marketplace.matching.grid import NEVER, Bools, Grid
from marketplace.matching.instance import Lot, Need
from marketplace.matching.reasons import RULES
from marketplace.matching.transport import Ints


def _product(row: Lot | Need) -> int:
    return row.product


def _owner(row: Lot | Need) -> int:
    return row.owner


def product(grid: Grid) -> Bools:
    """The product is the one asked for."""
    sold, asked = grid.of_lots(_product), grid.of_needs(_product)
    return np.equal(sold, asked)


def parties(grid: Grid) -> Bools:
    """Nobody sells to themselves."""
    return np.not_equal(grid.of_lots(_owner), grid.of_needs(_owner))


def apart(grid: Grid) -> Bools:
    """Neither has said no to the other's post, nor do they bargain already."""
    meet = np.ones((len(grid.lots), len(grid.needs)), dtype=np.bool_)
    offers = grid.of_needs(lambda need: need.offer)[0]
    for place, lot in enumerate(grid.lots):
        for offer in grid.market.apart_from.get(lot.id, ()):
            meet[place, offers == offer] = False
    return meet


def variety(grid: Grid) -> Bools:
    """The variety is among those accepted."""
    grown = [lot.variety for lot in grid.lots]
    columns = {
        accepted: [not accepted or variety in accepted for variety in grown]
        for accepted in {need.varieties for need in grid.needs}
    }
    return np.array([columns[need.varieties] for need in grid.needs], dtype=np.bool_).T


def transport(grid: Grid) -> Bools:
    """The journey is not longer than the shelf life."""
    return grid.transit_days <= grid.of_lots(lambda lot: lot.shelf_life_days)


def window(grid: Grid) -> Bools:
    """Some day on which the lot can arrive and the need is open."""
    return grid.first_shared_day <= grid.last_shared_day


def grade(grid: Grid) -> Bools:
    """Some of the lot is good enough."""
    nothing = grid.of_lots(lambda lot: lot.kg) == 0
    passed: Bools = (grid.fitting_kg > 0) | nothing
    return passed


def papers(grid: Grid) -> Bools:
    """The required papers hold together on some shared day."""
    mask = grid.of_needs(lambda need: need.requires & ~grid.market.market_bits)
    return _ever_held(grid, mask)


def market(grid: Grid) -> Bools:
    """The codes of the market hold too, on the same day if papers hold at all."""
    codes = grid.of_needs(lambda need: need.requires & grid.market.market_bits)
    everything = _ever_held(grid, grid.of_needs(lambda need: need.requires))
    alone = _ever_held(grid, codes)
    passed: Bools = alone & (everything | ~papers(grid) | (codes == 0))
    return passed


def _ever_held(grid: Grid, mask: Ints) -> Bools:
    if not mask.any():
        return np.ones((len(grid.lots), len(grid.needs)), dtype=np.bool_)
    held: Bools = (grid.first_held_day(mask) < NEVER) | (mask == 0)
    return held | ~window(grid)


def quantity(grid: Grid) -> Bools:
    """What the two could move reaches the smallest lot of both."""
    every = grid.of_lots(lambda lot: lot.kg)
    have = np.where(grid.fitting_kg > 0, grid.fitting_kg, every)
    # What is asked for bounds the least too, so only the share can fall short.
    most = np.minimum(have, grid.share_kg)
    enough: Bools = (most >= grid.least_kg) & (grid.least_kg > 0)
    return enough


def price(grid: Grid) -> Bools:
    """The two have a common zone of prices."""
    return grid.surplus_vnd >= grid.market.least_surplus_vnd


_BY_CODE: dict[str, Callable[[Grid], Bools]] = {
    "product": product,
    "parties": parties,
    "apart": apart,
    "variety": variety,
    "transport": transport,
    "window": window,
    "grade": grade,
    "papers": papers,
    "market": market,
    "quantity": quantity,
    "price": price,
}
FILTERS = {code: _BY_CODE[code] for code in RULES}
"""The filters in the order of `reasons.RULES`."""

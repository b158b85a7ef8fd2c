"""Cutting a block into parts that share neither a lot nor an offer.

The parts are the connected components of the graph of lots and offers, found
with a union-find forest (R. E. Tarjan, 1975). Each is solved by itself; sums
and bounds add up. A part without a pair is nobody's concern and is dropped.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.pairs import Block


def parts_of(block: Block) -> list[Block]:
    """The parts of a block, in the order of their first pair."""
    offers = {need.offer: len(block.lots) for need in block.needs}
    for position, offer in enumerate(offers):
        offers[offer] += position
    parent = list(range(len(block.lots) + len(offers)))
    offer_node = np.array([offers[need.offer] for need in block.needs], dtype=np.intp)
    ends = zip(block.pairs.lot.tolist(), offer_node[block.pairs.need], strict=True)
    for lot, offer in ends:
        parent[_root(parent, int(offer))] = _root(parent, lot)
    found: dict[int, list[int]] = {}
    for position, lot in enumerate(block.pairs.lot.tolist()):
        found.setdefault(_root(parent, lot), []).append(position)
    return [_part(block, positions) for positions in found.values()]


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _part(block: Block, positions: list[int]) -> Block:
    """The lots, needs and pairs at these positions, numbered anew."""
    pairs = block.pairs.at(np.array(positions, dtype=np.intp))
    lots, pairs_lot = np.unique(pairs.lot, return_inverse=True)
    needs, pairs_need = np.unique(pairs.need, return_inverse=True)
    return Block(
        tuple(block.lots[position] for position in lots),
        tuple(block.needs[position] for position in needs),
        type(pairs)(
            pairs_lot,
            pairs_need,
            pairs.surplus_vnd,
            pairs.transport_vnd,
            pairs.road_m,
            pairs.day,
        ),
    )

"""Cutting a block into parts that share neither a lot nor a limit.

The parts are the connected components of the graph of lots and needs, found
with a union-find forest (R. E. Tarjan, 1975); the tranches of an offer hang
together only if the offer limits its suppliers. Each part is solved by itself;
sums and bounds add up. A part without a pair is nobody's concern and is dropped.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.instance import Need
from marketplace.matching.pairs import Block


def parts_of(block: Block) -> list[Block]:
    """The parts of a block, in the order of their first pair."""
    nodes: dict[tuple[int, int], int] = {}
    for need in block.needs:
        nodes.setdefault(_bound(need), len(block.lots) + len(nodes))
    parent = list(range(len(block.lots) + len(nodes)))
    node = np.array([nodes[_bound(need)] for need in block.needs], dtype=np.intp)
    lots = block.pairs.lot.tolist()
    for lot, other in zip(lots, node[block.pairs.need].tolist(), strict=True):
        parent[_root(parent, other)] = _root(parent, lot)
    found: dict[int, list[int]] = {}
    for position, lot in enumerate(lots):
        found.setdefault(_root(parent, lot), []).append(position)
    return [_part(block, positions) for positions in found.values()]


def _bound(need: Need) -> tuple[int, int]:
    """What cannot be parted: a limited offer, or else a tranche."""
    return (0, need.offer) if need.most_suppliers else (1, need.id)


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

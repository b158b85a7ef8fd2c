"""Which of several best allocations: the order of wishes that everybody may know.

Among allocations of equal surplus: more kilograms, then more for sellers with
less promised before, then the nearer, then those who keep their word, then the
older posts. Each wish is
settled on what the wishes before it leave open (see `Network.settle`), so none
is bought with another, and none with a đồng.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.days import kilometres
from marketplace.matching.flow import Flow
from marketplace.matching.network import Network
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints


def settle_ties(problem: Problem, shard: Shard, flow: Flow) -> None:
    """Move the flow to the optimum that the wishes prefer; prices stay."""
    network = flow.network
    if network is None:
        return
    network.settle(_wishes(problem, shard, network))
    flow.kg = network.pairs.flow


def _wishes(problem: Problem, shard: Shard, network: Network) -> Iterator[Ints]:
    """What to maximise after the surplus, one value a pair, first wish first."""
    open_pairs = np.flatnonzero(network.reduced()[network.nodes :] == 0)
    need, lot = np.divmod(network.keys[open_pairs], network.lots)
    lot, need = shard.lot_of[lot], shard.need_of[need]

    def wish(values: Ints) -> Ints:
        whole = np.zeros(len(network.keys), dtype=np.int64)
        whole[open_pairs] = values
        return whole

    yield wish(np.ones(len(lot), dtype=np.int64))
    yield wish(-_ranks(problem.lots.promised_kg[lot]))
    yield wish(-kilometres(problem, lot, need).astype(np.int64))
    record = problem.lots.record[lot] + problem.needs.record[need]
    # Nothing is known against anybody in most parts of a market.
    if record.any():
        yield wish(-record)
    ages = _ranks(problem.lots.posted[lot]) + _ranks(problem.needs.posted[need])
    yield wish(-ages)


def _ranks(values: Ints) -> Ints:
    """0 for the least value, 1 for the next, equal ranks for equal values."""
    ranks: Ints = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return ranks

"""What a contestant hands in: who gets how much of what, and its proof if any."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.pairs import Pairs
from marketplace.matching.arrays import Int64

NOTHING = np.empty(0, np.int64)


class Answer(NamedTuple):
    """One row an allocated pair, by position; money in đồng (a kilogram).

    `gain_lot` and `gain_need` are dual prices, `day` and `price_vnd` terms:
    empty where a contestant has none. `bound_vnd` is 0 where none is claimed;
    with side rules `choice_lot` and `choice_need` prove `priced_vnd` (see
    `verify_choices`), and what a search has proven beyond may be claimed.
    """

    lot: Int64
    need: Int64
    kg: Int64
    surplus_vnd: int
    gain_lot: Int64 = NOTHING
    gain_need: Int64 = NOTHING
    day: Int64 = NOTHING
    price_vnd: Int64 = NOTHING
    bound_vnd: int = 0
    relaxed_vnd: int = 0
    pairs_considered: int = 0
    priced_vnd: int = 0
    choice_lot: Int64 = NOTHING
    choice_need: Int64 = NOTHING


def of_flow(pairs: Pairs, kg: np.ndarray) -> Answer:
    """The pairs that carry something; masses rounded to whole kilograms."""
    whole = np.round(kg).astype(np.int64)
    used = np.flatnonzero(whole)
    surplus = int((pairs.surplus_vnd[used] * whole[used]).sum())
    counted = pairs.lot.size
    return Answer(
        pairs.lot[used],
        pairs.need[used],
        whole[used],
        surplus,
        pairs_considered=counted,
    )


def joined(parts: list[Answer]) -> Answer:
    """The answers for several products as one (without proofs)."""
    return Answer(
        np.concatenate([NOTHING, *(part.lot for part in parts)]),
        np.concatenate([NOTHING, *(part.need for part in parts)]),
        np.concatenate([NOTHING, *(part.kg for part in parts)]),
        sum(part.surplus_vnd for part in parts),
        pairs_considered=sum(part.pairs_considered for part in parts),
    )


def save(answer: Answer, path: Path) -> None:
    """As .npz."""
    np.savez(path, **{name: np.asarray(v) for name, v in answer._asdict().items()})


def load(path: Path) -> Answer:
    """What `save` has written."""
    with np.load(path) as file:
        fields = {name: file[name] for name in Answer._fields}
    return Answer(
        **{name: v if v.ndim else int(v) for name, v in fields.items()}  # type: ignore[arg-type]
    )

"""Which posts two readings in columns tell otherwise."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from marketplace.matching.arrays import Int64
from marketplace.services.matching_demand import Demand
from marketplace.services.matching_held import pairs_apart
from marketplace.services.matching_standing import Moved, differing
from marketplace.services.matching_supply import Supply

if TYPE_CHECKING:
    from marketplace.services.matching_sheet import Ground, Sheet


def moved_between(before: Sheet, now: Sheet) -> Moved | None:
    """Posts that are others now; None if the rules for all of them are."""
    if _rules(before.ground) != _rules(now.ground):
        return None
    return Moved(
        differing(_harvests(before.supply), _harvests(now.supply)),
        differing(_offers(before.demand), _offers(now.demand)),
        pairs_apart(now.past, now.said.lot_digest, now.said.offer_digest),
        now.past.superseded,
    )


def _rules(ground: Ground) -> tuple[Any, ...]:
    return ground.transport, ground.costs, ground.varieties


def _harvests(supply: Supply) -> dict[int, list[Any]]:
    """All that is said of each harvest but what only decides between equals."""
    rows, pieces = supply.rows, supply.pieces
    told = _by(rows["id"], rows, supply.left)
    _add(told, _by(supply.grades["id"], supply.grades))
    _add(told, _by(rows["id"][pieces[:, 0]], pieces[:, 1:]))
    return told


def _offers(demand: Demand) -> dict[int, list[Any]]:
    """All that is said of each offer but what only decides between equals."""
    rows, all_rows = demand.rows, demand.all_rows
    told = _by(all_rows["offer"], all_rows, demand.all_requires)
    still_open = (rows["id"], rows["start"], demand.left, demand.most_suppliers)
    _add(told, _by(rows["offer"], *still_open))
    _add(told, {offer: list(kinds) for offer, kinds in demand.varieties.items()})
    return told


def _by(ids: Int64, *columns: Any) -> dict[int, list[Any]]:
    """What columns say of each id, as plain values that can be compared."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    told = (column.tolist() for column in columns)
    for one, *row in zip(ids.tolist(), *told, strict=True):
        found[one].append(row)
    return found


def _add(told: dict[int, list[Any]], more: dict[int, list[Any]]) -> None:
    for one, said in more.items():
        told[one] += said

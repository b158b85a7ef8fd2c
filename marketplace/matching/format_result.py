"""A result as JSON, in the names of the instance.

A change is a JSON object whose keys replace those of the row that it is told
to: `row | change` is the row as it should be, null taking a rule away. `side`
tells whether an unmatched row is a lot or a need, whose ids may be alike;
`untried`, how many changes there was no time to try, which are left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from marketplace.matching.again import Again
from marketplace.matching.alternatives import Alternatives, Instead, alternatives
from marketplace.matching.format import Instance
from marketplace.matching.format_fields import Fields, Name
from marketplace.matching.processors import Processed, products_of
from marketplace.matching.proven import Advice, Advised, prove
from marketplace.matching.result import Change, Result

Json = dict[str, object]
Told = Callable[[Instance, Fields, Change], Json]
ADVICE_SECONDS = 10.0
"""How long it is tried what changes would bring."""
AGAIN = 0.7
"""The part of it for solving again."""


def result_json(
    instance: Instance,
    result: Result,
    processed: Sequence[Processed] = (),
    *,
    seconds: float = ADVICE_SECONDS,
) -> Json:
    """The result of an instance as JSON values.

    What goes into a processor names it as the need, what comes out as the lot.
    `seconds` is how long changes may be tried.
    """
    told = _told(instance, result, seconds)
    if instance.processors:
        names = instance.lot_names[-len(instance.processors) :]
        told["processed"] = [
            {"processor": name, "in_kg": one.in_kg, "out_kg": one.out_kg}
            for name, one in zip(names, processed, strict=True)
        ]
    return told


def _told(instance: Instance, result: Result, seconds: float) -> Json:
    began = time.monotonic()
    allocations = list(_allocations(instance, result))
    instead = time.monotonic()
    tied = products_of(instance.processors)
    again = Again(instance.market, result, instead + AGAIN * seconds, tied)
    advised = prove(result, again, instead + seconds)
    spent = {"instead": instead - began, "changes": time.monotonic() - instead}
    return {
        "status": result.status,
        "surplus_vnd": result.surplus_vnd,
        "upper_bound_vnd": result.bound_vnd,
        "gap": result.gap,
        "allocations": allocations,
        "unmatched": [
            *_lots(instance, result, advised),
            *_needs(instance, result, advised),
        ],
        "seconds": dict(result.seconds) | {k: round(v, 6) for k, v in spent.items()},
        "pairs_considered": result.pairs_considered,
    }


def _allocations(instance: Instance, result: Result) -> Iterable[Json]:
    others = {} if instance.processors else alternatives(instance.market, result)
    for row in result.allocations:
        other = others.get((row.lot, row.need), Alternatives(None, None))
        yield {
            "lot": instance.lot_names[row.lot - 1],
            "need": instance.need_names[row.need - 1],
            "kg": row.kg,
            "day": _day(row.day),
            "price_vnd": row.price_vnd,
            "instead": {
                "need": _instead(instance.need_names, other.need),
                "lot": _instead(instance.lot_names, other.lot),
            },
        }


def _instead(names: Sequence[Name], other: Instead | None) -> Json | None:
    """Whom else, how much of it, and what that would lose at least."""
    if other is None:
        return None
    return {
        "id": names[other.partner - 1],
        "kg": other.kg,
        "cost_vnd": other.cost_vnd,
    }


def _day(ordinal: int) -> str:
    """The day, or the edge of the calendar if a change would leave it."""
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat()


def _lots(instance: Instance, result: Result, advised: Advised) -> Iterable[Json]:
    for left in result.unmatched_lots:
        row, advice = instance.lot_rows[left.id - 1], advised.lots[left.id]
        why = _fallen(left.binding, result.lot_stages.get(left.id, {}))
        changes = _changes(instance, row, advice, _LOT_CHANGES)
        name = instance.lot_names[left.id - 1]
        yield _left("lot", name, left.kg, why, changes) | _untried(advice)


def _needs(instance: Instance, result: Result, advised: Advised) -> Iterable[Json]:
    for left in result.unmatched_needs:
        row, advice = instance.need_rows[left.id - 1], advised.needs[left.id]
        why = _fallen(left.binding, result.offer_stages.get(left.id, {}))
        changes = _changes(instance, row, advice, _NEED_CHANGES)
        name = instance.need_names[left.id - 1]
        yield _left("need", name, left.kg, why, changes) | _untried(advice)


def _changes(
    instance: Instance, row: Fields, advice: Advice, told: Mapping[str, Told]
) -> list[Json]:
    return [
        {"change": told[change.code](instance, row, change), "kg": change.kg}
        for change in advice.changes
        if change.code in told
    ]


def _left(side: str, name: Name, kg: int, why: list[str], changes: list[Json]) -> Json:
    return {"id": name, "side": side, "kg": kg, "why": why, "would_match": changes}


def _untried(advice: Advice) -> Json:
    """How many changes had no time, if any."""
    return {"untried": advice.untried} if advice.untried else {}


def _fallen(binding: str, stages: Mapping[str, int]) -> list[str]:
    """The binding rule, and then the others at which partners fell away."""
    before, found = 0, [binding]
    for code, count in stages.items():
        if count < before and code != binding:
            found.append(code)
        before = count
    return found


def _number(change: Change, key: str) -> int:
    return int(str(change.params.get(key, 0)))


def _paper_names(instance: Instance, row: Fields, change: Change) -> list[Name]:
    product = _product_of(instance, row)
    mask = _number(change, "mask")
    names = instance.papers.get(product, [])
    return [name for bit, name in enumerate(names) if mask >> bit & 1]


def _product_of(instance: Instance, row: Fields) -> int:
    rows = zip(instance.lot_rows, instance.market.lots, strict=True)
    found = next((lot.product for fields, lot in rows if fields is row), None)
    if found is not None:
        return found
    needs = zip(instance.need_rows, instance.market.needs, strict=True)
    return next(need.product for fields, need in needs if fields is row)


def _renewed(instance: Instance, row: Fields, change: Change) -> Json:
    span = {
        "from": _day(_number(change, "from_day")),
        "until": _day(_number(change, "until_day")),
    }
    names = _paper_names(instance, row, change)
    held = list(_listed(row, "holds"))
    return {"holds": [*held, *({"what": name, **span} for name in names)]}


def _eased(instance: Instance, row: Fields, change: Change) -> Json:
    dropped = _paper_names(instance, row, change)
    asked = _listed(row, "requires")
    return {"requires": [name for name in asked if name not in dropped]}


def _listed(row: Fields, key: str) -> list[object]:
    return [item for item, _ in row.items(key)] if row.has(key) else []


def _moved(_: Instance, row: Fields, change: Change) -> Json:
    if "days_later" in change.params:
        return {"to": _day(row.day("to") + _number(change, "days_later"))}
    return {"from": _day(row.day("from") - _number(change, "days_earlier"))}


def _smaller(_: Instance, __: Fields, change: Change) -> Json:
    return {"min_lot_kg": _number(change, "smallest_kg")}


def _graded(_: Instance, __: Fields, change: Change) -> Json:
    return {"grade": _number(change, "least_grade") or None}


def _wider(instance: Instance, row: Fields, change: Change) -> Json:
    number = _number(change, "variety")
    if not number:
        return {"varieties": None}
    return {"varieties": [*_listed(row, "varieties"), instance.varieties[number - 1]]}


def _floor(_: Instance, __: Fields, change: Change) -> Json:
    return {"floor_vnd": _number(change, "vnd")}


def _ceiling(_: Instance, __: Fields, change: Change) -> Json:
    return {"ceiling_vnd": _number(change, "vnd")}


def _more_suppliers(_: Instance, __: Fields, change: Change) -> Json:
    return {"max_suppliers": _number(change, "most_suppliers")}


def _no_share(_: Instance, __: Fields, ___: Change) -> Json:
    return {"max_share": None}


_LOT_CHANGES: dict[str, Told] = {
    "papers": _renewed,
    "window": _moved,
    "quantity": _smaller,
    "grade": _graded,
    "floor": _floor,
}
_NEED_CHANGES: dict[str, Told] = {
    "papers": _eased,
    "window": _moved,
    "quantity": _smaller,
    "grade": _graded,
    "variety": _wider,
    "suppliers": _more_suppliers,
    "share": _no_share,
    "ceiling": _ceiling,
}

"""A result as JSON, in the names of the instance.

A change is a JSON object whose keys replace those of the row that it is told
to: `row | change` is the row as it should be, null taking a rule away. `side`
tells whether an unmatched row is a lot or a need, whose ids may be alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from marketplace.matching.alternatives import Alternatives, Instead, alternatives
from marketplace.matching.format import Instance
from marketplace.matching.format_fields import Fields, Name
from marketplace.matching.limits import Limit, ceiling_limits, floor_limits
from marketplace.matching.processors import Processed
from marketplace.matching.result import Change, Result, Unmatched

Json = dict[str, object]


def result_json(
    instance: Instance, result: Result, processed: Sequence[Processed] = ()
) -> Json:
    """The result of an instance as JSON values.

    What goes into a processor names it as the need, what comes out as the lot.
    """
    told = _told(instance, result)
    if instance.processors:
        names = instance.lot_names[-len(instance.processors) :]
        told["processed"] = [
            {"processor": name, "in_kg": one.in_kg, "out_kg": one.out_kg}
            for name, one in zip(names, processed, strict=True)
        ]
    return told


def _told(instance: Instance, result: Result) -> Json:
    return {
        "status": result.status,
        "surplus_vnd": result.surplus_vnd,
        "upper_bound_vnd": result.bound_vnd,
        "gap": result.gap,
        "allocations": list(_allocations(instance, result)),
        "unmatched": [*_lots(instance, result), *_needs(instance, result)],
        "seconds": dict(result.seconds),
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


def _lots(instance: Instance, result: Result) -> Iterable[Json]:
    limits = floor_limits(instance.market, result)
    for left in result.unmatched_lots:
        row = instance.lot_rows[left.id - 1]
        changes = [
            {
                "change": _LOT_CHANGES[change.code](instance, row, change),
                "kg": change.kg,
            }
            for change in left.changes
            if change.code in _LOT_CHANGES
        ]
        yield _left(
            "lot",
            instance.lot_names[left.id - 1],
            left,
            [*changes, *_priced("floor_vnd", limits.get(left.id))],
            _fallen(left.binding, result.lot_stages.get(left.id, {})),
        )


def _needs(instance: Instance, result: Result) -> Iterable[Json]:
    limits = ceiling_limits(instance.market, result)
    for left in result.unmatched_needs:
        row = instance.need_rows[left.id - 1]
        changes = [
            {
                "change": _NEED_CHANGES[change.code](instance, row, change),
                "kg": change.kg,
            }
            for change in left.changes
            if change.code in _NEED_CHANGES
        ]
        yield _left(
            "need",
            instance.need_names[left.id - 1],
            left,
            [*changes, *_priced("ceiling_vnd", limits.get(left.id))],
            _fallen(left.binding, result.offer_stages.get(left.id, {})),
        )


def _left(
    side: str, name: Name, left: Unmatched, changes: list[Json], why: list[str]
) -> Json:
    return {
        "id": name,
        "side": side,
        "kg": left.kg,
        "why": why,
        "would_match": changes,
    }


def _priced(key: str, limit: Limit | None) -> list[Json]:
    return [] if limit is None else [{"change": {key: limit.vnd}, "kg": limit.kg}]


def _fallen(binding: str, stages: Mapping[str, int]) -> list[str]:
    """The binding rule, and then the others at which partners fell away."""
    before, found = 0, [binding]
    for code, count in stages.items():
        if count < before and code != binding:
            found.append(code)
        before = count
    return found


Told = Callable[[Instance, Fields, Change], Json]


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


def _more_suppliers(_: Instance, __: Fields, change: Change) -> Json:
    return {"max_suppliers": _number(change, "most_suppliers")}


def _no_share(_: Instance, __: Fields, ___: Change) -> Json:
    return {"max_share": None}


_LOT_CHANGES: dict[str, Told] = {
    "papers": _renewed,
    "window": _moved,
    "quantity": _smaller,
    "grade": _graded,
}
_NEED_CHANGES: dict[str, Told] = {
    "papers": _eased,
    "window": _moved,
    "quantity": _smaller,
    "grade": _graded,
    "variety": _wider,
    "suppliers": _more_suppliers,
    "share": _no_share,
}

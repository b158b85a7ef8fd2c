"""`flask trace`: what a lot was made of, and who has what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from marketplace.domain.trace import Placed, Trace, TracedLot
from marketplace.services.lot_trace import read_trace
from marketplace.services.lots import lots_named
from marketplace.web.cli_trace import group, only_lot
from models.database import transaction

AS_JSON = click.option("--json", "as_json", is_flag=True, help="One line of JSON.")


@group.command("recall")
@click.argument("lot")
@AS_JSON
def recall(lot: str, as_json: bool) -> None:
    """Everybody who has, had or sold kilograms of LOT or of what was made of it.

    LOT is the public id or the number on the box. Ends with 1 if there is none, or
    several bear the number.
    """
    trace = _trace(lot)
    held = [one for one in trace.placed if trace.by_id()[one.lot].layer >= 0]
    if as_json:
        told = {"lot": _root(trace), "holders": _holders(trace, held)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in held:
        code = trace.by_id()[one.lot].code
        click.echo(f"{one.kg:>9} kg  {one.where:<11} {code:<21} {one.holder.name}")


@group.command("upstream")
@click.argument("lot")
@AS_JSON
def upstream(lot: str, as_json: bool) -> None:
    """Every lot that LOT was made of, with the gardens and suppliers behind it."""
    trace = _trace(lot)
    lots = [one for one in trace.lots if one.layer <= 0]
    if as_json:
        told = {"lot": _root(trace), "upstream": [_told(trace, one) for one in lots]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in lots:
        behind = ", ".join(s.name for s in trace.sources if s.lot == one.id)
        click.echo(
            f"{one.made_kg:>9} kg  {one.made_on}  {one.code:<21} {one.maker.name}"
            + (f" ({behind})" if behind else "")
        )


def _trace(lot: str) -> Trace:
    with transaction(read_only=True) as session:
        return read_trace(session, [only_lot(lots_named(session, lot)).id])


def _root(trace: Trace) -> dict[str, Any]:
    (root,) = trace.roots
    return _lot(trace.by_id()[root])


def _lot(one: TracedLot) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "code": one.code,
        "product": one.product,
        "maker": one.maker.name,
        "made_on": one.made_on.isoformat(),
        "made_kg": one.made_kg,
        "held": one.held,
    }


def _told(trace: Trace, one: TracedLot) -> dict[str, Any]:
    sources = [
        {"name": s.name, "kg": s.kg, "garden": s.garden}
        for s in trace.sources
        if s.lot == one.id
    ]
    return {**_lot(one), "steps_back": -one.layer, "sources": sources}


def _holders(trace: Trace, held: Iterable[Placed]) -> list[dict[str, Any]]:
    """By holder, with every lot; the heaviest first."""
    by_name: dict[tuple[int | None, str], list[Placed]] = {}
    for one in held:
        key = one.holder.organisation_id, one.holder.name
        by_name.setdefault(key, []).append(one)
    lots = trace.by_id()
    found = [
        {
            "holder": name,
            "organisation": key,
            "kg": sum(one.kg for one in some),
            "lots": [
                {**_lot(lots[one.lot]), "kg": one.kg, "where": one.where.value}
                for one in some
            ],
        }
        for (key, name), some in by_name.items()
    ]
    return sorted(found, key=lambda one: (-int(str(one["kg"])), str(one["holder"])))

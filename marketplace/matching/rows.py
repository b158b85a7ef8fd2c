"""A problem in columns as a market of rows: what small parts are solved as.

Ids are positions, the bits of masks stay what they are, and every portion of a
lot of mixed grades is a lot by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.matching.arrays import LOT_KEY, Problem
from marketplace.matching.instance import Lot, Market, Need, Segment, Transport


def market_of(problem: Problem) -> Market:
    """The market whose columns these are."""
    return Market(
        lots=tuple(_lots(problem)),
        needs=tuple(_needs(problem)),
        transport=Transport(km_per_day=problem.km_per_day),
        apart=frozenset(divmod(key, LOT_KEY) for key in problem.apart.tolist()),
    )


def _lots(problem: Problem) -> Iterator[Lot]:
    columns = (column.tolist() for column in problem.lots)
    rows = zip(*columns, _segments(problem), strict=True)
    for id_, values in enumerate(rows):
        product, seller, kg, least, ask, promised, posted = values[:7]
        record, lon, lat, life, runs = values[7:]
        end = max(run.last_day for run in runs)
        yield Lot(
            id=id_,
            owner=seller,
            product=product,
            variety=0,
            grade_kg=(),
            kg=kg,
            smallest_kg=least,
            ask_vnd=ask,
            segments=tuple(runs),
            shelf_life_days=life,
            lat=lat,
            lon=lon,
            promised_before_kg=promised,
            posted=posted,
            record=record,
            window=(min(run.first_day for run in runs), end - life),
        )


def _segments(problem: Problem) -> list[list[Segment]]:
    found: list[list[Segment]] = [[] for _ in problem.lots.kg]
    columns = (column.tolist() for column in problem.pieces)
    for lot, first, last, has in zip(*columns, strict=True):
        found[lot].append(Segment(first, last, has))
    return found


SAME_NAME = (
    "product", "offer", "first_day", "last_day", "requires", "kg", "most_suppliers",
    "bid_vnd", "posted", "record", "lon", "lat",
)  # fmt: skip


def _needs(problem: Problem) -> Iterator[Need]:
    needs = problem.needs
    columns = (column.tolist() for column in needs)
    for id_, values in enumerate(zip(*columns, strict=True)):
        row = dict(zip(needs._fields, values, strict=True))
        yield Need(
            id=id_,
            owner=row["buyer"],
            varieties=frozenset(),
            least_grade=0,
            smallest_kg=row["least_kg"],
            most_share_kg=row["most_kg"] if row["most_kg"] < row["kg"] else None,
            rate_vnd_per_kg_km=row["rate_vnd"],
            fixed_vnd_per_kg=row["fixed_vnd"],
            **{name: row[name] for name in SAME_NAME},
        )

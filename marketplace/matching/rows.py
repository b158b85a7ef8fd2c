"""A problem in columns as a market of rows: what small parts are solved as.

Ids are positions, the bits of masks stay what they are, and every portion of a
lot of mixed grades is a lot by itself.
"""

from __future__ import annotations

import numpy as np

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


def _lots(problem: Problem) -> list[Lot]:
    lots, segments = problem.lots, _segments(problem)
    columns = (column.tolist() for column in lots)
    found = []
    for id_, row in enumerate(zip(*columns, strict=True)):
        product, seller, kg, least, ask, promised, posted, lon, lat, life = row
        first = min(segment.first_day for segment in segments[id_])
        last = max(segment.last_day for segment in segments[id_])
        found.append(
            Lot(
                id=id_,
                owner=seller,
                product=product,
                variety=0,
                grade_kg=(),
                kg=kg,
                smallest_kg=least,
                ask_vnd=ask,
                segments=tuple(segments[id_]),
                shelf_life_days=life,
                lat=lat,
                lon=lon,
                promised_before_kg=promised,
                posted=posted,
                window=(first, last - life),
            )
        )
    return found


def _segments(problem: Problem) -> list[list[Segment]]:
    found: list[list[Segment]] = [[] for _ in problem.lots.kg]
    columns = (column.tolist() for column in problem.pieces)
    for lot, first, last, has in zip(*columns, strict=True):
        found[lot].append(Segment(first, last, has))
    return found


def _needs(problem: Problem) -> list[Need]:
    needs = problem.needs
    columns = zip(*(column.tolist() for column in needs), strict=True)
    limited = np.asarray(needs.most_kg < needs.kg).tolist()
    found = []
    for id_, (values, has_share) in enumerate(zip(columns, limited, strict=True)):
        row = dict(zip(needs._fields, values, strict=True))
        found.append(
            Need(
                id=id_,
                offer=row["offer"],
                owner=row["buyer"],
                product=row["product"],
                varieties=frozenset(),
                least_grade=0,
                requires=row["requires"],
                first_day=row["first_day"],
                last_day=row["last_day"],
                kg=row["kg"],
                bid_vnd=row["bid_vnd"],
                smallest_kg=row["least_kg"],
                most_suppliers=row["most_suppliers"],
                lat=row["lat"],
                lon=row["lon"],
                posted=row["posted"],
                most_share_kg=row["most_kg"] if has_share else None,
                rate_vnd_per_kg_km=row["rate_vnd"],
                fixed_vnd_per_kg=row["fixed_vnd"],
            )
        )
    return found

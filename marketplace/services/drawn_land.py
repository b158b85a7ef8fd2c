"""Land that was drawn, at any time: what the outlines of gardens cover on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.land import Held, Piece, merged
from marketplace.domain.plots import Shape, from_geojson
from marketplace.services.geodesy import cut_up, meeting
from models.bulk import among
from models.papers import GrowingArea
from models.plots import Plot


class DrawnLand:
    """All outlines that gardens have or had, read once and cut up for any of them."""

    def __init__(self, session: Session, gardens: Collection[int]) -> None:
        self.said = _said(session, gardens)
        rows = session.execute(_outlines(session, gardens)).all() if self.said else ()
        self._pairs = _meeting(rows)
        self._shapes = _shapes(session, {one for pair in self._pairs for one in pair})
        self._rows: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            self._rows[row.area_id].append(row)

    def gardens(self, wanted: Iterable[int]) -> tuple[tuple[int, Decimal], ...]:
        """Those of the gardens with outlines, and what they are declared to have."""
        return tuple(
            (one, self.said[one]) for one in sorted(set(wanted) & {*self.said})
        )

    def pieces(self, wanted: Iterable[int]) -> tuple[Piece, ...]:
        """The land under the outlines of these gardens, each piece once."""
        rows = {row.id: row for one in set(wanted) for row in self._rows.get(one, ())}
        return merged(
            piece
            for group in self._groups(rows.keys())
            for piece in self._cut([rows[one] for one in group])
        )

    def _groups(self, plots: Collection[int]) -> Iterable[list[int]]:
        """Plots that may share land, in one group; most are alone."""
        group = {one: [one] for one in plots}
        for one, other in self._pairs:
            if one in group and other in group and group[one] is not group[other]:
                group[one].extend(group[other])
                for moved in group[other]:
                    group[moved] = group[one]
        return {id(members): sorted(members) for members in group.values()}.values()

    def _cut(self, rows: Sequence[Any]) -> Iterable[Piece]:
        if len(rows) == 1:
            return [Piece(rows[0].measured_ha, (_held(rows[0]),))]
        found = cut_up([self._shapes[row.id] for row in rows])
        return [
            Piece(hectares, tuple(_held(rows[place]) for place in over))
            for over, hectares in found.items()
        ]


def _held(row: Any) -> Held:
    return Held(row.area_id, row.since, row.ended_on)


def _said(session: Session, gardens: Collection[int]) -> dict[int, Decimal]:
    """What the gardens that have or had outlines are declared to have."""
    rows = session.execute(
        select(GrowingArea.id, GrowingArea.area_ha).where(
            among(session, GrowingArea.id, gardens),
            GrowingArea.id.in_(select(Plot.area_id)),
        )
    )
    return dict(iter(rows))


def _outlines(session: Session, gardens: Collection[int]) -> Any:
    """Without the outlines themselves; what never counted on any day is left out."""
    extent = (Plot.west, Plot.south, Plot.east, Plot.north)
    return (
        select(
            Plot.id, Plot.area_id, Plot.measured_ha, Plot.since, Plot.ended_on, *extent
        )
        .where(
            among(session, Plot.area_id, gardens),
            Plot.ended_on.is_(None) | (Plot.since < Plot.ended_on),
        )
        .order_by(Plot.id)
    )


def _meeting(rows: Sequence[Any]) -> list[tuple[int, int]]:
    """Pairs of plots that meet in space and in time."""
    extents = [(row.west, row.south, row.east, row.north) for row in rows]
    pairs = ((rows[one], rows[other]) for one, other in meeting(extents))
    return [
        (one.id, other.id)
        for one, other in pairs
        if (one.ended_on is None or other.since < one.ended_on)
        and (other.ended_on is None or one.since < other.ended_on)
    ]


def _shapes(session: Session, plots: Collection[int]) -> dict[int, Shape]:
    if not plots:
        return {}
    wanted = select(Plot.id, Plot.shape).where(among(session, Plot.id, plots))
    return {one: from_geojson(shape) for one, shape in session.execute(wanted)}

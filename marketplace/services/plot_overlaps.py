"""Plots that share land: found when one is drawn, looked into by officers.

An organisation sees the overlaps among its own plots. That a plot of its own meets
one of somebody else it learns only once an officer looks into it, and never whose or
where: otherwise whoever draws could feel out the land of others.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased, contains_eager

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.plots import PlotLimits, from_geojson
from marketplace.domain.words_plots import OverlapState
from marketplace.services.geodesy import overlap_ha
from marketplace.services.plot_checks import neighbours
from models.papers import GrowingArea
from models.plots import Plot, PlotOverlap

_FIRST, _SECOND = aliased(Plot), aliased(Plot)
_AREA, _BESIDE = aliased(GrowingArea), aliased(GrowingArea)


def find_overlaps(
    session: Session, plot: Plot, limits: PlotLimits, *, today: date
) -> list[PlotOverlap]:
    """Write down with which plots in use a new one shares land.

    Less than what the rule lets pass is the width of a hedge, and no overlap.
    """
    shape, found = from_geojson(plot.shape), []
    for other in neighbours(session, plot):
        shared = overlap_ha(shape, from_geojson(other.shape))
        if shared * 10_000 >= limits.overlap_m2:
            first, second = sorted((plot.id, other.id))
            found.append(
                PlotOverlap(
                    first_id=first,
                    second_id=second,
                    overlap_ha=shared,
                    found_on=today,
                    state=OverlapState.FOUND,
                )
            )
    session.add_all(found)
    session.flush()  # pages read them
    return found


def own_overlaps(session: Session, who: Actor) -> list[PlotOverlap]:
    """Overlaps among the plots in use of the actor's own organisation."""
    mine = who.organisation_id
    wanted = _overlaps().where(
        _AREA.organisation_id == mine, _BESIDE.organisation_id == mine
    )
    return list(session.scalars(wanted))


def looked_into(session: Session, plots: Collection[Plot]) -> set[int]:
    """Ids of those of these plots that an officer compares with somebody else's."""
    ids = {plot.id for plot in plots}
    wanted = _overlaps().where(
        _AREA.organisation_id != _BESIDE.organisation_id,
        PlotOverlap.state == OverlapState.LOOKING,
        _FIRST.id.in_(ids) | _SECOND.id.in_(ids),
    )
    found = session.scalars(wanted).all()
    return ids & {one for row in found for one in (row.first_id, row.second_id)}


def list_overlaps(session: Session, who: Actor) -> list[PlotOverlap]:
    """The overlaps of plots that both lie in the officer's scope, open ones first."""
    rows = list(session.scalars(_overlaps().where(_within(who))))
    order = list(OverlapState)
    return sorted(rows, key=lambda row: (order.index(row.state), -row.overlap_ha))


def access_overlap(session: Session, who: Actor, public_id: str) -> PlotOverlap:
    """An overlap that this officer may look into; NotFound for anybody else."""
    wanted = _overlaps().where(PlotOverlap.public_id == public_id, _within(who))
    found = session.scalars(wanted).first() if who.is_officer else None
    if found is None:
        raise NotFound
    return found


def take_up_overlap(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> PlotOverlap:
    """The officer looks into it; from now on the holders know that somebody does."""
    row = access_overlap(session, who, public_id)
    if row.state is not OverlapState.FOUND:
        raise Conflict(N_("Chỗ chồng lấn này đã có cán bộ xem"))
    row.state, row.by_user_id, row.at = OverlapState.LOOKING, who.user_id, now
    return row


def settle_overlap(
    session: Session, who: Actor, public_id: str, note: str, *, now: datetime
) -> PlotOverlap:
    """What came out; the words stay with the officers."""
    row = access_overlap(session, who, public_id)
    if row.state is not OverlapState.LOOKING:
        raise Conflict(N_("Chỉ kết luận khi đang xem xét"))
    words = clean_text(note, long=True, field="note")
    if not words:
        raise Refused(N_("Ghi kết luận"), "note")
    row.state, row.note = OverlapState.SETTLED, words
    row.by_user_id, row.at = who.user_id, now
    return row


def _within(who: Actor) -> ColumnElement[bool]:
    units = who.scope_unit_ids
    return _AREA.unit_id.in_(units) & _BESIDE.unit_id.in_(units)


def _overlaps() -> Select[PlotOverlap]:
    """Overlaps of plots that are both in use, with their areas."""
    return (
        select(PlotOverlap)
        .join(_FIRST, _FIRST.id == PlotOverlap.first_id)
        .join(_SECOND, _SECOND.id == PlotOverlap.second_id)
        .join(_AREA, _AREA.id == _FIRST.area_id)
        .join(_BESIDE, _BESIDE.id == _SECOND.area_id)
        .where(_FIRST.ended_on.is_(None), _SECOND.ended_on.is_(None))
        .options(
            contains_eager(PlotOverlap.first.of_type(_FIRST)).contains_eager(
                _FIRST.area.of_type(_AREA)
            ),
            contains_eager(PlotOverlap.second.of_type(_SECOND)).contains_eager(
                _SECOND.area.of_type(_BESIDE)
            ),
        )
        .order_by(PlotOverlap.id)
    )

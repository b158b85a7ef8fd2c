"""The spray diary: what was sprayed in a garden, and the first day it may be picked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import digest_of
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.formats import format_day
from marketplace.domain.sprays import too_early
from marketplace.services.areas import access_area
from marketplace.services.days import OLDEST, day_of
from marketplace.services.late_sprays import (
    came_after,
    free_held,
    hold_picked_too_early,
    was_picked,
)
from models.papers import GrowingArea
from models.plots import Plot
from models.sprays import Spray


def write_spray(
    session: Session, who: Actor, area_id: str, command: WriteSpray, *, now: datetime
) -> Spray:
    """Write down a treatment of a garden of one's own; told twice is stored once.

    Refused if the garden was picked that day and nobody says which came first.
    """
    area = access_area(session, who, area_id, "write")
    digest = digest_of({"area": area_id, **command.content()})
    known = _known(session, area, command.spray_id, digest)
    if known is not None:
        return known
    _check(session, area, command, day_of(now))
    spray = Spray(
        public_id=command.spray_id,
        area_id=area.id,
        plot_id=command.plot_id,
        sprayed_on=command.sprayed_on,
        product=command.product,
        substance=command.substance,
        dose=command.dose,
        against=command.against,
        interval_days=command.interval_days,
        after_picking=command.after_picking,
        digest=digest,
        by_user_id=who.user_id,
        recorded_at=now,
    )
    session.add(spray)
    session.flush()  # its id is shown at once
    hold_picked_too_early(session, who, spray, now=now)
    return spray


def _known(
    session: Session, area: GrowingArea, spray_id: str, digest: str
) -> Spray | None:
    known = session.scalars(select(Spray).where(Spray.public_id == spray_id)).first()
    if known is not None and known.area_id != area.id:
        raise NotFound
    if known is not None and known.digest != digest:
        raise Conflict(N_("Lần ghi này đã gửi rồi với nội dung khác"))
    return known


def _check(
    session: Session, area: GrowingArea, command: WriteSpray, today: date
) -> None:
    if command.sprayed_on > today:
        raise Refused(N_("Ngày phun chưa tới"), "sprayed_on")
    if command.sprayed_on.year < OLDEST:
        raise Refused(N_("Ngày này lâu quá, xem lại năm"), "sprayed_on")
    if not 0 <= command.interval_days <= 120:
        raise Refused(N_("Thời gian cách ly từ 0 đến 120 ngày"), "interval_days")
    plot = session.get(Plot, command.plot_id) if command.plot_id else None
    if command.plot_id and (plot is None or plot.area_id != area.id):
        raise Refused(N_("Chọn thửa của vườn này"), "plot")
    asks = command.after_picking is None and command.interval_days > 0
    if asks and was_picked(session, area.id, command.plot_id, command.sprayed_on):
        raise Refused(
            N_("Hôm đó vườn này có hái. Chọn phun trước hay sau khi hái."),
            "after_picking",
        )


def access_spray(session: Session, who: Actor, public_id: str) -> Spray:
    """A line of one's own diary; NotFound for any other."""
    spray = session.scalars(select(Spray).where(Spray.public_id == public_id)).first()
    if spray is None or spray.area.organisation_id != who.organisation_id:
        raise NotFound
    return spray


def declare_spray_wrong(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> Spray:
    """Say that a line of the diary is wrong, and why; it stays to be read."""
    spray = access_spray(session, who, public_id)
    if not reason.strip():
        raise Refused(N_("Nói rõ sai ở đâu"), "reason")
    if spray.wrong_at is None:
        spray.wrong_at, spray.wrong_reason = now, reason
        free_held(session, spray)
    return spray


def list_sprays(session: Session, who: Actor, area_id: str) -> list[Spray]:
    """The diary of a garden, the latest first, wrong lines too."""
    area = access_area(session, who, area_id)
    return list(
        session.scalars(
            select(Spray)
            .where(Spray.area_id == area.id)
            .options(joinedload(Spray.plot), joinedload(Spray.by_user))
            .order_by(Spray.sprayed_on.desc(), Spray.id.desc())
        )
    )


def sprays_on(
    session: Session, area_id: int, plot_ids: Collection[int | None], until: date
) -> list[Spray]:
    """What was sprayed up to a day where fruit was picked: plots, or the whole garden.

    A treatment without a plot was of the whole garden; fruit told without its plot
    may be from any.
    """
    wanted = select(Spray).where(
        Spray.area_id == area_id,
        Spray.sprayed_on <= until,
        Spray.wrong_at.is_(None),
    )
    if None not in plot_ids:
        plots = [one for one in plot_ids if one is not None]
        wanted = wanted.where(or_(Spray.plot_id.is_(None), Spray.plot_id.in_(plots)))
    return list(session.scalars(wanted.order_by(Spray.sprayed_on, Spray.id)))


def check_interval(
    session: Session, area_id: int, plot_ids: Collection[int | None], at: datetime
) -> None:
    """Refused if a treatment's pre-harvest interval has not passed by then."""
    day = day_of(at)
    for spray in sprays_on(session, area_id, plot_ids, day):
        sprayed, after = spray.sprayed_on, came_after(spray, at)
        if not too_early(day, sprayed, spray.interval_days, after_picking=after):
            continue
        same_day = N_(
            "Hôm đó đã phun %(product)s, từ %(free)s mới được hái. Nếu phun sau khi"
            " hái, báo dòng nhật ký phun sai rồi ghi lại."
        )
        before = N_("Phun %(product)s ngày %(day)s, từ %(free)s mới được hái")
        raise Refused(
            same_day if day == sprayed else before,
            "at",
            product=spray.product,
            day=format_day(sprayed),
            free=format_day(sprayed + timedelta(days=spray.interval_days)),
        )

"""Treatments that are written down late: what was picked too early is held.

The diary keeps a garden from being picked before a treatment's interval has passed;
a treatment that is told only after the picking catches the lots themselves, and all
that was made of them, wherever they are. Where some has left the cooperative a hold
is opened, which asks everybody who has some, and officers follow it to its end.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_
from marketplace.domain.formats import format_day
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.sprays import too_early
from marketplace.domain.words import NoticeKind
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.lot_graph import descendants, whereabouts
from marketplace.services.lot_holds import settle_held
from marketplace.services.notices import notify_officers, notify_organisation
from marketplace.services.recalls import open_recall
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot
from models.spray_holds import SprayHold
from models.sprays import Spray

REASON = N_(
    "Hái khi chưa hết %(days)s ngày cách ly sau lần phun %(product)s ngày %(day)s"
)
"""As a hold keeps it, in the language of all reasons that people write."""


def hold_picked_too_early(
    session: Session, who: Actor, spray: Spray, *, now: datetime
) -> None:
    """Hold what was picked before this treatment's interval had passed, and tell."""
    picked = _picked_too_early(session, spray)
    if not picked:
        return
    caught = descendants(session, picked)
    for lot_id in sorted(caught):
        row = {"spray_id": spray.id, "lot_id": lot_id, "at": now}
        insert_or_ignore(session, SprayHold, row)
    settle_held(session, caught)
    if _has_left(session, who, caught):
        open_recall(session, who, _hold(session, spray, picked), now=now)
    else:
        _tell(session, spray, caught, now)


def _has_left(session: Session, who: Actor, lots: Collection[int]) -> bool:
    """Whether anybody else has some of these lots, or gets it soon."""
    return any(
        one.organisation is not None
        and one.gone is None
        and one.organisation.id != who.organisation_id
        for one in whereabouts(session, lots)
    )


def _hold(session: Session, spray: Spray, picked: Collection[int]) -> OpenRecall:
    wanted = select(Lot.public_id).where(Lot.id.in_(list(picked))).order_by(Lot.id)
    reason = REASON % {
        "days": spray.interval_days,
        "product": spray.product,
        "day": format_day(spray.sprayed_on),
    }
    return OpenRecall(tuple(session.scalars(wanted)), RecallKind.HOLD, reason)


def came_after(spray: Spray, at: datetime) -> bool:
    """Whether a treatment was said to follow what had been picked by then."""
    return bool(spray.after_picking) and at <= spray.recorded_at


def was_picked(session: Session, area_id: int, plot_id: int | None, day: date) -> bool:
    """Whether anything was picked that day where a treatment was."""
    return any(day_of(at) == day for _, at in _picked(session, area_id, plot_id))


def _picked_too_early(session: Session, spray: Spray) -> set[int]:
    return {
        lot_id
        for lot_id, at in _picked(session, spray.area_id, spray.plot_id)
        if too_early(
            day_of(at),
            spray.sprayed_on,
            spray.interval_days,
            after_picking=came_after(spray, at),
        )
    }


def _picked(
    session: Session, area_id: int, plot_id: int | None
) -> list[tuple[int, datetime]]:
    """The lots of a garden, or of one plot of it, and when each was picked."""
    wanted = (
        select(LotPart.lot_id, LotEvent.at)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .join(LotOrigin, LotOrigin.event_id == LotEvent.id)
        .where(
            LotOrigin.area_id == area_id,
            LotEvent.step == LotStep.HARVEST,
            LotEvent.wrong_at.is_(None),
            LotPart.role == PartRole.OUTPUT,
        )
    )
    if plot_id is not None:
        wanted = wanted.where(
            or_(LotOrigin.plot_id.is_(None), LotOrigin.plot_id == plot_id)
        )
    return [(lot_id, at) for lot_id, at in session.execute(wanted)]


def _tell(
    session: Session, spray: Spray, caught: Collection[int], now: datetime
) -> None:
    """The cooperative that has all of it still, and its officers."""
    wanted = select(Lot).where(Lot.id.in_(list(caught))).order_by(Lot.id)
    lots = list(session.scalars(wanted))
    subject = f"lot:{lots[0].public_id}"
    told: dict[str, object] = {
        "lots": ", ".join(lot.code for lot in lots[:10]),
        "product": spray.product,
        "day": spray.sprayed_on.isoformat(),
        "days": spray.interval_days,
    }
    kind, owner = NoticeKind.LOT_HELD, spray.area.organisation
    notify_organisation(
        session, owner.id, kind, subject, told, now=now, version=spray.id
    )
    notify_officers(
        session, owner.unit_id, kind, subject, told, now=now, version=spray.id
    )


def free_held(session: Session, spray: Spray) -> None:
    """The treatment was told wrongly: lots that nothing else holds are free again."""
    mine = SprayHold.spray_id == spray.id
    lots = set(session.scalars(select(SprayHold.lot_id).where(mine)))
    session.execute(delete(SprayHold).where(mine))
    settle_held(session, lots)


def lots_held_by(session: Session, spray_ids: Collection[int]) -> dict[int, int]:
    """Treatment id -> how many lots it holds, for those that hold any."""
    rows = select(SprayHold.spray_id, func.count()).where(
        SprayHold.spray_id.in_(list(spray_ids))
    )
    found = session.execute(rows.group_by(SprayHold.spray_id))
    return {spray_id: int(lots) for spray_id, lots in found}


def holding_sprays(session: Session, lot_id: int) -> list[Spray]:
    """The treatments that hold a lot, in the order of their days."""
    return list(
        session.scalars(
            select(Spray)
            .join(SprayHold, SprayHold.spray_id == Spray.id)
            .where(SprayHold.lot_id == lot_id)
            .order_by(Spray.sprayed_on, Spray.id)
        )
    )

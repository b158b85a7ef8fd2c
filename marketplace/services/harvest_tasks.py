"""What waits for a seller: forecasts that are old or too high, seasons that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.words import HarvestState
from marketplace.domain.yields import revision_is_due
from marketplace.services.days import day_of
from marketplace.services.rules import rule
from models.harvests import Harvest


def has_harvest_after(session: Session, who: Actor, day: date) -> bool:
    """Whether an open harvest still delivers once this day is over."""
    wanted = select(Harvest.id).where(
        Harvest.organisation_id == who.organisation_id,
        Harvest.state == HarvestState.OPEN,
        Harvest.window_end > day,
    )
    return session.scalar(wanted.limit(1)) is not None


def stale_harvests(
    session: Session, found: Sequence[Harvest], *, today: date
) -> list[Harvest]:
    """SP-07: open harvests that come near and were not looked at for a month."""
    limits = rule(session, "harvest.forecast", today)
    near = today + timedelta(days=limits["revise_before_days"])
    return [
        harvest
        for harvest in found
        if harvest.window_start <= near
        and harvest.revisions
        and revision_is_due(
            day_of(harvest.revisions[-1].at),
            harvest.window_start,
            today,
            every_days=limits["revise_days"],
            within_days=limits["revise_before_days"],
        )
    ]


def over_promised_harvests(found: Sequence[Harvest]) -> list[Harvest]:
    """Harvests of which more is promised than is expected."""
    return [harvest for harvest in found if harvest.over_promised]


def over_harvests(found: Sequence[Harvest], *, today: date) -> list[Harvest]:
    """Open harvests whose days are over: how much was it?"""
    return [one for one in found if one.window_end < today]


def open_harvests(session: Session, who: Actor) -> Sequence[Harvest]:
    """The actor's harvests on the market, read once for all tasks they give."""
    return session.scalars(
        select(Harvest)
        .where(
            Harvest.organisation_id == who.organisation_id,
            Harvest.state == HarvestState.OPEN,
        )
        .options(selectinload(Harvest.revisions), selectinload(Harvest.product))
        .order_by(Harvest.window_start, Harvest.id)
    ).all()

"""Papers that counted on the day a box's fruit was picked, and the spray diary then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.papers import counts_on
from marketplace.services.days import day_of
from marketplace.services.harvest_papers import fits
from marketplace.services.late_sprays import came_after
from marketplace.services.paper_rows import paper_of
from marketplace.services.sprays import sprays_on
from models.lot_events import LotOrigin
from models.papers import Certificate, GrowingArea, GrowingAreaCode

LOOKED_BACK = timedelta(days=365)  # from one harvest to the next
Place = tuple[GrowingArea, date]


@dataclass(frozen=True)
class LastSpray:
    """The treatment whose interval ended nearest to the harvest.

    `needed` days had to pass, `passed` did, both from the day of spraying.
    """

    sprayed_on: date
    needed: int
    passed: int

    @property
    def kept(self) -> bool:
        """Whether nothing was picked too early."""
        return self.passed >= self.needed


def places_of(origins: Sequence[LotOrigin]) -> list[Place]:
    """Each garden with each day on which it was picked, once."""
    found = {(one.area_id, day_of(one.event.at)): one.area for one in origins}
    return [(area, day) for (_id, day), area in found.items()]


def certificates_on(
    session: Session, places: Sequence[Place]
) -> tuple[list[Certificate], bool]:
    """The certificates that counted, and whether each garden had one that day."""
    found: dict[int, Certificate] = {}
    covered = bool(places)
    for area, day in places:
        rows = [
            one
            for one in _certificates(session, area.organisation_id)
            if fits(one, area.product_id, area.id) and counts_on(paper_of(one), day)
        ]
        covered = covered and bool(rows)
        found |= {one.id: one for one in rows}
    return sorted(found.values(), key=lambda one: one.id), covered


def _certificates(session: Session, organisation_id: int) -> Sequence[Certificate]:
    wanted = select(Certificate).where(Certificate.organisation_id == organisation_id)
    return session.scalars(wanted.order_by(Certificate.id)).all()


def codes_on(session: Session, places: Sequence[Place]) -> list[GrowingAreaCode]:
    """The growing area codes of these gardens that counted when they were picked."""
    found: dict[int, GrowingAreaCode] = {}
    for area, day in places:
        wanted = select(GrowingAreaCode).where(GrowingAreaCode.area_id == area.id)
        for one in session.scalars(wanted.order_by(GrowingAreaCode.id)):
            if counts_on(paper_of(one), day):
                found[one.id] = one
    return list(found.values())


@dataclass(frozen=True)
class DiaryFacts:
    """What the spray diaries say of a box: the spraying that came nearest to its limit.

    `kept` is None where a garden has no line in the year before it was picked: then
    nobody knows whether it was sprayed.
    """

    nearest: LastSpray | None
    kept: bool | None


def diary_of(session: Session, origins: Sequence[LotOrigin]) -> DiaryFacts:
    """The spray diaries of where a box's fruit was picked, up to each picking."""
    lines = [_lines_before(session, one) for one in origins]
    found = [spray for some in lines for spray in some]
    nearest = min(found, key=lambda s: (s.passed - s.needed, s.passed), default=None)
    if nearest is not None and not nearest.kept:
        return DiaryFacts(nearest, False)
    return DiaryFacts(nearest, True if lines and all(lines) else None)


def _lines_before(session: Session, origin: LotOrigin) -> list[LastSpray]:
    day = day_of(origin.event.at)
    return [
        LastSpray(spray.sprayed_on, spray.interval_days, (day - spray.sprayed_on).days)
        for spray in sprays_on(session, origin.area_id, [origin.plot_id], day)
        if spray.sprayed_on >= day - LOOKED_BACK
        and not (came_after(spray, origin.event.at) and spray.sprayed_on == day)
    ]

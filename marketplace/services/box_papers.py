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
from marketplace.services.lot_graph import bought_in, origins_of
from marketplace.services.paper_rows import paper_of
from marketplace.services.sprays import sprays_on
from models.lot_events import LotOrigin
from models.lots import Lot
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


@dataclass(frozen=True)
class Sources:
    """Where a box's fruit was picked; `whole` if all of it was picked in gardens here.

    What was bought from elsewhere has no paper and no diary here: then nothing that
    is true of the gardens is true of the box.
    """

    origins: Sequence[LotOrigin]
    whole: bool

    @property
    def places(self) -> list[Place]:
        """Each garden with each day on which it was picked, once."""
        found = {(one.area_id, day_of(one.event.at)): one.area for one in self.origins}
        return [(area, day) for (_id, day), area in found.items()]


def sources_of(session: Session, lot: Lot) -> Sources:
    """Of a lot and all that it was made of."""
    origins = origins_of(session, [lot.id])
    return Sources(origins, bool(origins) and not bought_in(session, [lot.id]))


def certificates_on(
    session: Session, sources: Sources
) -> tuple[list[Certificate], bool]:
    """The certificates that counted, and whether each garden had one that day.

    None of a box that is not whole.
    """
    if not sources.whole:
        return [], False
    found: dict[int, Certificate] = {}
    covered = True
    for area, day in sources.places:
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


def codes_on(session: Session, sources: Sources) -> list[GrowingAreaCode]:
    """The growing area codes that counted, of markets for which every garden had one.

    A box under a code of a market holds nothing but what grew under codes of it.
    """
    if not sources.whole:
        return []
    each = [_codes(session, *place) for place in sources.places]
    markets = [{one.market for one in some} for some in each]
    everywhere = set.intersection(*markets)
    found = {one.id: one for some in each for one in some if one.market in everywhere}
    return list(found.values())


def _codes(session: Session, area: GrowingArea, day: date) -> list[GrowingAreaCode]:
    wanted = select(GrowingAreaCode).where(GrowingAreaCode.area_id == area.id)
    rows = session.scalars(wanted.order_by(GrowingAreaCode.id))
    return [one for one in rows if counts_on(paper_of(one), day)]


@dataclass(frozen=True)
class DiaryFacts:
    """What the spray diaries say of a box: the spraying that came nearest to its limit.

    `kept` is None where a garden has no line in the year before it was picked, or
    where some was bought: then nobody knows whether it was sprayed.
    """

    nearest: LastSpray | None
    kept: bool | None


def diary_of(session: Session, sources: Sources) -> DiaryFacts:
    """The spray diaries of where a box's fruit was picked, up to each picking."""
    lines = [_lines_before(session, one) for one in sources.origins]
    found = [spray for some in lines for spray in some]
    nearest = min(found, key=lambda s: (s.passed - s.needed, s.passed), default=None)
    if nearest is not None and not nearest.kept:
        return DiaryFacts(nearest, False)
    return DiaryFacts(nearest, True if sources.whole and all(lines) else None)


def _lines_before(session: Session, origin: LotOrigin) -> list[LastSpray]:
    day = day_of(origin.event.at)
    return [
        LastSpray(spray.sprayed_on, spray.interval_days, (day - spray.sprayed_on).days)
        for spray in sprays_on(session, origin.area_id, [origin.plot_id], day)
        if spray.sprayed_on >= day - LOOKED_BACK
        and not (came_after(spray, origin.event.at) and spray.sprayed_on == day)
    ]

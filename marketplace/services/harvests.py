"""Expected harvests: drafted, posted, and who may look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, case, func, select, update
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_harvests import PostHarvest
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.findings import Finding, refuse_errors, stored_findings
from marketplace.domain.harvests import check_harvest
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import HarvestState
from marketplace.services.harvest_rows import (
    command_of,
    complete,
    record_revision,
    write_words,
)
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.organisations import require_verified
from marketplace.services.price_changes import name_prices
from models.harvests import Harvest


def access_harvest(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Harvest:
    """A harvest of the actor's own organisation, with all its secrets.

    An officer reads what was posted within the scope; what a page shows to an
    officer leaves the floor price out.
    """
    harvest = session.scalars(
        select(Harvest).where(Harvest.public_id == public_id)
    ).first()
    if harvest is None or not _reaches(harvest, who, action):
        raise NotFound
    return harvest


def _reaches(harvest: Harvest, who: Actor, action: str) -> bool:
    if harvest.organisation_id == who.organisation_id:
        return True
    return (
        action == "read"
        and who.is_officer
        and harvest.state is not HarvestState.DRAFT
        and harvest.unit_id in who.scope_unit_ids
    )


def list_harvests(
    session: Session, who: Actor, states: Sequence[HarvestState] = ()
) -> list[Harvest]:
    """The harvests of the actor's organisation: on sale first, the nearest first."""
    open_first = case((Harvest.state == HarvestState.OPEN, 0), else_=1)
    wanted = (
        select(Harvest)
        .where(Harvest.organisation_id == who.organisation_id)
        .options(selectinload(Harvest.product), selectinload(Harvest.variety))
        .order_by(open_first, Harvest.window_start.desc(), Harvest.id.desc())
    )
    return list(
        session.scalars(wanted.where(Harvest.state.in_(states)) if states else wanted)
    )


def count_harvests(session: Session, who: Actor) -> dict[HarvestState, int]:
    """How many harvests the organisation has in each state."""
    rows = session.execute(
        select(Harvest.state, func.count())
        .where(Harvest.organisation_id == who.organisation_id)
        .group_by(Harvest.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are no pairs


def find_faults(
    session: Session, who: Actor, command: PostHarvest, *, today: date
) -> list[Finding]:
    """Everything wrong or odd in a harvest, for a page that shows all at once."""
    _, _, limits, forecast = complete(session, who, command, today=today)
    return check_harvest(replace(command, forecast=forecast), limits, today=today)


def post_harvest(
    session: Session, who: Actor, command: PostHarvest, *, today: date, now: datetime
) -> Harvest:
    """Put an expected harvest on the market; matching looks at it within seconds.

    Refused for an organisation that is not verified, and at the first error of
    SP-01 to SP-10; what is only odd is kept with the harvest as warnings.
    """
    require_verified(session, who)
    harvest = Harvest(
        organisation_id=who.organisation_id, state=HarvestState.OPEN, posted_at=now
    )
    _write(session, harvest, who, command, today=today, now=now)
    _name_first(session, harvest, now=now)
    ask_for_matching(session, harvest_id=harvest.id)
    return harvest


def _name_first(session: Session, harvest: Harvest, *, now: datetime) -> None:
    price = {"floor_price": harvest.floor_price_vnd}
    name_prices(session, harvest, price, now=now, first=True)


def save_draft(
    session: Session,
    who: Actor,
    command: PostHarvest,
    public_id: str | None = None,
    *,
    today: date,
    now: datetime,
) -> Harvest:
    """Keep a harvest that nobody else sees; any organisation may prepare one."""
    if public_id is None:
        harvest = Harvest(organisation_id=who.organisation_id, state=HarvestState.DRAFT)
    else:
        harvest = lock_harvest(session, who, public_id)
        if harvest.state is not HarvestState.DRAFT:
            raise Refused(N_("Vụ này đã đăng, không còn là nháp"))
        harvest.revision += 1
    _write(session, harvest, who, command, today=today, now=now)
    return harvest


def _write(
    session: Session,
    harvest: Harvest,
    who: Actor,
    command: PostHarvest,
    *,
    today: date,
    now: datetime,
) -> None:
    faults = find_faults(session, who, command, today=today)
    harvest.warnings = stored_findings(refuse_errors(faults))
    harvest.revision = harvest.revision or 1
    write_words(session, harvest, who, command, today=today)
    record_revision(session, harvest, who, "", now=now)


def publish_harvest(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Harvest:
    """Put a draft on the market as it is stored."""
    harvest = lock_harvest(session, who, public_id)
    require_verified(session, who)
    faults = find_faults(session, who, command_of(harvest), today=today)
    harvest.warnings = stored_findings(refuse_errors(faults))
    move_harvest(session, harvest, HarvestState.OPEN, posted_at=now)
    _name_first(session, harvest, now=now)
    ask_for_matching(session, harvest_id=harvest.id)
    return harvest


def lock_harvest(session: Session, who: Actor, public_id: str) -> Harvest:
    """One's own harvest as it is stored now; nobody else changes it meanwhile."""
    harvest = access_harvest(session, who, public_id, "write")
    return session.scalars(
        select(Harvest)
        .where(Harvest.id == harvest.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def move_harvest(
    session: Session, harvest: Harvest, new: HarvestState, **columns: object
) -> None:
    """Take one legal step; Conflict if somebody took one meanwhile."""
    check_transition(Lifecycle.HARVEST, harvest.state, new)
    session.flush()  # what was set on the row so far belongs before the step
    moved = cast(
        "CursorResult[Any]",
        session.execute(
            update(Harvest)
            .where(Harvest.id == harvest.id, Harvest.state == harvest.state)
            .values(state=new, **columns)
            .execution_options(synchronize_session=False)
        ),
    )
    if moved.rowcount != 1:
        raise Conflict(N_("Vụ này vừa được người khác thay đổi, hãy xem lại"))
    session.refresh(harvest)

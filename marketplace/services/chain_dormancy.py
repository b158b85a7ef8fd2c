"""Chains that deliver nothing for two seasons: the night proposes, a monitor stops."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_dormancy import quiet_since
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import ChainState
from marketplace.services.chain_decisions import record_fact
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chains import access_chain
from marketplace.services.registers import end_of
from models.chain_days import ChainInterval
from models.chains import Chain, ChainContract
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.reference import Product, ProductGroup, Rule

_RUNNING = (ChainState.ACTIVE, ChainState.AT_RISK, ChainState.SUSPENDED)


def propose_dormant(session: Session, *, today: date) -> int:
    """Mark the chains that sleep, and unmark those that woke; how many sleep.

    Nothing stops by itself: a monitor confirms, or a delivery wakes the chain.
    """
    sleeping = _sleeping(session, today)
    mark = update(Chain).execution_options(synchronize_session=False)
    asleep, awake = Chain.dormant_since.is_not(None), Chain.dormant_since.is_(None)
    session.execute(mark.where(asleep, ~sleeping).values(dormant_since=None))
    session.execute(mark.where(awake, sleeping).values(dormant_since=today))
    found = select(func.count()).select_from(Chain).where(asleep)
    return session.scalar(found) or 0


def _sleeping(session: Session, today: date) -> ColumnElement[bool]:
    """By product group: each crop has seasons of its own."""
    most = params_on(session, today).dormant_seasons
    seasons = _seasons(session, today)
    groups = session.scalars(select(ProductGroup.id).order_by(ProductGroup.id)).all()
    since = {g: quiet_since(seasons.get(g, []), today, most) for g in groups}
    quiet = [and_(Chain.group_id == g, *_quiet(day)) for g, day in since.items()]
    return or_(false(), *quiet)


def dormant_chains(session: Session, who: Actor) -> list[Chain]:
    """What a monitor is asked to look at in their area, the longest asleep first."""
    if not who.is_officer:
        return []
    wanted = select(Chain).where(
        Chain.dormant_since.is_not(None), Chain.unit_id.in_(who.scope_unit_ids)
    )
    return list(session.scalars(wanted.order_by(Chain.dormant_since, Chain.id)))


def confirm_dormant(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Chain:
    """A monitor of the area confirms that the chain has stopped."""
    if not who.is_officer:
        raise NotFound
    chain = access_chain(session, who, public_id, "decide")
    if chain.dormant_since is None:
        raise Refused(N_("Chuỗi này không bị báo ngừng giao hàng"))
    chain.dormant_since = None
    return record_fact(
        session,
        who,
        public_id,
        "stop",
        passed=None,
        note=N_("Không giao hàng hai vụ liền"),
        today=today,
        now=now,
    )


def _seasons(session: Session, today: date) -> dict[int, list[tuple[int, int]]]:
    """First and last months of the harvests of each product group."""
    groups = dict(session.execute(select(Product.code, Product.group_id)).all())
    rows = session.scalars(
        select(Rule.params).where(
            Rule.code.startswith("season."),
            Rule.valid_from <= today,
            or_(Rule.valid_to.is_(None), Rule.valid_to > today),
        )
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        months = (row["first_month"], row["last_month"])
        found.setdefault(groups[row["product"]], []).append(months)
    return found


def _quiet(since: date) -> list[ColumnElement[bool]]:
    """Runs, was recognised by then, and nothing went over since.

    Of contracts without delivery notes only their end is known.
    """
    confirmed = exists().where(
        ChainInterval.chain_id == Chain.id,
        ChainInterval.confirmed,
        ChainInterval.valid_from <= since,
    )
    linked = and_(
        ChainContract.chain_id == Chain.id, ChainContract.contract_id == Contract.id
    )
    noted = exists().where(DeliveryNote.contract_id == Contract.id)
    end = func.coalesce(Contract.ended_on, Contract.effective_to)
    unnoted = exists().where(linked, Contract.delivered_kg > 0, end > since, ~noted)
    noted_since = exists().where(
        linked,
        DeliveryNote.contract_id == Contract.id,
        DeliveryNote.delivered_at >= end_of(since),
    )
    return [Chain.state.in_(_RUNNING), confirmed, ~unnoted, ~noted_since]

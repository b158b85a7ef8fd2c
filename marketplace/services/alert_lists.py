"""Open alerts of many contracts: an officer's board, and what waits for a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.early_warning_facts import AlertStage
from marketplace.domain.words import Severity
from models.alerts import ContractAlert
from models.bulk import within
from models.contracts import Contract
from models.organisations import Organisation
from models.reads import read_once
from models.reference import AdminUnit

GRAVEST_FIRST = case(
    (ContractAlert.severity == Severity.ERROR, 0),
    (ContractAlert.severity == Severity.WARNING, 1),
    else_=2,
)


@dataclass(frozen=True)
class AlertFilter:
    """What the list is narrowed to; nothing where nothing is said."""

    severity: Severity | None = None
    unit_id: int | None = None


def list_alerts(
    session: Session, who: Actor, wanted: AlertFilter, *, limit: int, offset: int = 0
) -> tuple[Sequence[ContractAlert], int]:
    """Open alerts of contracts that an officer may see, the gravest first; how many."""
    found = _narrowed(_open_to(session, who), wanted)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = with_contract(found).order_by(
        GRAVEST_FIRST, ContractAlert.since, ContractAlert.id
    )
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def with_contract(found: Select[ContractAlert]) -> Select[ContractAlert]:
    """The same alerts with what a row of a list names of their contracts."""
    return found.options(
        joinedload(ContractAlert.contract).joinedload(Contract.seller),
        joinedload(ContractAlert.contract).joinedload(Contract.buyer),
        joinedload(ContractAlert.contract).joinedload(Contract.product),
    )


def count_alerts(session: Session, who: Actor) -> dict[Severity, int]:
    """How many open alerts of each severity the actor has to do with."""
    return read_once(session, (count_alerts, who), lambda: _count_alerts(session, who))


def _count_alerts(session: Session, who: Actor) -> dict[Severity, int]:
    found = _open_to(session, who).with_only_columns(
        ContractAlert.severity, func.count()
    )
    rows = session.execute(found.group_by(ContractAlert.severity)).all()
    return {Severity(severity): number for severity, number in rows}


def alerted_units(session: Session, who: Actor) -> Sequence[AdminUnit]:
    """The communes of sellers whose contracts have open alerts, by name."""
    sellers = _open_to(session, who).with_only_columns(SELLER.unit_id)
    wanted = select(AdminUnit).where(AdminUnit.id.in_(sellers))
    return session.scalars(wanted.order_by(AdminUnit.name_folded)).all()


SELLER = aliased(Organisation)
BUYER = aliased(Organisation)


def _open_to(session: Session, who: Actor) -> Select[ContractAlert]:
    """The alerts that still hold."""
    return alerts_of(session, who).where(ContractAlert.closed_at.is_(None))


def alerts_of(session: Session, who: Actor) -> Select[ContractAlert]:
    """An officer's are those of signed contracts in the scope, a party's its own."""
    found = (
        select(ContractAlert)
        .join(Contract, Contract.id == ContractAlert.contract_id)
        .join(SELLER, SELLER.id == Contract.seller_id)
        .join(BUYER, BUYER.id == Contract.buyer_id)
    )
    if who.is_officer:
        inside = or_(
            *(
                within(session, one.unit_id, who.scope_unit_ids)
                for one in (SELLER, BUYER)
            )
        )
        return found.where(inside, Contract.signed_on.is_not(None))
    mine = or_(
        Contract.seller_id == who.organisation_id,
        Contract.buyer_id == who.organisation_id,
    )
    return found.where(mine)


def _narrowed(
    found: Select[ContractAlert], wanted: AlertFilter
) -> Select[ContractAlert]:
    if wanted.severity is not None:
        found = found.where(ContractAlert.severity == wanted.severity)
    if wanted.unit_id is not None:
        found = found.where(SELLER.unit_id == wanted.unit_id)
    return found


def unanswered_alerts(session: Session, who: Actor) -> Sequence[ContractAlert]:
    """Open alerts that concern the actor's side and of which it knows nothing yet."""
    rows = session.scalars(
        _open_to(session, who)
        .options(joinedload(ContractAlert.contract), joinedload(ContractAlert.steps))
        .order_by(GRAVEST_FIRST, ContractAlert.since, ContractAlert.id)
    ).unique()
    return [row for row in rows if _concerns(row, who) and not _answered(row, who)]


def _concerns(alert: ContractAlert, who: Actor) -> bool:
    side = "seller" if alert.contract.seller_id == who.organisation_id else "buyer"
    return ("officer" if who.is_officer else side) in alert.concerns


def _answered(alert: ContractAlert, who: Actor) -> bool:
    """An officer's call is answered by a deed of an officer, not by a look."""
    if who.is_officer and alert.stage is AlertStage.ESCALATED:
        return False
    return any(one.by_organisation_id == who.organisation_id for one in alert.steps)

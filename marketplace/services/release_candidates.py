"""Where something of a contract may be free: which contracts to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import CompoundSelect, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import NoteState, Outcome
from marketplace.services.rules import rule
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote, DeliverySaid
from models.inspections import Inspection, InspectionPart
from models.offers import Tranche

RELEASING = (ContractState.IN_FORCE, ContractState.EXPIRED)


def contracts_to_release(session: Session, *, today: date) -> Sequence[int]:
    """Ids of contracts where something may be free: short once its days are over,
    or with goods that were turned away. Whether it is, `release_free` finds out."""
    grace = int(rule(session, "contract.release", today)["grace_days"])
    over = ContractLine.deliver_to < today - timedelta(days=grace)
    short = over & (ContractLine.kg - ContractLine.released_kg > _noted())
    short &= Contract.id.in_(_recorded()) | (Contract.delivered_kg > 0)
    refused = (Tranche.window_end >= today) & Contract.id.in_(_turned_away())
    return session.scalars(
        select(Contract.id)
        .join(ContractLine, ContractLine.contract_id == Contract.id)
        .outerjoin(Tranche, Tranche.id == ContractLine.tranche_id)
        .where(Contract.state.in_(RELEASING), or_(short, refused))
        .distinct()
        .order_by(Contract.id)
    ).all()


def _noted() -> ScalarSelect[int]:
    """What the valid notes of a line weigh."""
    return (
        select(func.coalesce(func.sum(DeliveryNote.net_kg), 0))
        .where(
            DeliveryNote.contract_id == ContractLine.contract_id,
            DeliveryNote.line == ContractLine.number,
            DeliveryNote.state != NoteState.VOID,
        )
        .scalar_subquery()
    )


def _recorded() -> CompoundSelect[int]:
    """Contracts whose sides write down what comes, so that nothing noted means
    nothing delivered. Of others it is not known; there the buyer lets go by hand."""
    noted = select(DeliveryNote.contract_id)
    return noted.union(select(DeliverySaid.contract_id))


def _turned_away() -> Select[int]:
    """Contracts of which some goods were turned away."""
    return (
        select(DeliveryNote.contract_id)
        .join(Inspection, Inspection.note_id == DeliveryNote.id)
        .join(InspectionPart, InspectionPart.inspection_id == Inspection.id)
        .where(InspectionPart.outcome == Outcome.REJECTED)
    )


def is_recorded(session: Session, contract: Contract) -> bool:
    """Whether the sides of a contract write down what comes."""
    wanted = select(Contract.id).where(
        Contract.id == contract.id, Contract.id.in_(_recorded())
    )
    return contract.delivered_kg > 0 or session.scalar(wanted) is not None

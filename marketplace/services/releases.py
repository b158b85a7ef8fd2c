"""What falls free of a contract goes back to the market, once.

Kilograms that nobody handed over go back to harvest and tranche, those turned
away for good to the tranche alone. Both are columns of the line, so that the sums
of the invariants hold in every stored state.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.releases import Balance, is_over
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_endings import lock_deals
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    NOT_IN_FORCE,
    side_of,
    tell_both_sides,
)
from marketplace.services.contracts import access_contract, flag_at_risk
from marketplace.services.days import day_of
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import (
    Planned,
    planned_deliveries,
    planned_delivery,
)
from marketplace.services.dispute_records import open_claim
from marketplace.services.inspections import claim_until, current_inspection
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.note_writing import noted_kg
from marketplace.services.quantities import release_harvest, release_tranche
from marketplace.services.release_candidates import RELEASING, is_recorded
from marketplace.services.rules import rule
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote, DeliverySaid


def release_free(
    session: Session, contract_id: int, *, today: date, now: datetime
) -> int:
    """Give back what is free of a contract by the day; returns the kilograms.

    Safe to repeat and to run twice at once: what went back is written on the line,
    and the locks put two in line.
    """
    contract = lock_for_release(session, contract_id)
    if contract.state not in RELEASING:
        return 0
    grace = int(rule(session, "contract.release", today)["grace_days"])
    freed, known = 0, is_recorded(session, contract)
    for planned in planned_deliveries(session, contract):
        line = planned.line
        over = known and is_over(
            planned.delivery, line.deliver_to, today, grace_days=grace
        )
        balance = balance_of(session, planned, now)
        if over:
            freed += release_missing(session, contract, line, balance.missing_kg)
        if _still_wanted(line, today):
            freed += _refuse(session, line, balance.unmet_kg)
    if freed:
        tell_of_release(session, contract, None, freed, now)
    return freed


def give_up_delivery(
    session: Session, who: Actor, public_id: str, line: int, text: str, *, now: datetime
) -> int:
    """The buyer lets go of a delivery that is blocked or late, to find another.

    What was not handed over is free at once; what may be owed for it stays as the
    contract says. Refused: the seller, a delivery that may still come in time.
    """
    found = access_contract(session, who, public_id, "write")
    contract = lock_for_release(session, found.id)
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(NOT_IN_FORCE)
    planned = planned_delivery(session, contract, line)
    if side_of(contract, who) is not Side.BUYER:
        raise Refused(N_("Việc này là của bên kia"))
    if not may_give_up(planned, day_of(now)):
        raise Refused(N_("Chỉ bỏ được đợt báo không giao được hoặc đã quá ngày"))
    said = clean_text(text, long=True, field="text")
    return _let_go(session, contract, planned, said, who, now)


def release_delivery(
    session: Session, contract: Contract, line: int, who: Actor, *, now: datetime
) -> int:
    """Give back what of a delivery was not handed over, since both sides agree to it.

    The caller holds the locks of `lock_for_release`; returns the kilograms.
    """
    planned = planned_delivery(session, contract, line)
    if planned.delivery.state is DeliveryState.CANCELLED:
        return 0
    return _let_go(session, contract, planned, "", who, now)


def _let_go(
    session: Session,
    contract: Contract,
    planned: Planned,
    text: str,
    who: Actor,
    now: datetime,
) -> int:
    session.add(_cancelled(planned, text, who, now))
    missing_kg = balance_of(session, planned, now).missing_kg
    kg = release_missing(session, contract, planned.line, missing_kg)
    tell_of_release(session, contract, who, kg, now)
    return kg


def may_give_up(planned: Planned, today: date) -> bool:
    """Whether the buyer may let go: it is blocked, or its days are over."""
    delivery, last = planned.delivery, planned.line.deliver_to
    if delivery.state is DeliveryState.CANCELLED:
        return False
    late = is_over(delivery, last, today, grace_days=0)
    return late or delivery.state is DeliveryState.BLOCKED


def _cancelled(planned: Planned, text: str, who: Actor, now: datetime) -> DeliverySaid:
    position = len(planned.words)
    return DeliverySaid(
        contract_id=planned.line.contract_id,
        line=planned.line.number,
        position=position,
        previous=position - 1 if position else None,
        word=DeliveryWord.CANCEL,
        text=text,
        by_user_id=who.user_id,
        at=now,
    )


def lock_for_release(session: Session, contract_id: int) -> Contract:
    """Harvest, contract and tranches, in the order of the house."""
    harvest_id = session.scalar(
        select(Contract.harvest_id).where(Contract.id == contract_id)
    )
    contract = lock_deals(session, {contract_id: harvest_id})[0]
    for line in contract.lines:
        session.refresh(line)
    return contract


def balance_of(session: Session, planned: Planned, now: datetime) -> Balance:
    """The kilograms of a planned delivery as they stand now."""
    line = planned.line
    return Balance(
        line.kg,
        planned.noted_kg,
        _rejected_for_good(session, line, now),
        line.released_kg,
        line.refused_kg,
    )


def _rejected_for_good(session: Session, line: ContractLine, now: datetime) -> int:
    """Turned away by findings that nobody disputes and nobody may dispute any more."""
    notes = session.scalars(
        select(DeliveryNote).where(
            DeliveryNote.contract_id == line.contract_id,
            DeliveryNote.line == line.number,
            DeliveryNote.state == NoteState.CONFIRMED,
        )
    )
    rejected = 0
    for note in notes:
        finding = current_inspection(session, note)
        if finding is None or not finding.rejected_kg:
            continue
        if claim_until(session, finding) <= now and not open_claim(session, note):
            rejected += finding.rejected_kg
    return rejected


def _still_wanted(line: ContractLine, today: date) -> bool:
    tranche = line.tranche
    return bool(tranche and not tranche.dropped and today <= tranche.window_end)


def release_missing(
    session: Session, contract: Contract, line: ContractLine, missing_kg: int
) -> int:
    """Give back to both what is missing here and was not brought on top elsewhere."""
    older = without_notes(contract, planned_deliveries(session, contract))
    same = [one for one in contract.lines if one.season == line.season]
    brought = noted_kg(session, contract, same)
    brought += sum(older[one.number] for one in same)
    missing_kg -= older[line.number]
    open_kg = sum(one.kg - one.released_kg for one in same) - brought
    kg = min(missing_kg, open_kg)
    if kg <= 0:
        return 0
    line.released_kg += kg
    session.flush()  # the sums below are compared with it
    if contract.harvest_id is not None and not line.season:
        release_harvest(session, contract.harvest_id, kg)
    if line.tranche_id is not None:
        release_tranche(session, line.tranche_id, kg)
    return kg


def _refuse(session: Session, line: ContractLine, unmet_kg: int) -> int:
    """Give back to the buyer's tranche what was turned away for good."""
    if not unmet_kg or line.tranche_id is None:
        return 0
    line.refused_kg += unmet_kg
    session.flush()  # the sum below is compared with it
    release_tranche(session, line.tranche_id, unmet_kg)
    return unmet_kg


def tell_of_release(
    session: Session, contract: Contract, who: Actor | None, kg: int, now: datetime
) -> None:
    """Write it down, let the matcher look at both posts, and tell both sides."""
    event = record_event(session, contract, "released", who, now=now, data={"kg": kg})
    if contract.harvest is not None and not contract.harvest.over_promised:
        flag_at_risk(session, contract.harvest, "")  # the others are covered again
    params: dict[str, object] = {"kg": kg, "released": True}
    tell_both_sides(session, contract, NoticeKind.CONTRACT_ALERT, event, params)
    ask_for_matching(session, harvest_id=contract.harvest_id)
    ask_for_matching(session, offer_id=contract.offer_id)

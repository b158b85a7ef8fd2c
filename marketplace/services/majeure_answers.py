"""Answers to notices of force majeure, and what follows once one stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.majeure import ACCEPTED, FOR_OFFICERS, MajeureState
from marketplace.domain.names import clean_text
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    NOT_IN_FORCE,
    side_of,
    tell_both_sides,
    tell_other_side,
)
from marketplace.services.contracts import access_contract
from marketplace.services.days import day_of
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.majeure import (
    access_majeure,
    move_notice,
    stored,
    subject_of,
)
from marketplace.services.majeure_release import let_stand
from marketplace.services.notices import notify_officers
from marketplace.services.releases import lock_for_release
from models.contract_events import ContractEvent
from models.contracts import Contract
from models.majeure import MajeureNotice

SAY_WHY = N_("Nói rõ vì sao")
NOT_CALLED = N_("Báo bất khả kháng này không chờ cán bộ")


def acknowledge_notice(
    session: Session, who: Actor, public_id: str, number: int, *, now: datetime
) -> MajeureNotice:
    """The other side lets it stand: once more is the same as once."""
    state = MajeureState.ACKNOWLEDGED
    return _answer(session, who, public_id, number, state, "", now)


def contest_notice(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    now: datetime,
) -> MajeureNotice:
    """The other side says why not, within the hours; officers are called."""
    said = clean_text(text, long=True, field="text")
    if not said:
        raise Refused(SAY_WHY, "text")
    state = MajeureState.CONTESTED
    return _answer(session, who, public_id, number, state, said, now)


def _answer(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    state: MajeureState,
    text: str,
    now: datetime,
) -> MajeureNotice:
    notice, contract = _lock(session, who, public_id, number, "write")
    side = side_of(contract, who)
    if side is notice.given_by:
        raise Refused(N_("Việc này là của bên kia"))
    if notice.state is state:
        return notice
    if state is MajeureState.CONTESTED and notice.answer_by <= now:
        raise Refused(N_("Đã quá giờ trả lời, cán bộ sẽ xem xét"))
    move_notice(notice, state)
    notice.answer, notice.answered_at = text, now
    notice.answered_by_id = who.user_id
    session.flush()  # what follows from it reads the row
    event = _record(session, contract, notice, who, now)
    params: dict[str, object] = {"state": str(state), "reason": text}
    kind, subject = NoticeKind.MAJEURE_ANSWERED, subject_of(contract)
    tell_other_side(session, contract, side, kind, event, params, subject=subject)
    if state is MajeureState.CONTESTED:
        _call_officers(session, contract, notice, event)
    return _settled(session, contract, notice, who, now)


def decide_notice(
    session: Session,
    officer: Actor,
    public_id: str,
    number: int,
    text: str,
    *,
    stands: bool,
    authority: str = "",
    now: datetime,
) -> MajeureNotice:
    """An officer confirms or declines what is contested or was left unanswered.

    NotFound for whoever is no officer of the parties. Refused: nobody waits for an
    officer, no reason, a confirmation without the paper of an authority.
    """
    if not officer.is_officer:
        raise NotFound
    notice, contract = _lock(session, officer, public_id, number)
    state = MajeureState.CONFIRMED if stands else MajeureState.DECLINED
    if notice.state is state:
        return notice
    if notice.state not in FOR_OFFICERS:
        raise Refused(NOT_CALLED)
    notice.decision = clean_text(text, long=True, field="text")
    notice.authority = clean_text(authority, field="authority")
    if not notice.decision:
        raise Refused(SAY_WHY, "text")
    if stands and not notice.authority:
        raise Refused(N_("Ghi giấy xác nhận của cơ quan nào, số mấy"), "authority")
    move_notice(notice, state)
    notice.decided_at, notice.decided_by_id = now, officer.user_id
    session.flush()  # what follows from it reads the row
    event = _record(session, contract, notice, officer, now)
    params: dict[str, object] = {"state": str(state), "reason": notice.decision}
    kind, subject = NoticeKind.MAJEURE_DECIDED, subject_of(contract)
    tell_both_sides(session, contract, kind, event, params, subject=subject)
    return _settled(session, contract, notice, officer, now)


def leave_unanswered(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Hand notices that nobody answered in time to the officers; how many.

    Silence is no consent (Civil Code art. 393). Safe to repeat and to run twice.
    """
    due = session.execute(
        select(MajeureNotice.id, MajeureNotice.contract_id)
        .where(
            MajeureNotice.state == MajeureState.NOTIFIED, MajeureNotice.answer_by <= now
        )
        .order_by(MajeureNotice.contract_id, MajeureNotice.id)
        .limit(limit)
    ).all()
    for notice_id, contract_id in due:
        contract = lock_for_release(session, contract_id)
        notice = stored(session, session.get_one(MajeureNotice, notice_id))
        if notice.state is not MajeureState.NOTIFIED:
            continue  # answered while this one waited in line
        move_notice(notice, MajeureState.UNANSWERED)
        session.flush()
        event = _record(session, contract, notice, None, now)
        _call_officers(session, contract, notice, event)
        params: dict[str, object] = {"state": str(notice.state), "reason": ""}
        kind, subject = NoticeKind.MAJEURE_ANSWERED, subject_of(contract)
        tell_both_sides(session, contract, kind, event, params, subject=subject)
    return len(due)


def majeure_waiting(session: Session, who: Actor) -> Sequence[MajeureNotice]:
    """Notices that wait for the actor: of the other side, or those for officers."""
    states = FOR_OFFICERS if who.is_officer else (MajeureState.NOTIFIED,)
    wanted = select(MajeureNotice).where(MajeureNotice.state.in_(states))
    found = session.scalars(wanted.order_by(MajeureNotice.answer_by)).all()
    return [one for one in found if _waits_for(one, who)]


def _waits_for(notice: MajeureNotice, who: Actor) -> bool:
    contract = notice.contract
    if who.is_officer:
        units = {contract.seller.unit_id, contract.buyer.unit_id}
        return bool(units & who.scope_unit_ids)
    sells = notice.given_by is Side.SELLER
    return who.organisation_id == (contract.buyer_id if sells else contract.seller_id)


def _lock(
    session: Session, who: Actor, public_id: str, number: int, action: str = "read"
) -> tuple[MajeureNotice, Contract]:
    """The notice as it is stored now, under the locks that a release needs."""
    found = access_contract(session, who, public_id, action)
    notice = access_majeure(session, who, public_id, number, action)
    contract = lock_for_release(session, found.id)
    if contract.state is ContractState.CLOSED:
        raise Refused(NOT_IN_FORCE)
    return stored(session, notice), contract


def _record(
    session: Session,
    contract: Contract,
    notice: MajeureNotice,
    who: Actor | None,
    now: datetime,
) -> ContractEvent:
    text = notice.decision or notice.answer
    data = {"number": notice.number, "text": text}
    name = f"majeure_{notice.state}"
    return record_event(session, contract, name, who, now=now, data=data)


def _settled(
    session: Session,
    contract: Contract,
    notice: MajeureNotice,
    who: Actor,
    now: datetime,
) -> MajeureNotice:
    """What follows of an answer; what waited for it may be done now."""
    if notice.state in ACCEPTED:
        let_stand(session, contract, notice, who, now=now)
    if notice.state is not MajeureState.CONTESTED:
        fulfil_if_done(session, contract, today=day_of(now), now=now)
    return notice


def _call_officers(
    session: Session, contract: Contract, notice: MajeureNotice, event: ContractEvent
) -> None:
    giver = contract.seller if notice.given_by is Side.SELLER else contract.buyer
    notify_officers(
        session,
        contract.seller.unit_id,
        NoticeKind.MAJEURE_CONTESTED,
        subject_of(contract),
        {
            "number": contract.number,
            "partner": giver.short_name,
            "reason": notice.answer,
            "state": str(notice.state),
        },
        now=event.at,
        version=event.position,
    )

"""The end of a force majeure event, told by the side that it struck.

Commercial Law 2005 art. 295: who was struck tells the other side at once when the
event is over, too. Art. 296: where it lasts longer than the extension, either side
may refuse to go on, so both are shown the way to end early.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.majeure import ACCEPTED, OPEN, add_months
from marketplace.domain.words import NoticeKind
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_open_contract, tell_other_side
from marketplace.services.majeure import access_majeure, stored, subject_of
from marketplace.services.rules import rule
from models.contracts import Contract
from models.majeure import MajeureNotice


def end_majeure(
    session: Session,
    who: Actor,
    public_id: str,
    number: int,
    ended_on: date,
    *,
    today: date,
    now: datetime,
) -> MajeureNotice:
    """Its giver says since which day the event is over; the other side is told.

    Once more with the same day is the same as once. Refused: the other side, a
    notice that fell, a day to come or before it began; Conflict for another day.
    """
    access_majeure(session, who, public_id, number, "write")
    contract, side = lock_open_contract(session, who, public_id)
    notice = stored(session, access_majeure(session, who, public_id, number))
    if side is not notice.given_by:
        raise Refused(N_("Việc này là của bên kia"))
    if notice.ended_on == ended_on:
        return notice
    _check(notice, ended_on, today)
    notice.ended_on, notice.ended_told_at = ended_on, now
    notice.ended_told_by_id = who.user_id
    session.flush()
    data = {"number": number, "day": ended_on.isoformat()}
    event = record_event(session, contract, "majeure_ended", who, now=now, data=data)
    kind, subject = NoticeKind.MAJEURE_ANSWERED, subject_of(contract)
    params: dict[str, object] = {"state": str(notice.state), "reason": ""}
    tell_other_side(session, contract, side, kind, event, params, subject=subject)
    return notice


def _check(notice: MajeureNotice, ended_on: date, today: date) -> None:
    if notice.ended_on is not None:
        raise Conflict(N_("Đã báo hết bất khả kháng rồi"))
    if notice.state not in (*OPEN, *ACCEPTED):
        raise Refused(N_("Báo bất khả kháng này không còn hiệu lực"))
    if not notice.began_on <= ended_on <= today:
        raise Refused(N_("Ngày hết phải từ ngày xảy ra đến hôm nay"), "ended")


def may_end(notice: MajeureNotice) -> bool:
    """Whether its giver still has to say when it was over."""
    return notice.ended_on is None and notice.state in (*OPEN, *ACCEPTED)


def outlasting(session: Session, contract: Contract, *, today: date) -> int:
    """Months after which either side may refuse to go on with this contract."""
    limits = rule(session, "force_majeure.extension", today)
    agreed = contract.signed_on or contract.effective_from
    last = max(line.deliver_to for line in contract.lines)
    far = add_months(agreed, int(limits["long_after_months"])) < last
    return int(limits["long_months" if far else "months"])


def has_outlasted(notice: MajeureNotice, months: int, today: date) -> bool:
    """Whether an accepted event, not over yet, has lasted longer than that."""
    lasts = notice.state in ACCEPTED and notice.ended_on is None
    return lasts and add_months(notice.began_on, months) < today

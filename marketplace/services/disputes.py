"""Claims: a side disputes a finding, both argue, and a new finding ends it.

When the other side takes an offer, or an officer decides, a new inspection is
written, so that the account follows it and the old one stays to be read.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.disputes import ClaimWord, Offered, settle_parts
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_delivery import ClaimState
from marketplace.services.contract_events import lock_contract, record_event
from marketplace.services.contract_sides import (
    lock_party_contract,
    side_of,
    tell_other_side,
)
from marketplace.services.days import day_of
from marketplace.services.delivery_notes import access_note
from marketplace.services.dispute_records import (
    ended_claim,
    move_claim,
    offer_for,
    open_claim,
    parts_of,
    possible_words,
    say,
    settle_claim,
)
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.inspection_rules import check_deductions
from marketplace.services.inspections import claim_until, current_inspection
from marketplace.services.notices import notify_officers
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Claim, Inspection

SAY_WHY = N_("Nói rõ vì sao")


def raise_claim(
    session: Session,
    who: Actor,
    note_id: str,
    reason: str,
    offered: Offered | None = None,
    *,
    now: datetime,
) -> Claim:
    """Dispute the finding that counts, within the contract's hours.

    Refused: no finding yet, too late, another claim open, a finding that
    ended one, no reason, an offer of more than the load weighs.
    """
    note, contract, side = _lock(session, who, note_id)
    inspection = _claimable(session, note, reason, offered, now)
    claim = Claim(
        note_id=note.id,
        inspection_id=inspection.id,
        state=ClaimState.OPEN,
        raised_by=side,
        reason=reason,
        raised_at=now,
    )
    session.add(claim)
    session.flush()
    say(session, claim, who, ClaimWord.RAISE, reason, offered, now)
    _tell(session, contract, claim, who, side, reason, now)
    return claim


def _claimable(
    session: Session,
    note: DeliveryNote,
    reason: str,
    offered: Offered | None,
    now: datetime,
) -> Inspection:
    """The finding that counts, if it may be disputed in these words."""
    inspection = current_inspection(session, note)
    if inspection is None:
        raise Refused(N_("Chưa có kết quả nghiệm thu để khiếu nại"))
    if claim_until(session, inspection) <= now:
        raise Refused(N_("Đã quá giờ khiếu nại ghi trong hợp đồng"))
    if open_claim(session, note) is not None:
        raise Refused(N_("Phiếu này đang có khiếu nại, trả lời trong đó"))
    if ended_claim(session, inspection):
        raise Refused(N_("Kết quả này đã được thống nhất hoặc phân xử"))
    if not reason.strip():
        raise Refused(SAY_WHY, "reason")
    _check_offer(session, note, offered)
    return inspection


def say_in_claim(
    session: Session,
    who: Actor,
    note_id: str,
    word: ClaimWord,
    text: str,
    offered: Offered | None = None,
    *,
    now: datetime,
) -> Claim:
    """Argue, offer, take the other's last offer, withdraw, or call an officer.

    Refused: no claim open, a word that is not this side's to say now.
    """
    note, contract, side = _lock(session, who, note_id)
    claim = open_claim(session, note)
    if claim is None:
        raise Refused(N_("Khiếu nại này đã khép lại"))
    _check_word(claim, contract, side, word, text, offered)
    _check_offer(session, note, offered)
    taken = _last_offer_of_other(claim, who) if word is ClaimWord.ACCEPT else None
    say(session, claim, who, word, text, offered, now)
    if taken is not None:
        settle_claim(session, claim, ClaimState.AGREED, taken, None, claim.reason, now)
        return claim
    if word is ClaimWord.WITHDRAW:
        move_claim(claim, ClaimState.WITHDRAWN, now)
        session.flush()
        fulfil_if_done(session, contract, today=day_of(now), now=now)
    if word is ClaimWord.CALL_OFFICER:
        move_claim(claim, ClaimState.MEDIATION, None)
        _call_officers(session, contract, claim, now)
    _tell(session, contract, claim, who, side, text, now)
    return claim


def decide_claim(
    session: Session,
    officer: Actor,
    note_id: str,
    offered: Offered,
    text: str,
    *,
    now: datetime,
) -> Claim:
    """An officer called by a side ends the claim; both sides are told.

    NotFound for whoever may not see the contract; refused before a call.
    """
    note = access_note(session, officer, note_id)
    if not officer.is_officer:
        raise NotFound
    lock_contract(session, note.contract_id)
    claim = open_claim(session, note)
    if claim is None or claim.state is not ClaimState.MEDIATION:
        raise Refused(N_("Chưa bên nào mời cán bộ phân xử"))
    if not text.strip():
        raise Refused(SAY_WHY, "text")
    _check_offer(session, note, offered)
    say(session, claim, officer, ClaimWord.DECIDE, text, offered, now)
    settle_claim(session, claim, ClaimState.DECIDED, offered, officer, text, now)
    return claim


def _lock(
    session: Session, who: Actor, note_id: str
) -> tuple[DeliveryNote, Contract, Side]:
    note = access_note(session, who, note_id, "write")
    contract, side = lock_party_contract(
        session, who, note.contract.public_id, live=False
    )
    return note, contract, side


def _check_word(
    claim: Claim,
    contract: Contract,
    side: Side,
    word: ClaimWord,
    text: str,
    offered: Offered | None,
) -> None:
    if word not in possible_words(claim, side):
        raise Refused(N_("Lúc này chưa làm được việc đó"))
    if word is ClaimWord.OFFER and offered is None:
        raise Refused(N_("Ghi số kg muốn nhận"), "accepted_kg")
    if word is ClaimWord.SAY and not text.strip():
        raise Refused(SAY_WHY, "text")
    assert contract.id == claim.note.contract_id


def _last_offer_of_other(claim: Claim, who: Actor) -> Offered | None:
    return offer_for(claim, side_of(claim.note.contract, who))


def _check_offer(session: Session, note: DeliveryNote, offered: Offered | None) -> None:
    if offered is not None:
        found = parts_of(current_inspection(session, note))
        parts = settle_parts(found, offered, "-")
        check_deductions(session, note, parts, "deduction")


def _tell(
    session: Session,
    contract: Contract,
    claim: Claim,
    who: Actor,
    side: Side,
    text: str,
    now: datetime,
) -> None:
    """The other side learns the last word: which it was, and what was typed."""
    word = ClaimWord(claim.words[-1].word)
    said = NoticeKind.CLAIM_SAID
    kind = NoticeKind.CLAIM_RAISED if word is ClaimWord.RAISE else said
    event = record_event(
        session,
        contract,
        kind.value,
        who,
        now=now,
        data={
            "note": claim.note.number,
            "state": claim.state,
            "text": text,
            "word": word,
        },
    )
    subject = f"note:{claim.note.public_id}"
    told: dict[str, object] = {"reason": text, "word": word}
    tell_other_side(session, contract, side, kind, event, told, subject=subject)


def _call_officers(
    session: Session, contract: Contract, claim: Claim, now: datetime
) -> None:
    notify_officers(
        session,
        contract.seller.unit_id,
        NoticeKind.CLAIM_RAISED,
        f"note:{claim.note.public_id}",
        {
            "number": contract.number,
            "partner": contract.seller.short_name,
            "reason": claim.reason,
        },
        now=now,
    )

"""Writing a delivery note: what was weighed, checked against the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of
from marketplace.domain.commands_deliveries import WriteNote
from marketplace.domain.deliveries import DeliveryState, Obstacle
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_party_contract
from marketplace.services.days import day_of
from marketplace.services.deliveries import (
    REFUSALS,
    REST_GONE,
    Planned,
    planned_delivery,
)
from marketplace.services.delivery_notes import named, stand_by, tell
from marketplace.services.lot_notes import check_noted_lots
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote, NoteLot

NOTE_ID = re.compile(r"[A-Za-z0-9_-]{22}")
CLOCK_SLACK = timedelta(minutes=10)  # a phone's clock may run ahead
MOST_LOTS = 50


def write_note(
    session: Session,
    who: Actor,
    contract_id: str,
    command: WriteNote,
    *,
    now: datetime,
    written_at: datetime | None = None,
) -> DeliveryNote:
    """Write a note and stand by it; the other side is asked to confirm.

    The same note sent twice is stored once. Refused: weights that cannot be,
    more than the contract and its tolerance hold (CT-10), a day before it is in
    force; Conflict if the id carries other words.
    """
    contract, side = lock_party_contract(session, who, contract_id, live=False)
    known = _known(session, contract, command)
    if known is not None:
        return known
    lock_party_contract(session, who, contract_id)
    planned = planned_delivery(session, contract, command.line)
    if planned.delivery.state is DeliveryState.CANCELLED:
        raise Refused(REFUSALS[Obstacle.CANCELLED], "line")
    if planned.line.released_kg:
        _check_rest(planned, command)
    _check(session, contract, command, now)
    note = _note(session, contract, side, command)
    note.written_at, note.received_at = min(written_at or now, now), now
    session.add(note)
    session.flush()  # the confirmation names its digest
    stand_by(session, note, side, who, now)
    event = record_event(
        session, contract, "note_written", who, now=now, data=named(note)
    )
    tell(session, note, side, NoticeKind.NOTE_TO_CONFIRM, event)
    return note


def _check_rest(planned: Planned, command: WriteNote) -> None:
    """Of a delivery that went back in part for force majeure the rest still comes."""
    line = planned.line
    if line.released_kg > planned.lost_kg:
        raise Refused(REST_GONE, "line")
    left = line.kg - line.released_kg - planned.noted_kg
    if command.net_kg > left:
        raise Refused(
            N_("Đợt này chỉ còn %(kg)s kg, phần kia đã mất vì bất khả kháng"),
            "lots",
            kg=format_number(max(0, left)),
        )


def _known(
    session: Session, contract: Contract, command: WriteNote
) -> DeliveryNote | None:
    if not NOTE_ID.fullmatch(command.note_id):
        raise Refused(N_("Phiếu này thiếu mã, tải lại trang rồi ghi lại"))
    note = session.scalars(
        select(DeliveryNote).where(DeliveryNote.public_id == command.note_id)
    ).first()
    if note is None:
        return None
    if note.contract_id != contract.id:
        raise NotFound
    if note.digest != digest_of(_content(contract, command)):
        raise Conflict(N_("Phiếu này đã gửi rồi với nội dung khác"))
    return note


def _check(
    session: Session, contract: Contract, command: WriteNote, now: datetime
) -> None:
    if not command.lots:
        raise Refused(N_("Ghi ít nhất một lô"), "lots")
    if len(command.lots) > MOST_LOTS:
        raise Refused(N_("Một phiếu nhiều nhất %(most)s lô"), "lots", most=MOST_LOTS)
    if len({lot.code for lot in command.lots}) < len(command.lots):
        raise Refused(N_("Mỗi lô chỉ ghi một dòng"), "lots")
    if any(not 0 <= lot.tare_kg < lot.gross_kg for lot in command.lots):
        raise Refused(N_("Cân cả bì phải nặng hơn bì"), "lots")
    if command.delivered_at > now + CLOCK_SLACK:
        raise Refused(N_("Giờ giao chưa tới"), "hour")
    if contract.signed_on and day_of(command.delivered_at) < contract.signed_on:
        raise Refused(N_("Ngày giao trước ngày ký hợp đồng"), "day")
    check_noted_lots(session, contract, command.lots, command.delivered_at)
    left = _left_kg(session, contract, command.line)
    if command.net_kg > left:
        raise Refused(
            N_("Vượt hợp đồng: còn giao được nhiều nhất %(kg)s kg, kể cả dung sai"),
            "lots",
            kg=format_number(max(0, left)),
        )


def _left_kg(session: Session, contract: Contract, number: int) -> int:
    """What may still be delivered in the season of a line, the tolerance on top."""
    season = next((one.season for one in contract.lines if one.number == number), "")
    lines = [one for one in contract.lines if one.season == season]
    released_kg = sum(one.released_kg for one in lines)
    most = most_kg(contract, sum(one.kg for one in lines))
    return most - released_kg - noted_kg(session, contract, lines)


def most_kg(contract: Contract, kg: int) -> int:
    """What may be delivered of so many kilograms, the tolerance on top (CT-10)."""
    return kg * (100 + contract.tolerance_pct) // 100


def noted_kg(
    session: Session, contract: Contract, lines: Sequence[ContractLine]
) -> int:
    """What the notes of these lines weigh, confirmed or not, without the void ones."""
    kg = session.scalar(
        select(func.sum(DeliveryNote.net_kg)).where(
            DeliveryNote.contract_id == contract.id,
            DeliveryNote.line.in_([one.number for one in lines]),
            DeliveryNote.state != NoteState.VOID,
        )
    )
    return int(kg or 0)


def _note(
    session: Session,
    contract: Contract,
    side: Side,
    command: WriteNote,
) -> DeliveryNote:
    content = _content(contract, command)
    gross = sum(lot.gross_kg for lot in command.lots)
    return DeliveryNote(
        public_id=command.note_id,
        contract_id=contract.id,
        line=command.line,
        number=_next_number(session, contract),
        state=NoteState.WRITTEN,
        delivered_at=command.delivered_at,
        place=command.place,
        vehicle=command.vehicle,
        temperature_c=command.temperature_c,
        remark=command.remark,
        gross_kg=gross,
        tare_kg=gross - command.net_kg,
        net_kg=command.net_kg,
        content=canonical_bytes(content).decode(),
        digest=digest_of(content),
        written_by=side,
        lots=_lots(command),
    )


def _next_number(session: Session, contract: Contract) -> int:
    last = session.scalar(
        select(func.max(DeliveryNote.number)).where(
            DeliveryNote.contract_id == contract.id
        )
    )
    return (last or 0) + 1


def _lots(command: WriteNote) -> list[NoteLot]:
    return [
        NoteLot(
            number=number,
            lot_code=lot.code,
            gross_kg=lot.gross_kg,
            tare_kg=lot.tare_kg,
        )
        for number, lot in enumerate(command.lots, 1)
    ]


def _content(contract: Contract, command: WriteNote) -> dict[str, Any]:
    """What both sides stand by, in one spelling."""
    return {
        "contract": contract.number,
        "note": command.note_id,
        "line": command.line,
        "delivered_at": command.delivered_at,
        "place": command.place,
        "vehicle": command.vehicle,
        "temperature_c": _degrees(command.temperature_c),
        "remark": command.remark,
        "lots": [
            {"code": lot.code, "gross_kg": lot.gross_kg, "tare_kg": lot.tare_kg}
            for lot in command.lots
        ],
    }


def _degrees(temperature_c: Decimal | None) -> str:
    """Nothing measured is not the same as the freezing point."""
    return "" if temperature_c is None else str(temperature_c)

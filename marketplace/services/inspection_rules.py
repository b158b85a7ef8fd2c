"""Who may inspect a load and when, and which parts a finding may have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number, format_price
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState, Outcome
from marketplace.services.contract_sides import check_open_contract, side_of
from marketplace.services.contract_versions import signed_words, words_of_note
from marketplace.services.days import day_of
from marketplace.services.statement_prices import Prices
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Inspection
from models.photos import Photo
from models.reference import Grade

MOST_PARTS = 20


def hours_of(session: Session, note: DeliveryNote) -> timedelta:
    """The hours that the words of the load give for inspection and for claims."""
    words = words_of_note(signed_words(session, note.contract), note)
    return timedelta(hours=int(words.content["acceptance"]["hours"]))


def inspect_until(session: Session, note: DeliveryNote) -> datetime | None:
    """The end of the hours for inspection, counted from the second confirmation."""
    if note.confirmed_at is None:
        return None
    return note.confirmed_at + hours_of(session, note)


def check_may_inspect(
    session: Session, who: Actor, note: DeliveryNote, *, now: datetime
) -> None:
    """Refused: the seller, a note not confirmed by both, a second inspection, after
    the contract's hours."""
    check_open_contract(note.contract)
    if side_of(note.contract, who) is not Side.BUYER:
        raise Refused(N_("Nghiệm thu là việc của bên mua"))
    if note.state is not NoteState.CONFIRMED:
        raise Refused(N_("Hai bên cần xác nhận số cân trước khi nghiệm thu"))
    until = inspect_until(session, note)
    wanted = select(Inspection.id).where(Inspection.note_id == note.id)
    if session.scalar(wanted.limit(1)) or (until and until <= now):
        raise Refused(N_("Phiếu này đã nghiệm thu rồi"))


def check_parts(session: Session, note: DeliveryNote, parts: Sequence[Part]) -> None:
    """Refused: parts that do not sum up, that do not say why, that pay below zero."""
    if not 0 < len(parts) <= MOST_PARTS or any(part.kg <= 0 for part in parts):
        raise Refused(N_("Ghi số kg của từng phần"), "parts")
    total = sum(part.kg for part in parts)
    if total != note.net_kg:
        raise Refused(
            N_("Các phần cộng lại %(total)s kg, phải bằng %(net)s kg trên phiếu"),
            "parts",
            total=format_number(total),
            net=format_number(note.net_kg),
        )
    for part in parts:
        rejected = part.outcome is Outcome.REJECTED
        if (rejected or part.deduction_vnd) and not part.reason.strip():
            raise Refused(
                N_("Phần bị loại hay bị trừ tiền phải nói rõ vì sao"), "parts"
            )
        if part.deduction_vnd < 0 or (rejected and part.deduction_vnd):
            raise Refused(N_("Phần bị loại không trừ tiền nữa"), "parts")
    check_deductions(session, note, parts, "parts-%d-deduction")


def check_shown(
    session: Session, note: DeliveryNote, parts: Sequence[Part], pictures: int
) -> None:
    """Refused: goods turned away without a photo, which the contract asks for.

    Photos of the part or of the load count, and so do those on the delivery note.
    """
    turned_away = [
        row for row, part in enumerate(parts) if part.outcome is Outcome.REJECTED
    ]
    wanted = select(Photo.id).where(Photo.note_id == note.id).limit(1)
    if turned_away and not pictures and session.scalar(wanted) is None:
        raise Refused(
            N_("Hàng bị loại phải có ảnh: thêm ảnh của phần này hay của cả lô"),
            f"parts-{turned_away[0]}-photos",
        )


def check_deductions(
    session: Session, note: DeliveryNote, parts: Sequence[Part], field: str
) -> None:
    """Refused: more taken off a kilogram than the contract pays for it.

    `field` may hold a %d for the row of the part. A price that nobody knows yet
    bounds nothing; the statement of account then takes off no more than it pays.
    """
    if not any(part.deduction_vnd for part in parts):
        return
    pricing, day = (
        Prices(session, note.contract, "vi").of(note),
        day_of(note.delivered_at),
    )
    grades = {one.code: one for one in grades_of(session, note.contract)}
    for row, part in enumerate(parts):
        price = pricing.price_of_a_kilogram(grades.get(part.grade), day)
        if price is not None and part.deduction_vnd > price:
            raise Refused(
                N_("Trừ nhiều nhất bằng giá một kg: %(price)s"),
                field.replace("%d", str(row)),
                price=format_price(int(price)),
            )


def grades_of(session: Session, contract: Contract) -> list[Grade]:
    """The grades of the contract's product, the best first."""
    wanted = select(Grade).where(Grade.product_id == contract.product_id)
    return list(session.scalars(wanted.order_by(Grade.rank)))

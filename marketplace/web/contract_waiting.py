"""Cards on today's page: weights, inspections, claims, days and money that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.services.contract_waiting import claims_for_officer, waiting_for
from marketplace.services.inspection_rules import inspect_until
from marketplace.web.home import TaskCard, register_tasks
from marketplace.web.naming import name_of
from marketplace.web.shell import url_if
from marketplace.web.words import day, instant, kg, tonnes, vnd

if TYPE_CHECKING:
    from models.call_offs import CallOff, CallOffFrame
    from models.contracts import Contract
    from models.deliveries import DeliveryNote
    from models.inspections import Claim
    from models.settlements import AccountEntry

SOON = timedelta(hours=12)


@register_tasks
def deliveries_waiting(
    session: Session, actor: Actor, _today: date, moment: datetime
) -> list[TaskCard]:
    """One card a thing that waits for this side of a contract in force."""
    if actor.is_officer:
        return [_mediation(claim) for claim in claims_for_officer(session, actor)]
    waiting = waiting_for(session, actor)
    cards = [_weight(note, actor) for note in waiting.to_confirm]
    cards += [_inspection(session, note, moment) for note in waiting.to_inspect]
    cards += [_claim(claim, actor) for claim in waiting.claims]
    cards += [
        _day(contract, planned.line.number, planned.delivery.proposed_day, actor)
        for contract, planned in waiting.days
    ]
    cards += [_call(call, moment) for call in waiting.calls]
    if actor.may_sign:
        cards += [_frame(frame, actor) for frame in waiting.frames]
    return [*cards, *_money(waiting.entries, actor)]


def _partner(contract: Contract, actor: Actor) -> str:
    sells = contract.seller_id == actor.organisation_id
    return (contract.buyer if sells else contract.seller).short_name


def _weight(note: DeliveryNote, actor: Actor) -> TaskCard:
    contract = note.contract
    return TaskCard(
        kind="scale",
        title=_("Xác nhận số cân với %(partner)s", partner=_partner(contract, actor)),
        text=_(
            "%(kg)s %(product)s, cân lúc %(at)s.",
            kg=kg(note.net_kg),
            product=name_of(contract.product).lower(),
            at=instant(note.delivered_at),
        ),
        url=url_for("notes.show", public_id=note.public_id),
        button=_("Xem và xác nhận"),
        urgency=0,
        tone="new",
    )


def _inspection(session: Session, note: DeliveryNote, moment: datetime) -> TaskCard:
    until = inspect_until(session, note)
    urgent = until is not None and until - moment < SOON
    return TaskCard(
        kind="clipboard-check",
        title=_(
            "Nghiệm thu hàng của %(seller)s", seller=note.contract.seller.short_name
        ),
        text=_(
            "%(kg)s %(product)s. Quá giờ coi như nhận cả lô.",
            kg=kg(note.net_kg),
            product=name_of(note.contract.product).lower(),
        ),
        due=_("Trước %(moment)s", moment=instant(until)),
        url=url_for("notes.inspect", public_id=note.public_id),
        button=_("Ghi kết quả"),
        urgency=0,
        tone="warn" if urgent else "new",
    )


def _claim(claim: Claim, actor: Actor) -> TaskCard:
    contract = claim.note.contract
    return TaskCard(
        kind="message",
        title=_("Trả lời khiếu nại với %(partner)s", partner=_partner(contract, actor)),
        text=claim.words[-1].text or claim.reason,
        url=url_for("disputes.claim", public_id=claim.note.public_id),
        button=_("Trả lời"),
        urgency=0,
        tone="warn",
    )


def _mediation(claim: Claim) -> TaskCard:
    contract = claim.note.contract
    return TaskCard(
        kind="message",
        title=_(
            "Phân xử giữa %(seller)s và %(buyer)s",
            seller=contract.seller.short_name,
            buyer=contract.buyer.short_name,
        ),
        text=claim.reason,
        url=url_for("notes.show", public_id=claim.note.public_id),
        button=_("Mở khiếu nại"),
        urgency=0,
        tone="warn",
    )


def _day(contract: Contract, line: int, asked: date | None, actor: Actor) -> TaskCard:
    return TaskCard(
        kind="calendar-event",
        title=_(
            "%(partner)s xin đổi ngày giao sang %(day)s",
            partner=_partner(contract, actor),
            day=day(asked),
        ),
        text=_(
            "Đợt %(number)s, %(kg)s %(product)s.",
            number=line,
            kg=tonnes(contract.lines[line - 1].kg),
            product=name_of(contract.product).lower(),
        ),
        url=url_for("deliveries.index", public_id=contract.public_id) + f"#dot-{line}",
        button=_("Xem và trả lời"),
        urgency=10,
        tone="new",
    )


def _call(call: CallOff, moment: datetime) -> TaskCard:
    contract = call.frame.contract
    url = url_for("call_offs.index", public_id=contract.public_id)
    return TaskCard(
        kind="truck-delivery",
        title=_(
            "%(buyer)s gọi %(kg)s cho ngày %(day)s",
            buyer=contract.buyer.short_name,
            kg=kg(call.kg),
            day=day(call.first_day),
        ),
        text=_(
            "%(product)s, hợp đồng %(number)s. Quá giờ coi như đồng ý giao đủ.",
            product=name_of(contract.product),
            number=contract.number,
        ),
        due=_("Trước %(moment)s", moment=instant(call.answer_by)),
        url=f"{url}#tuan-{call.week.isoformat()}",
        button=_("Xem và trả lời"),
        urgency=0,
        tone="warn" if call.answer_by - moment < SOON else "new",
    )


def _frame(frame: CallOffFrame, actor: Actor) -> TaskCard:
    contract, partner = frame.contract, _partner(frame.contract, actor)
    title = (
        _("%(partner)s muốn kết thúc sớm việc gọi hàng theo tuần", partner=partner)
        if frame.end_asked_by
        else _("%(partner)s đề nghị gọi hàng theo tuần", partner=partner)
    )
    return TaskCard(
        kind="calendar-event",
        title=title,
        text=_(
            "%(least)s đến %(most)s một tuần, hợp đồng %(number)s.",
            least=kg(frame.least_kg),
            most=kg(frame.most_kg),
            number=contract.number,
        ),
        url=url_for("call_offs.index", public_id=contract.public_id),
        button=_("Xem và trả lời"),
        urgency=10,
        tone="new",
    )


def _money(entries: Sequence[AccountEntry], actor: Actor) -> Iterator[TaskCard]:
    """One card a contract, however many amounts wait on it."""
    by_contract: dict[int, list[AccountEntry]] = {}
    for entry in entries:
        by_contract.setdefault(entry.contract_id, []).append(entry)
    for rows in by_contract.values():
        contract = rows[0].contract
        total = sum(entry.amount_vnd for entry in rows)
        yield TaskCard(
            kind="cash",
            title=ngettext(
                "%(num)d khoản tiền chờ xác nhận",
                "%(num)d khoản tiền chờ xác nhận",
                len(rows),
            ),
            text=_(
                "%(amount)s với %(partner)s.",
                amount=vnd(total),
                partner=_partner(contract, actor),
            ),
            url=url_if("accounts.index", public_id=contract.public_id)
            or url_for("contracts.show", public_id=contract.public_id),
            button=_("Xem và xác nhận"),
            urgency=10,
            tone="new",
        )

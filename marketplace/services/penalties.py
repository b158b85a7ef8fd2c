"""How much a side may ask as a penalty, and what of it force majeure takes away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_vnd
from marketplace.domain.penalties import Asked, Obligation, reliefs
from marketplace.domain.settlement_facts import Penalty
from marketplace.domain.words import ContractState, Side
from marketplace.domain.words_delivery import EntryKind, EntryState
from marketplace.services.deliveries import planned_delivery
from marketplace.services.entries import list_entries
from marketplace.services.majeure_effects import excused_by_side
from models.contracts import Contract
from models.settlements import AccountEntry

COUNTED = (EntryState.RECORDED, EntryState.CONFIRMED)


def check_penalty(
    session: Session, contract: Contract, side: Side, command: RecordEntry, today: date
) -> None:
    """CT-07: all penalties of one side stay within the agreed share of the value.

    What the other side is excused of carries none; refused beyond that, for a
    delivery that the contract does not have, and for one that is not due yet.
    """
    owed = _owed(session, contract, _other(side), today)
    if command.line is not None and command.line not in owed.kg:
        raise Refused(N_("Hợp đồng không có đợt giao này"), "line")
    if command.line is not None:
        _check_breach(session, contract, command.line, command.on)
    most, message = _most(session, contract, side, command.line, owed)
    if command.amount_vnd > most:
        if any(owed.excused_kg.values()):
            message = N_("Phần bất khả kháng không tính phạt: còn tối đa %(most)s")
        most_shown = format_vnd(max(0, most))
        pct = contract.penalty_pct
        raise Refused(message, "amount", pct=pct, most=most_shown)


def _check_breach(session: Session, contract: Contract, line: int, on: date) -> None:
    """A delivery that is still to come is no breach, unless it was given up."""
    planned = planned_delivery(session, contract, line)
    ended = contract.state not in (ContractState.IN_FORCE, ContractState.SUSPENDED)
    given_up = planned.line.released_kg or planned.cancelled or ended
    last = max(planned.line.deliver_to, planned.delivery.day)
    # Goods that came early may be bad, or not be paid for, before the last day.
    if on <= last and not given_up and not planned.delivered_kg:
        message = N_("Đợt giao này chưa đến hạn (%(day)s), chưa có vi phạm để phạt")
        raise Refused(message, "line", day=format_day(last))


def _most(
    session: Session, contract: Contract, side: Side, line: int | None, owed: Obligation
) -> tuple[int, str]:
    """What may still be asked, in đồng, and the words for more than that."""
    most = _value_left(contract, owed) - _asked(session, contract, side)
    if line is not None:
        of_line = owed.most_vnd(line) - _asked(session, contract, side, line)
        if of_line < most:
            return of_line, N_(
                "Phạt không quá %(pct)s%% giá trị đợt giao: còn tối đa %(most)s"
            )
    return most, N_("Phạt không quá %(pct)s%% giá trị hợp đồng: còn tối đa %(most)s")


def check_confirmed(
    session: Session, contract: Contract, entry: AccountEntry, today: date
) -> None:
    """Refused: a penalty for what is excused by now; confirmed, it would be nought."""
    stand = [
        one
        for one in _confirmed(session, contract)
        if one.owed_by is entry.owed_by and one is not entry
    ]
    owed = _owed(session, contract, entry.owed_by, today)
    if reliefs(_asked_of([*stand, entry]), owed)[entry.public_id] < entry.amount_vnd:
        return
    raise Refused(
        N_("Phần này nay được miễn vì bất khả kháng, không còn phạt: hãy từ chối")
    )


def _value_left(contract: Contract, owed: Obligation) -> int:
    """The share of the value as it is signed, less that of what is excused."""
    excused = sum(owed.excused_kg.values()) * contract.price_vnd
    return max(0, contract.value_vnd - excused) * contract.penalty_pct // 100


def _asked(
    session: Session, contract: Contract, side: Side, line: int | None = None
) -> int:
    wanted = select(func.sum(AccountEntry.amount_vnd)).where(
        AccountEntry.contract_id == contract.id,
        AccountEntry.kind == EntryKind.PENALTY,
        AccountEntry.recorded_by == side,
        AccountEntry.state.in_(COUNTED),
    )
    if line is not None:
        wanted = wanted.where(AccountEntry.line == line)
    return int(session.scalar(wanted) or 0)


def penalties_of(
    session: Session, contract: Contract, *, today: date
) -> tuple[Penalty, ...]:
    """The penalties that both stand by, each with what fell away of it by a day."""
    entries = _confirmed(session, contract)
    off: dict[str, int] = {}
    for side in Side:
        mine = [one for one in entries if one.owed_by is side and one.on <= today]
        if mine:
            off |= reliefs(_asked_of(mine), _owed(session, contract, side, today))
    return tuple(
        Penalty(
            one.public_id,
            one.on,
            one.owed_by,
            agreed_vnd=one.amount_vnd,
            relief_vnd=off.get(one.public_id, 0),
        )
        for one in entries
    )


def _confirmed(session: Session, contract: Contract) -> list[AccountEntry]:
    """The penalties that both stand by, the oldest day first."""
    return [
        one
        for one in list_entries(session, contract)
        if one.kind is EntryKind.PENALTY and one.state is EntryState.CONFIRMED
    ]


def _asked_of(entries: Iterable[AccountEntry]) -> list[Asked]:
    return [Asked(one.public_id, one.amount_vnd, one.line) for one in entries]


def _owed(session: Session, contract: Contract, side: Side, today: date) -> Obligation:
    excused = excused_by_side(session, contract, today)[side]
    return Obligation(
        contract.penalty_pct,
        contract.price_vnd,
        {line.number: line.kg for line in contract.lines},
        {line: one.kg for line, one in excused.items()},
    )


def _other(side: Side) -> Side:
    return Side.BUYER if side is Side.SELLER else Side.SELLER

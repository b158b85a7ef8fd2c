"""Planned deliveries: ready, cannot, another day, and what the other side hears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.deliveries import (
    Delivery,
    DeliveryState,
    DeliveryWord,
    Obstacle,
    Said,
    fold_words,
    obstacle_to,
)
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.season_content import row_of_season
from marketplace.domain.words import NoticeKind
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_content import content_of
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_party_contract, tell_other_side
from marketplace.services.delivered_weights import weights_by_line
from marketplace.services.majeure_effects import hindrance_of, lost_by_lines
from models.bulk import among
from models.contracts import Contract, ContractLine, ContractVersion
from models.deliveries import DeliverySaid

REFUSALS = {
    Obstacle.CANCELLED: N_("Đợt giao này đã hủy"),
    Obstacle.SAID_ALREADY: N_("Đợt này đã báo như vậy rồi"),
    Obstacle.WRONG_SIDE: N_("Việc này là của bên kia"),
    Obstacle.PROPOSAL_OPEN: N_("Đang có ngày chờ trả lời, trả lời ngày đó trước"),
    Obstacle.NO_PROPOSAL: N_("Không còn ngày nào chờ trả lời"),
    Obstacle.NO_DAY: N_("Nhập ngày, ví dụ 30/06/2026"),
    Obstacle.SAME_DAY: N_("Ngày này đúng là ngày đang hẹn"),
    Obstacle.DAY_PAST: N_("Ngày này đã qua"),
    Obstacle.DAY_OUTSIDE_TERM: N_("Ngày này ngoài thời hạn hợp đồng"),
}
REST_GONE = N_("Phần chưa giao của đợt này đã trả về sàn")
_NOTICES = {
    DeliveryWord.READY: NoticeKind.DELIVERY_READY,
    DeliveryWord.BLOCKED: NoticeKind.DELIVERY_BLOCKED,
    DeliveryWord.PROPOSE_DAY: NoticeKind.DELIVERY_DAY_PROPOSED,
    DeliveryWord.ACCEPT_DAY: NoticeKind.DELIVERY_DAY_ANSWERED,
    DeliveryWord.DECLINE_DAY: NoticeKind.DELIVERY_DAY_ANSWERED,
}


@dataclass(frozen=True)
class Planned:
    """A planned delivery, what was said of it, and what was handed over for it.

    `delivered_kg` counts notes that both confirmed, `noted_kg` also those that
    wait for the other side, `lost_kg` what force majeure took, as accepted.
    """

    line: ContractLine
    delivery: Delivery
    words: tuple[DeliverySaid, ...]
    delivered_kg: int
    noted_kg: int
    lost_kg: int = 0

    @property
    def open_kg(self) -> int:
        return max(0, self.line.kg - self.lost_kg - self.noted_kg)

    @property
    def cancelled(self) -> bool:
        return self.delivery.state is DeliveryState.CANCELLED

    @property
    def gone_kg(self) -> int:
        """What never comes: lost to force majeure, or given back for want of it."""
        return max(self.lost_kg, self.line.released_kg)

    @property
    def is_open(self) -> bool:
        """Whether some of it is still to come, so that there is something to say."""
        return not self.cancelled and self.line.kg > self.noted_kg + self.gone_kg

    @property
    def to_come_kg(self) -> int:
        """What is still to be handed over and confirmed."""
        left = self.line.kg - self.gone_kg - self.delivered_kg
        return 0 if self.cancelled else max(0, left)


def planned_deliveries(session: Session, contract: Contract) -> list[Planned]:
    """Every planned delivery of a contract, in their order."""
    return planned_of_all(session, [contract])[contract.id]


def planned_of_all(
    session: Session, contracts: Sequence[Contract]
) -> dict[int, list[Planned]]:
    """The planned deliveries of many contracts by their ids, in three queries."""
    ids = [contract.id for contract in contracts]
    said: dict[tuple[int, int], list[DeliverySaid]] = defaultdict(list)
    wanted = select(DeliverySaid).where(among(session, DeliverySaid.contract_id, ids))
    for row in session.scalars(wanted.order_by(DeliverySaid.position)):
        said[row.contract_id, row.line].append(row)
    weights, lost = weights_by_line(session, ids), lost_by_lines(session, ids)
    return {
        contract.id: [
            _planned(line, said[key], weights.get(key, {}), lost.get(key, 0))
            for line in contract.lines
            for key in ((contract.id, line.number),)
        ]
        for contract in contracts
    }


def _planned(
    line: ContractLine,
    words: list[DeliverySaid],
    kg: dict[NoteState, int],
    lost_kg: int,
) -> Planned:
    delivered = kg.get(NoteState.CONFIRMED, 0)
    return Planned(
        line=line,
        delivery=fold_words(
            line.deliver_from, (Said(row.word, row.side, row.day) for row in words)
        ),
        words=tuple(words),
        delivered_kg=delivered,
        noted_kg=delivered + kg.get(NoteState.WRITTEN, 0),
        lost_kg=lost_kg,
    )


def planned_delivery(session: Session, contract: Contract, line: int) -> Planned:
    """One planned delivery by its number; NotFound if the contract has none such."""
    for planned in planned_deliveries(session, contract):
        if planned.line.number == line:
            return planned
    raise NotFound


def say_of_delivery(
    session: Session,
    who: Actor,
    public_id: str,
    line: int,
    word: DeliveryWord,
    *,
    now: datetime,
    today: date,
    day: date | None = None,
    text: str = "",
) -> Planned:
    """Say one word of a planned delivery; the other side is told.

    Refused where `obstacle_to` finds something in the way, or "cannot" has no reason.
    """
    contract, side = lock_party_contract(session, who, public_id)
    planned = planned_delivery(session, contract, line)
    _check(planned, Said(word, side, day), text, today, _last_day(session, planned))
    if word is DeliveryWord.READY:
        _check_not_struck(session, contract, planned)
    session.add(word_said(planned, Said(word, side, day), text, who, now))
    after = planned_delivery(session, contract, line)
    event = record_event(
        session,
        contract,
        f"delivery_{word}",
        who,
        now=now,
        data={"line": line, "day": str(day or after.delivery.day), "text": text},
    )
    tell_other_side(
        session,
        contract,
        side,
        _NOTICES[word],
        event,
        {"kg": planned.line.kg, "day": str(day or after.delivery.day), "reason": text},
        subject=f"deliveries:{contract.public_id}",
    )
    return after


def word_said(
    planned: Planned,
    said: Said,
    text: str,
    who: Actor,
    now: datetime,
    position: int | None = None,
) -> DeliverySaid:
    """The row of a word after those that were said; `position` where more come."""
    position = len(planned.words) if position is None else position
    return DeliverySaid(
        contract_id=planned.line.contract_id,
        line=planned.line.number,
        position=position,
        previous=position - 1 if position else None,
        word=said.word,
        side=said.side,
        day=said.day if said.word is DeliveryWord.PROPOSE_DAY else None,
        text=text,
        by_user_id=who.user_id,
        at=now,
    )


def _last_day(session: Session, planned: Planned) -> date:
    """The last day that a delivery may be moved to: of the contract, and its season."""
    line = planned.line
    last_day = line.contract.effective_to - timedelta(days=1)
    version = session.get_one(
        ContractVersion, (line.contract_id, line.contract.current_version)
    )
    season = row_of_season(content_of(version), line.season)
    if not season:
        return last_day
    return min(last_day, date.fromisoformat(season["last_day"]))


def _check_not_struck(session: Session, contract: Contract, planned: Planned) -> None:
    """Goods that a side says are struck are not ready before that is answered."""
    told_kg = hindrance_of(session, contract).kg.get(planned.line.number, 0)
    if told_kg >= planned.line.kg - planned.gone_kg - planned.noted_kg:
        raise Refused(
            N_("Đợt này có báo bất khả kháng chờ trả lời, chưa báo sẵn sàng được")
        )


def _check(
    planned: Planned, said: Said, text: str, today: date, last_day: date
) -> None:
    if not planned.is_open and planned.delivery.state is not DeliveryState.CANCELLED:
        raise Refused(REST_GONE if planned.gone_kg else N_("Đợt này đã giao đủ"))
    obstacle = obstacle_to(planned.delivery, said, today=today, last_day=last_day)
    if obstacle is not None:
        proposes = said.word is DeliveryWord.PROPOSE_DAY
        raise Refused(REFUSALS[obstacle], "day" if proposes else None)
    if said.word is DeliveryWord.BLOCKED and not text.strip():
        raise Refused(N_("Nói rõ vì sao không giao được"), "reason")

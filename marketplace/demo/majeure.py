"""Force majeure in the demo: one notice acknowledged, one that waits for an officer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH, TOAN_THANG
from marketplace.demo.deals import director_of
from marketplace.demo.diary import Diary, World
from marketplace.demo.pictures import crate
from marketplace.domain.majeure import Expected, GiveNotice, Hindered, MajeureKind
from marketplace.domain.words import ContractState
from marketplace.services.majeure import expected_deliveries, give_notice
from marketplace.services.majeure_answers import acknowledge_notice, contest_notice
from marketplace.services.photos import add_photos
from models.contracts import Contract
from models.majeure import MajeureNotice

ACKNOWLEDGED, CONTESTED = 8, 3  # days ago
LOST_SHARE = 5  # of the next delivery a fifth is lost


def note_majeure(world: World, diary: Diary) -> None:
    """Hail took some longan, and the buyer knew; a flood that the buyer doubts."""
    diary.note(world.day(ACKNOWLEDGED), partial(_hail, world))
    diary.note(world.day(CONTESTED), partial(_flood, world))


def _hail(world: World, day: date) -> None:
    text = "Mưa đá chiều qua làm rụng quả ở đồi phía tây."
    measures = "Đã nhặt và phân loại quả rụng, che lưới phần còn lại."
    told = _tell(world, TOAN_THANG, MajeureKind.HAIL, text, measures, day)
    if told is None:
        return
    contract, notice = told
    buyer, now = director_of(world, contract.buyer_id), world.at(day)
    later = now + timedelta(hours=2)
    acknowledge_notice(
        world.session, buyer, contract.public_id, notice.number, now=later
    )


def _flood(world: World, day: date) -> None:
    text = "Lũ ống làm sạt đường vào vườn, xe không lên được."
    measures = "Đã báo xã, thuê người gùi hàng ra đường lớn."
    told = _tell(world, BAO_MINH, MajeureKind.FLOOD, text, measures, day)
    if told is None:
        return
    contract, notice = told
    buyer, later = (
        director_of(world, contract.buyer_id),
        world.at(day) + timedelta(hours=3),
    )
    why = "Đường đã thông từ hôm sau, xe bên mua vẫn vào được."
    contest_notice(
        world.session, buyer, contract.public_id, notice.number, why, now=later
    )


def _tell(
    world: World, seller: str, kind: MajeureKind, text: str, measures: str, day: date
) -> tuple[Contract, MajeureNotice] | None:
    found = _struck(world, seller, day)
    if found is None:
        return None
    contract, plan = found
    who, now = director_of(world, contract.seller_id), world.at(day)
    lost = Hindered(plan.line, lost_kg=plan.open_kg // LOST_SHARE)
    learned = now - timedelta(hours=3)
    command = GiveNotice(kind, day, learned, text, measures, (lost,))
    notice = give_notice(
        world.session, who, contract.public_id, command, today=day, now=now
    )
    pictures = [crate(11, spoilt=True), crate(12, spoilt=True)]
    add_photos(world.session, who, notice, pictures, most=6, now=now)
    return contract, notice


def _struck(world: World, seller: str, day: date) -> tuple[Contract, Expected] | None:
    """The oldest contract in force of the two that still has a delivery to come."""
    found = world.session.scalars(
        select(Contract)
        .where(
            Contract.seller_id == world.organisations[seller].id,
            Contract.buyer_id == world.organisations[SAO_XANH].id,
            Contract.state == ContractState.IN_FORCE,
            Contract.signed_on < day,
        )
        .order_by(Contract.id)
    )
    for contract in found:
        plans = expected_deliveries(world.session, contract, today=day)
        coming = [one for one in plans.values() if one.day > day]
        if coming:
            return contract, coming[0]
    return None

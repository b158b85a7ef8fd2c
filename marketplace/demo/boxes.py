"""Numbers on the boxes of the demo: GS1's range for examples, a report about one box."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from marketplace.demo.diary import World
from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_codes import ReportBox, SaveTradeItem
from marketplace.domain.gs1 import complete
from marketplace.domain.words_codes import BoxComplaint, PackLevel
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.box_reports import report_box
from marketplace.services.gs1_keeping import save_place_number, save_prefix
from marketplace.services.trade_items import name_lot_item, save_item
from models.lot_events import LotEvent, LotPart
from models.lots import Lot
from models.organisations import Membership
from models.reference import Product

EXAMPLES = "952"  # numbers that begin so belong to nobody
PACKED = (LotStep.PACK, LotStep.DRY)
BOX_G, DRIED_G = 10_000, 500


def number_boxes(world: World) -> None:
    """Every maker of packed lots gets a prefix, a GLN, items, and its lots are named."""
    lots = _packed(world)
    for place, maker in enumerate(sorted({one.organisation_id for one in lots}), 1):
        who = somebody(world, maker)
        if who is not None:
            mine = [one for one in lots if one.organisation_id == maker]
            _number(world, who, f"{EXAMPLES}{place:04d}", mine)
    if lots:
        text = "Mở thùng thấy mấy quả dưới đáy bị dập, mua ở quầy trái cây."
        report = ReportBox(BoxComplaint.SPOILED, text)
        report_box(world.session, lots[-1], report, now=world.now)


def _packed(world: World) -> list[Lot]:
    made = (
        select(LotPart.lot_id)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(LotPart.role == PartRole.OUTPUT, LotEvent.step.in_(PACKED))
    )
    wanted = select(Lot).where(Lot.id.in_(made), Lot.voided_at.is_(None))
    return list(world.session.scalars(wanted.order_by(Lot.id)))


def somebody(world: World, organisation_id: int) -> Actor | None:
    """The director of an organisation."""
    seat = world.session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.DIRECTOR,
        )
        .order_by(Membership.id)
    ).first()
    return Actor(seat.user_id, organisation_id, seat.role) if seat else None


def _number(world: World, who: Actor, prefix: str, lots: Iterable[Lot]) -> None:
    session, today = world.session, world.today
    save_prefix(session, who, prefix)
    gln = complete(f"{prefix}00000", 13)
    save_place_number(session, who, gln, today=today)
    items: dict[int, str] = {}
    for lot in lots:
        if lot.product_id not in items:
            told = _item(lot.product, complete(f"0{prefix}{len(items) + 1:05d}", 14))
            item = save_item(session, who, told, today=today)
            items[lot.product_id] = item.public_id
        name_lot_item(session, who, lot, items[lot.product_id])


def _item(product: Product, gtin: str) -> SaveTradeItem:
    dried = product.processed
    net_g = DRIED_G if dried else BOX_G
    pack = ("gói 500 g", "500 g pack") if dried else ("thùng 10 kg", "10 kg box")
    return SaveTradeItem(
        product_code=product.code,
        name_vi=f"{product.name_vi} Sông Mã, {pack[0]}",
        net_g=net_g,
        level=PackLevel.UNIT if dried else PackLevel.CASE,
        name_en=f"Sông Mã {product.name_en.lower()}, {pack[1]}",
        gtin=gtin,
    )

"""Trade items of an organisation, and the GTINs that have ever stood on them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_codes import SaveTradeItem
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.gs1 import normalise_gtin
from marketplace.domain.names import clean_text
from models.gs1_numbers import Gs1Prefix
from models.lots import Lot
from models.reference import Grade, Product
from models.trade_items import LotItem, TradeItem, TradeItemGtin

MOST_G = 1_500_000


def list_items(session: Session, who: Actor) -> list[TradeItem]:
    """What the actor's organisation packs now, by name."""
    return list(
        session.scalars(
            select(TradeItem)
            .where(
                TradeItem.organisation_id == who.organisation_id,
                TradeItem.ended_on.is_(None),
            )
            .options(
                joinedload(TradeItem.product),
                joinedload(TradeItem.grade),
                selectinload(TradeItem.gtins),
            )
            .order_by(TradeItem.name_vi, TradeItem.id)
        )
    )


def access_item(session: Session, who: Actor, public_id: str) -> TradeItem:
    """A trade item of the actor's organisation; NotFound if it is not one."""
    item = session.scalars(
        select(TradeItem).where(
            TradeItem.public_id == public_id,
            TradeItem.organisation_id == who.organisation_id,
        )
    ).first()
    if item is None:
        raise NotFound
    return item


def save_item(
    session: Session,
    who: Actor,
    command: SaveTradeItem,
    public_id: str | None = None,
    *,
    today: date,
) -> TradeItem:
    """Write down a trade item, or change it; its GTIN only from today on.

    Refused: another product once lots are of it, a weight or a GTIN that cannot be.
    """
    product = _product(session, command.product_code)
    item = (
        access_item(session, who, public_id)
        if public_id
        else TradeItem(organisation_id=who.organisation_id, product_id=product.id)
    )
    if item.product_id != product.id and _has_lots(session, item):
        raise Refused(
            N_("Đã có lô mang mặt hàng này, hãy thêm mặt hàng mới"), "product"
        )
    if not 1 <= command.net_g <= MOST_G:
        raise Refused(N_("Khối lượng tịnh từ 0,001 đến 1.500 kg"), "net")
    item.product_id = product.id
    item.grade_id = _grade(session, product, command.grade_rank)
    item.name_vi = clean_text(command.name_vi, field="name_vi")
    item.name_en, item.brand = command.name_en.strip(), command.brand.strip()
    item.net_g, item.level = command.net_g, command.level
    session.add(item)
    session.flush()  # its GTINs name it
    if command.gtin:
        give_gtin(session, item, command.gtin, today=today)
    return item


def _product(session: Session, code: str) -> Product:
    product = session.scalars(select(Product).where(Product.code == code)).first()
    if product is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    return product


def _grade(session: Session, product: Product, rank: int | None) -> int | None:
    if rank is None:
        return None
    wanted = select(Grade.id).where(Grade.product_id == product.id, Grade.rank == rank)
    grade = session.scalars(wanted).first()
    if grade is None:
        raise Refused(N_("Chọn loại của sản phẩm này"), "grade")
    return grade


def _has_lots(session: Session, item: TradeItem) -> bool:
    wanted = select(LotItem.lot_id).where(LotItem.item_id == item.id).limit(1)
    return item.id is not None and session.scalars(wanted).first() is not None


def give_gtin(
    session: Session, item: TradeItem, typed: str, *, today: date
) -> TradeItemGtin:
    """Print this number from today on; the one before still leads to the item.

    Refused: digits that do not check, another company's prefix, a number that names
    another item. A number that the item had before is taken up again.
    """
    gtin = normalise_gtin(typed)
    if gtin == item.gtin:
        return next(one for one in item.gtins if one.gtin == gtin)
    _check_prefix(session, item, gtin)
    row = session.get(TradeItemGtin, gtin)
    if row is not None and row.item_id != item.id:
        raise Refused(N_("Mã GTIN này đã dùng cho mặt hàng khác"), "gtin")
    for one in item.gtins:
        one.valid_to = one.valid_to or today
    session.flush()  # one number at most is printed now
    if row is None:
        row = TradeItemGtin(gtin=gtin, valid_from=today)
        item.gtins.append(row)
    row.valid_to = None
    session.flush()  # the page shows it at once
    return row


def _check_prefix(session: Session, item: TradeItem, gtin: str) -> None:
    prefix = session.get(Gs1Prefix, item.organisation_id)
    if prefix is None:
        raise Refused(N_("Ghi tiền tố GS1 của đơn vị trước khi ghi GTIN"), "gtin")
    if not gtin[1:].startswith(prefix.prefix):
        raise Refused(
            N_("GTIN của đơn vị bắt đầu bằng %(prefix)s"), "gtin", prefix=prefix.prefix
        )


def end_item(session: Session, who: Actor, public_id: str, *, today: date) -> None:
    """It is no longer packed; what was printed with its numbers still leads to it."""
    item = access_item(session, who, public_id)
    item.ended_on = item.ended_on or today


def item_by_gtin(session: Session, gtin: str) -> TradeItem | None:
    """The item that bears or bore this number of fourteen digits."""
    row = session.get(TradeItemGtin, gtin, options=[joinedload(TradeItemGtin.item)])
    return row.item if row else None


def name_lot_item(session: Session, who: Actor, lot: Lot, item_id: str) -> LotItem:
    """Say as what a lot of one's own was packed; Refused if it is other goods."""
    item = access_item(session, who, item_id)
    if lot.organisation_id != who.organisation_id:
        raise NotFound
    if item.product_id != lot.product_id:
        raise Refused(N_("Lô này là sản phẩm khác"), "item")
    row = session.get(LotItem, lot.id) or LotItem(lot_id=lot.id)
    row.item = item
    session.add(row)
    return row


def name_sole_item(session: Session, lot: Lot) -> None:
    """What was packed is the only trade item that it can be, if there is one only.

    Otherwise somebody says it at the label.
    """
    fitting = session.scalars(
        select(TradeItem).where(
            TradeItem.organisation_id == lot.organisation_id,
            TradeItem.product_id == lot.product_id,
            TradeItem.ended_on.is_(None),
            or_(TradeItem.grade_id.is_(None), TradeItem.grade_id == lot.grade_id),
            or_(TradeItem.variety_id.is_(None), TradeItem.variety_id == lot.variety_id),
        )
    ).all()
    if len(fitting) == 1:
        session.add(LotItem(lot_id=lot.id, item_id=fitting[0].id))


def item_of_lot(session: Session, lot: Lot) -> TradeItem | None:
    """As what a lot was packed, if somebody has said it."""
    row = session.get(LotItem, lot.id)
    return row.item if row else None


def lot_of_item(session: Session, item: TradeItem, code: str) -> Lot | None:
    """The lot of this number that may be in boxes of the item."""
    lot = session.scalars(
        select(Lot).where(
            Lot.organisation_id == item.organisation_id,
            Lot.code == code,
            Lot.product_id == item.product_id,
        )
    ).first()
    named = item_of_lot(session, lot) if lot else None
    return None if named is not None and named.id != item.id else lot


def find_item(session: Session, public_id: str) -> TradeItem:
    """A trade item for its public page; NotFound if there is none."""
    wanted = select(TradeItem).where(TradeItem.public_id == public_id)
    item = session.scalars(wanted).first()
    if item is None:
        raise NotFound
    return item

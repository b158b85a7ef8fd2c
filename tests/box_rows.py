"""Boxes for tests: a trade item with a GTIN, a lot of it, a report about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_codes import ReportBox, SaveTradeItem
from marketplace.domain.gs1 import complete
from marketplace.domain.words_codes import BoxComplaint, PackLevel
from marketplace.services.box_reports import report_box
from marketplace.services.gs1_keeping import save_place_number, save_prefix
from marketplace.services.trade_items import name_lot_item, save_item
from models.box_reports import BoxReport
from models.gs1_numbers import PlaceNumber
from models.lots import Lot
from models.organisations import Organisation
from models.trade_items import TradeItem
from tests.factories import NOW, TODAY, Make
from tests.lots_rows import Lots


class Boxes:
    """What an organisation packs; prefixes are of GS1's range for examples, 952."""

    def __init__(self, session: Session, make: Make, owner: Organisation) -> None:
        self.session, self.owner = session, owner
        self.lots = Lots(session, make)
        self.who: Actor = make.member(owner, Role.STAFF)
        self.prefix = f"952{owner.id:05d}"

    def numbered(self) -> Boxes:
        """With its company prefix."""
        save_prefix(self.session, self.who, self.prefix)
        return self

    def gtin(self, number: int = 1) -> str:
        return complete(f"0{self.prefix}{number:04d}", 14)

    def item(self, gtin: str | None = None, **over: Any) -> TradeItem:
        told = {
            "name_vi": "Nhãn Sông Mã thùng 10 kg",
            "name_en": "Sông Mã longan 10 kg",
        }
        told |= {"product_code": "longan", "net_g": 10_000, "level": PackLevel.CASE}
        command = SaveTradeItem(**(told | over), gtin=gtin or self.numbered().gtin())
        return save_item(self.session, self.who, command, today=TODAY)

    def lot(self, item: TradeItem | None = None, kg: int = 1000, **over: Any) -> Lot:
        """A lot as it was picked, of the item if one is told."""
        lot = self.lots.harvested(self.who, kg, **over)
        if item is not None:
            name_lot_item(self.session, self.who, lot, item.public_id)
            self.session.flush()  # pages look for it
        return lot

    def place(self) -> PlaceNumber:
        gln = complete(f"{self.numbered().prefix}0009", 13)
        return save_place_number(self.session, self.who, gln, today=TODAY)


def reported(session: Session, lot: Lot, **over: Any) -> BoxReport:
    """Somebody says that a box of the lot is wrong."""
    told = {"complaint": BoxComplaint.SPOILED, "text": "Thối ở giữa thùng"} | over
    return report_box(session, lot, ReportBox(**told), now=NOW)

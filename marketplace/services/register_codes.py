"""Growing-area codes out of a register, each with its garden, checked as any other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from marketplace.domain.commands_papers import SaveCode
from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import ReadRecord, paper_key
from marketplace.domain.words import Market
from marketplace.services.paper_checks import check_growing_code
from marketplace.services.register_books import Books
from marketplace.services.register_known import Party
from marketplace.services.register_papers import (
    Needs,
    day_after,
    holder_of,
    product_of,
    refuse_others,
    state_of,
    tell_errors,
)
from models.database import Base
from models.papers import GrowingArea, GrowingAreaCode
from models.reference import Product

OTHER_CROP = N_("Vùng trồng tên này của tổ chức trồng cây khác")
_NEEDS: Needs = {
    "code": frozenset({"market", "valid_from"}),
    "area_ha": frozenset({"market", "product"}),
    "last_day": frozenset({"valid_from"}),
}


def write_code(books: Books, read: ReadRecord) -> list[Base]:
    """The code with its garden, which is made if the holder has none of that name."""
    holder, product = holder_of(books, read), product_of(books, read)
    if read.sound("market", "code"):
        with read.told_at("code"):
            if _is_known(books, read, holder):
                return []
    garden = _garden(books, read, holder, product) if product else None
    if garden is not None:
        command = _command(read)
        found = check_growing_code(books.session, command, garden, today=books.today)
        tell_errors(read, found, _NEEDS)
    else:
        _check_days(read)
    if read.errors or garden is None or holder is None:
        return []
    made = [] if _key(read, holder) in books.gardens else [garden]
    books.gardens[_key(read, holder)] = garden
    return [*made, _code(books, read, garden)]


def _is_known(books: Books, read: ReadRecord, holder: Party | None) -> bool:
    key = read.get("market"), paper_key(read.get("code"))
    books.first_time(read.number, key, "code")
    return refuse_others(books.codes.get(key), holder, "code")


def _check_days(read: ReadRecord) -> None:
    """GA-07, where the other rules lack the crop that they depend on."""
    first, last = read.get("valid_from"), read.get("last_day")
    if first is not None and last is not None and last <= first:
        message = N_("Ngày hết hạn phải sau ngày cấp")
        read.errors.setdefault("last_day", Refused(message, "last_day"))


def _command(read: ReadRecord) -> SaveCode:
    """What the cells say; for those that cannot be read something harmless stands."""
    return SaveCode(
        area="",
        market=read.get("market") or Market.DOMESTIC,
        code=" ".join(read.text("code").split()),
        area_ha=read.get("area_ha") or Decimal(1),
        first_day=read.get("valid_from") or date.min,
        last_day=read.get("last_day"),
        supervised_on=read.get("supervised_on"),
    )


def _key(read: ReadRecord, holder: Party) -> tuple[int, str]:
    """Owner and name; a garden without a name is called as its code."""
    name = clean_text(read.text("garden") or read.text("code"), field="garden")
    return holder.id, name


def _is_named(read: ReadRecord) -> bool:
    return read.sound("code", "garden")


def _garden(
    books: Books, read: ReadRecord, holder: Party | None, product: Product
) -> GrowingArea:
    """Of that name: of an earlier row, of the register, or a new one."""
    known = None
    if holder is not None and _is_named(read):
        known = _known_garden(books, read, holder)
    if known is None:
        return _new_garden(books, read, holder, product)
    if known.product_id != product.id:
        read.errors.setdefault("product", Refused(OTHER_CROP, "product"))
    return known


def _known_garden(books: Books, read: ReadRecord, holder: Party) -> GrowingArea | None:
    key = _key(read, holder)
    if key not in books.gardens and (id_ := books.garden_ids.get(key)):
        books.gardens[key] = books.session.get_one(GrowingArea, id_)
    return books.gardens.get(key)


def _new_garden(
    books: Books, read: ReadRecord, holder: Party | None, product: Product
) -> GrowingArea:
    """In the middle of its commune, or of the holder's, until it is measured."""
    unit_id = holder.unit_id if holder else None
    if read.sound("commune") and (commune := read.text("commune")):
        with read.told_at("commune"):
            unit_id = books.commune(commune).current.id
    unit = books.units[unit_id] if unit_id else None
    return GrowingArea(
        organisation_id=holder.id if holder else None,
        name=_key(read, holder)[1] if holder and _is_named(read) else "",
        product_id=product.id,
        product=product,
        area_ha=read.get("area_ha") or Decimal(1),
        unit_id=unit_id,
        latitude=unit.latitude if unit else None,
        longitude=unit.longitude if unit else None,
    )


def _code(books: Books, read: ReadRecord, garden: GrowingArea) -> GrowingAreaCode:
    last = read.get("last_day")
    return GrowingAreaCode(
        area=garden,
        product_id=garden.product_id,
        market=read.get("market"),
        code=clean_text(read.get("code"), field="code"),
        area_ha=read.get("area_ha"),
        valid_from=read.get("valid_from"),
        valid_to=day_after(last),
        supervised_on=read.get("supervised_on"),
        state=state_of(last, books.today),
        verified_at=books.now,
        verified_by_id=books.who.user_id,
    )

"""Growing-area codes and certificates out of a register, checked as any other."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from marketplace.domain.commands_papers import SaveCertificate, SaveCode
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.words import PaperState
from marketplace.services.harvest_papers import cover_open_harvests
from marketplace.services.paper_checks import check_certificate, check_growing_code
from marketplace.services.register_books import Books
from models.database import Base
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.reference import AdminUnit

TAKEN = N_("Số này đã có trong sổ, đứng tên tổ chức khác")


def write_code(books: Books, read: ReadRecord) -> list[Base]:
    """The code with its garden, which is made if the holder has none of that name."""
    holder = books.holder(read.get("holder"))
    market, code = read.get("market"), clean_text(read.get("code"), field="code")
    books.first_time(read.number, (market, code), "code")
    known = books.session.scalars(
        select(GrowingAreaCode).where(
            GrowingAreaCode.market == market, GrowingAreaCode.code == code
        )
    ).first()
    if known is not None:
        return _known(known.area.organisation_id, holder, "code")
    garden, made = _garden(books, read, holder, code)
    command = _code_command(read, garden, code)
    refuse_errors(check_growing_code(books.session, command, garden, today=books.today))
    return _stored(books, _code(books, garden, command), holder, made)


def _code_command(read: ReadRecord, garden: GrowingArea, code: str) -> SaveCode:
    return SaveCode(
        area=garden.public_id,
        market=read.get("market"),
        code=code,
        area_ha=read.get("area_ha"),
        first_day=read.get("valid_from"),
        last_day=read.get("last_day"),
        supervised_on=read.get("supervised_on"),
    )


def _garden(
    books: Books, read: ReadRecord, holder: Organisation, code: str
) -> tuple[GrowingArea, list[Base]]:
    product = books.product(read.get("product"))
    name = clean_text(read.text("garden") or code, field="garden")
    known = books.session.scalars(
        select(GrowingArea).where(
            GrowingArea.organisation_id == holder.id, GrowingArea.name == name
        )
    ).first()
    if known is not None:
        if known.product_id != product.id:
            raise Refused(
                N_("Vùng trồng tên này của tổ chức trồng cây khác"), "product"
            )
        return known, []
    garden = _new_garden(books, read, holder)
    garden.name, garden.product_id = name, product.id
    books.session.add(garden)
    books.session.flush()  # the code names it
    return garden, [garden]


def _new_garden(books: Books, read: ReadRecord, holder: Organisation) -> GrowingArea:
    """In the middle of its commune, or of the holder's, until it is measured."""
    commune = read.text("commune")
    unit_id = books.commune(commune).current.id if commune else holder.unit_id
    unit = books.session.get_one(AdminUnit, unit_id)
    return GrowingArea(
        organisation_id=holder.id,
        area_ha=read.get("area_ha"),
        unit_id=unit.id,
        latitude=unit.latitude,
        longitude=unit.longitude,
    )


def _code(books: Books, garden: GrowingArea, command: SaveCode) -> GrowingAreaCode:
    last = command.last_day
    return GrowingAreaCode(
        area_id=garden.id,
        product_id=garden.product_id,
        market=command.market,
        code=command.code,
        area_ha=command.area_ha,
        valid_from=command.first_day,
        # The column is half open: the first day on which it is over.
        valid_to=last + timedelta(days=1) if last else None,
        supervised_on=command.supervised_on,
        state=_state(last, books.today),
        verified_at=books.now,
        verified_by_id=books.who.user_id,
    )


def write_certificate(books: Books, read: ReadRecord) -> list[Base]:
    """The certificate, verified; nothing if its number is known already."""
    holder = books.holder(read.get("holder"))
    command = _command(books, read)
    key = (command.scheme, command.issuer, command.number)
    books.first_time(read.number, key, "number")
    known = books.session.scalars(
        select(Certificate).where(
            Certificate.scheme == command.scheme,
            Certificate.issuer == command.issuer,
            Certificate.number == command.number,
        )
    ).first()
    if known is not None:
        return _known(known.organisation_id, holder, "number")
    refuse_errors(check_certificate(books.session, command, today=books.today))
    row = _certificate(books, command, _product_id(books, read))
    row.organisation_id = holder.id
    return _stored(books, row, holder, [])


def _certificate(
    books: Books, command: SaveCertificate, product_id: int | None
) -> Certificate:
    return Certificate(
        scheme=command.scheme,
        number=command.number,
        issuer=command.issuer,
        product_id=product_id,
        area_ha=command.area_ha,
        stars=command.stars,
        issued_on=command.issued_on,
        expires_on=command.expires_on,
        state=_state(command.expires_on, books.today),
        verified_at=books.now,
        verified_by_id=books.who.user_id,
    )


def _command(books: Books, read: ReadRecord) -> SaveCertificate:
    name = read.text("product")
    return SaveCertificate(
        scheme=read.get("scheme"),
        number=clean_text(read.get("number"), field="number"),
        issuer=clean_text(read.get("issuer"), field="issuer"),
        issued_on=read.get("issued_on"),
        expires_on=read.get("expires_on"),
        product_code=books.product(name).code if name else "",
        area_ha=read.get("area_ha"),
        stars=read.get("stars"),
    )


def _product_id(books: Books, read: ReadRecord) -> int | None:
    name = read.text("product")
    return books.product(name).id if name else None


def _known(owner_id: int, holder: Organisation, field: str) -> list[Base]:
    if owner_id != holder.id:
        raise Refused(TAKEN, field)
    return []


def _state(last: date | None, today: date) -> PaperState:
    over = last is not None and last < today
    return PaperState.EXPIRED if over else PaperState.ACTIVE


def _stored(
    books: Books,
    row: Certificate | GrowingAreaCode,
    holder: Organisation,
    made: list[Base],
) -> list[Base]:
    books.session.add(row)
    books.session.flush()  # harvests may come to stand under it
    if row.state is PaperState.ACTIVE:
        cover_open_harvests(books.session, row, holder.id)
    return [*made, row]

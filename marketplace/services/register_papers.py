"""Certificates out of a register, checked as any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from marketplace.domain.commands_papers import SaveCertificate
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.words import CertificateScheme, PaperState
from marketplace.services.harvest_papers import cover_open_harvests
from marketplace.services.paper_checks import check_certificate
from marketplace.services.register_books import Books
from marketplace.services.register_known import Party, certificate_key
from models.database import Base
from models.papers import Certificate, GrowingAreaCode
from models.reference import Product

TAKEN = N_("Số này đã có trong sổ, đứng tên tổ chức khác")
OF_ALL = "CE-01"  # that a term ends after it begins, whatever the scheme
# The cells that a rule reads beside the one it speaks of.
Needs = Mapping[str, frozenset[str]]
_NEEDS: Needs = {
    "number": frozenset({"scheme", "issued_on"}),
    "stars": frozenset({"scheme"}),
    "issuer": frozenset({"scheme", "stars", "issued_on"}),
    "expires_on": frozenset({"scheme", "issued_on"}),
}


def write_certificate(books: Books, read: ReadRecord) -> list[Base]:
    """The certificate, verified; nothing if known, or if something is wrong in it."""
    holder, product = holder_of(books, read), product_of(books, read)
    if read.sound("scheme", "issuer", "number"):
        with read.told_at("number"):
            if _is_known(books, read, holder):
                return []
    command = _command(books, read, product)
    found = check_certificate(books.session, command, today=books.today)
    tell_errors(read, found, _NEEDS)
    if read.errors or holder is None:
        return []
    return [_certificate(books, command, holder, product)]


def holder_of(books: Books, read: ReadRecord) -> Party | None:
    """Who the cell names, if it can be told."""
    holder = None
    if read.sound("holder"):
        with read.told_at("holder"):
            holder = books.holder(read.get("holder"))
    return holder


def product_of(books: Books, read: ReadRecord) -> Product | None:
    """What the cell names; none if it is empty or wrong."""
    product = None
    if read.sound("product") and (name := read.text("product")):
        with read.told_at("product"):
            product = books.product(name)
    return product


def tell_errors(read: ReadRecord, found: Iterable[Finding], needs: Needs) -> None:
    """Say at its cell what a rule forbids, if all cells that it read can be read."""
    for one in found:
        cell = one.field or ""
        reads = needs.get(cell, frozenset())
        if one.code == OF_ALL:
            reads -= {"scheme"}
        if one.forbids and read.sound(cell, *reads):
            read.errors[cell] = Refused(one.message, one.field, **one.params)


def _is_known(books: Books, read: ReadRecord, holder: Party | None) -> bool:
    scheme, issuer = read.get("scheme"), clean_text(read.get("issuer"), field="issuer")
    key = certificate_key(scheme, issuer, read.get("number"))
    books.first_time(read.number, key, "number")
    return refuse_others(books.certificates.get(key), holder, "number")


def refuse_others(owner: int | None, holder: Party | None, cell: str) -> bool:
    """Whether a paper is in the register already; Refused if somebody else has it."""
    if owner is not None and holder is not None and owner != holder.id:
        raise Refused(TAKEN, cell)
    return owner is not None


def _command(
    books: Books, read: ReadRecord, product: Product | None
) -> SaveCertificate:
    """What the cells say; for those that cannot be read something harmless stands."""
    return SaveCertificate(
        scheme=read.get("scheme") or CertificateScheme.VIETGAP,
        number=" ".join(read.text("number").split()),
        issuer=" ".join(read.text("issuer").split()),
        issued_on=read.get("issued_on") or books.today,
        expires_on=read.get("expires_on") or date.max,
        product_code=product.code if product else "",
        area_ha=read.get("area_ha"),
        stars=read.get("stars"),
    )


def _certificate(
    books: Books, command: SaveCertificate, holder: Party, product: Product | None
) -> Certificate:
    return Certificate(
        organisation_id=holder.id,
        scheme=command.scheme,
        number=clean_text(command.number, field="number"),
        issuer=clean_text(command.issuer, field="issuer"),
        product_id=product.id if product else None,
        area_ha=command.area_ha,
        stars=command.stars,
        issued_on=command.issued_on,
        expires_on=command.expires_on,
        state=state_of(command.expires_on, books.today),
        verified_at=books.now,
        verified_by_id=books.who.user_id,
    )


def state_of(last: date | None, today: date) -> PaperState:
    """A paper that is over comes as such, for the past that it counted in."""
    over = last is not None and last < today
    return PaperState.EXPIRED if over else PaperState.ACTIVE


def day_after(last: date | None) -> date | None:
    """The columns of terms are half open: the first day on which it is over."""
    return last + timedelta(days=1) if last else None


def settle_papers(books: Books, rows: Sequence[Base]) -> None:
    """Harvests that are on the market may come to stand under the new papers."""
    for row in rows:
        if not isinstance(row, Certificate | GrowingAreaCode):
            continue
        holds = row if isinstance(row, Certificate) else row.area
        owner = holds.organisation_id
        if row.state is PaperState.ACTIVE and owner in books.sellers:
            cover_open_harvests(books.session, row, owner)

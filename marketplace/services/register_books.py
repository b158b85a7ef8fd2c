"""What a register that is taken over refers to: places, products, who is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.admin_units import Directory, Resolution
from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import normalise_tax_code
from marketplace.domain.text import fold
from marketplace.domain.words import Market
from marketplace.services import register_known as known
from marketplace.services.register_known import CertificateKey, ChainKey, Party
from marketplace.services.units import resolve_commune, unit_directory
from models.papers import GrowingArea
from models.reference import AdminUnit, Product, ProductGroup


@dataclass
class Books:
    """Looked up once for a whole file; `seen` are the keys of rows before.

    `maker_id` is who brought the file, `who` the officer who writes or tries it.
    """

    session: Session
    who: Actor
    today: date
    now: datetime
    maker_id: int
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)
    # Gardens that the file brings, and those it found, by owner and name.
    gardens: dict[tuple[int, str], GrowingArea] = field(default_factory=dict)
    _places: dict[str, Resolution | Refused] = field(default_factory=dict)

    @cached_property
    def parties(self) -> known.Parties:
        return known.known_parties(self.session)

    @cached_property
    def codes(self) -> dict[tuple[Market, str], int]:
        return known.known_codes(self.session)

    @cached_property
    def garden_ids(self) -> dict[tuple[int, str], int]:
        return known.known_gardens(self.session)

    @cached_property
    def certificates(self) -> dict[CertificateKey, int]:
        return known.known_certificates(self.session)

    @cached_property
    def chains(self) -> dict[ChainKey, int]:
        return known.known_chains(self.session)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return known.known_numbers(self.session, self.who.organisation_id)

    @cached_property
    def sellers(self) -> frozenset[int]:
        return known.sellers_with_goods(self.session)

    @cached_property
    def units(self) -> dict[int, AdminUnit]:
        return {row.id: row for row in self.session.scalars(select(AdminUnit))}

    @cached_property
    def directory(self) -> Directory:
        return unit_directory(self.session)

    @cached_property
    def products(self) -> dict[str, Product]:
        rows = self.session.scalars(select(Product)).all()
        return {fold(n): row for row in rows for n in (row.name_vi, row.name_en)}

    @cached_property
    def groups(self) -> dict[str, ProductGroup]:
        rows = self.session.scalars(select(ProductGroup)).all()
        return {fold(n): row for row in rows for n in (row.name_vi, row.name_en)}

    def product(self, name: str) -> Product:
        """Refused if no product is called so."""
        found = self.products.get(fold(name))
        if found is None:
            message = N_("Không rõ sản phẩm này, xem tên trong tệp mẫu")
            raise Refused(message, "product")
        return found

    def group(self, name: str) -> ProductGroup:
        """A product group by its name, or by that of one of its products."""
        if group := self.groups.get(fold(name)):
            return group
        product = self.products.get(fold(name))
        if product is None:
            message = N_("Không rõ nhóm sản phẩm này, xem tên trong tệp mẫu")
            raise Refused(message, "group")
        return self.session.get_one(ProductGroup, product.group_id)

    def commune(self, name: str) -> Resolution:
        """A commune of the officer's area, by its old or new name."""
        if name not in self._places:
            self._places[name] = self._place(name)
        place = self._places[name]
        if isinstance(place, Refused):
            raise place
        return place

    def _place(self, name: str) -> Resolution | Refused:
        try:
            place = resolve_commune(
                self.session, name, today=self.today, directory=self.directory
            )
        except Refused as refusal:
            return refusal
        if place.current.id not in self.who.scope_unit_ids:
            return Refused(N_("Xã này ngoài địa bàn phụ trách"), "commune")
        return place

    def holder(self, text: str, name: str = "holder") -> Party:
        """The known organisation of this name or tax code, in the officer's area."""
        found = self._by_tax_code(text) or self.parties.of_name(text)
        if found is None:
            raise Refused(N_("Chưa có tổ chức này, nhập sổ tổ chức trước"), name)
        if found.unit_id not in self.who.scope_unit_ids:
            raise Refused(N_("Tổ chức này ngoài địa bàn phụ trách"), name)
        return found

    def _by_tax_code(self, text: str) -> Party | None:
        if not text[:1].isdecimal():
            return None
        try:
            return self.parties.of_code(normalise_tax_code(text))
        except Refused:
            return None

    def first_time(self, number: int, key: tuple[object, ...], name: str) -> None:
        """Refused if an earlier row of the file is the same record."""
        if first := self.seen.setdefault(key, number):
            if first == number:
                return
            raise Refused(N_("Trùng với dòng %(row)s của tệp"), name, row=first)


def group_names(session: Session) -> list[str]:
    """The product groups as a register names them, in the order of reports."""
    rows = session.scalars(select(ProductGroup).order_by(ProductGroup.position))
    return [row.name_vi for row in rows]

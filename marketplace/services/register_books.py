"""What a register that is taken over refers to: places, products, who is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.admin_units import Directory, Resolution
from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import normalise_tax_code
from marketplace.domain.names import skeleton
from marketplace.domain.text import fold
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.units import resolve_commune, unit_directory
from models.organisations import Organisation
from models.reference import Product, ProductGroup


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
        place = resolve_commune(
            self.session, name, today=self.today, directory=self.directory
        )
        if place.current.id not in self.who.scope_unit_ids:
            raise Refused(N_("Xã này ngoài địa bàn phụ trách"), "commune")
        return place

    def holder(self, text: str, name: str = "holder") -> Organisation:
        """The known organisation of this name or tax code, in the officer's area."""
        found = self._by_tax_code(text) or self._one(
            Organisation.skeleton == skeleton(text)
        )
        found = found or self._one(Organisation.name_folded == fold(text))
        if found is None:
            raise Refused(N_("Chưa có tổ chức này, nhập sổ tổ chức trước"), name)
        if found.unit_id not in self.who.scope_unit_ids:
            raise Refused(N_("Tổ chức này ngoài địa bàn phụ trách"), name)
        return found

    def _by_tax_code(self, text: str) -> Organisation | None:
        if not text[:1].isdecimal():
            return None
        try:
            return self._one(Organisation.tax_code == normalise_tax_code(text))
        except Refused:
            return None

    def _one(self, same: ColumnElement[bool]) -> Organisation | None:
        """The only one of those verified; two of a name are nobody."""
        wanted = select(Organisation).where(
            same,
            Organisation.state == OrganisationState.VERIFIED,
            Organisation.kind != OrganisationKind.AUTHORITY,
        )
        found = self.session.scalars(wanted.limit(2)).all()
        return found[0] if len(found) == 1 else None

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

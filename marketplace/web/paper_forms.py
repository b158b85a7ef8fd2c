"""The forms of papers with what their holder may choose from."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import request
from sqlalchemy.orm import Session

from forms.papers import CertificateForm, CodeForm, PackingCodeForm
from marketplace.domain.actor import Actor
from marketplace.domain.words import CertificateScheme, Market
from marketplace.services.areas import list_areas, list_facilities, list_products
from marketplace.services.packing_codes import PACKING_KINDS
from marketplace.services.paper_changes import words_of
from marketplace.web.clock import today
from marketplace.web.harvest_pages import garden_title
from marketplace.web.labels import label
from marketplace.web.naming import name_of

if TYPE_CHECKING:
    from models.paper_records import PackingHouseCode
    from models.papers import Certificate, GrowingAreaCode

Pairs = list[tuple[str, str]]


def certificate_form(
    session: Session, who: Actor, row: Certificate | None
) -> CertificateForm:
    """The form of a certificate, filled in from its row."""
    products = list_products(session)
    return CertificateForm(
        data=_certificate_words(session, row),
        schemes=[(one.value, str(label(one))) for one in CertificateScheme],
        products=[(one.code, name_of(one)) for one in products],
        areas=_gardens(session, who),
        facilities=[(one.public_id, one.name) for one in list_facilities(session, who)],
    )


def code_form(session: Session, who: Actor, row: GrowingAreaCode | None) -> CodeForm:
    """The form of a growing-area code, filled in from its row."""
    return CodeForm(
        data=_code_words(session, who, row),
        areas=_gardens(session, who),
        markets=[(one.value, str(label(one))) for one in Market],
    )


def packing_code_form(
    session: Session, who: Actor, row: PackingHouseCode | None
) -> PackingCodeForm:
    """The form of a packing-house code, filled in from its row."""
    houses = [one for one in list_facilities(session, who) if one.kind in PACKING_KINDS]
    words: dict[str, Any] = {
        "facility": request.args.get("co-so", ""),
        "first_day": today(),
    }
    if row is not None:
        words = _with_market(asdict(words_of(session, row)))
    return PackingCodeForm(
        data=words,
        facilities=[(one.public_id, one.name) for one in houses],
        markets=[(one.value, str(label(one))) for one in Market],
    )


def _gardens(session: Session, who: Actor) -> Pairs:
    return [(one.public_id, garden_title(one)) for one in list_areas(session, who)]


def _certificate_words(session: Session, row: Certificate | None) -> dict[str, Any]:
    if row is None:
        return {"issued_on": None, "stars": "", "area": request.args.get("vuon", "")}
    known = asdict(words_of(session, row))
    known["scheme"] = known["scheme"].value
    known["product"] = known.pop("product_code")
    known["stars"] = str(known["stars"] or "")
    known["output"] = known.pop("output_kg_per_year")
    return known


def _with_market(known: dict[str, Any]) -> dict[str, Any]:
    return known | {"market": known["market"].value}


def _code_words(
    session: Session, who: Actor, row: GrowingAreaCode | None
) -> dict[str, Any]:
    if row is not None:
        return _with_market(asdict(words_of(session, row)))
    asked = request.args.get("vuon", "")
    sizes = {one.public_id: one.area_ha for one in list_areas(session, who)}
    return {"area": asked, "area_ha": sizes.get(asked), "first_day": today()}

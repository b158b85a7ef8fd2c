"""Load what every installation needs to know; twice is the same as once.

The CSV files of `marketplace/reference/` carry their sources. A row that is in
the database already (by its natural key) is left as it is, since an officer may
have changed it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import Market, SeasonClass, Severity
from marketplace.services.reference_units import load_units
from marketplace.services.template_loading import load_templates
from models.price_quotes import PriceMarket
from models.reference import (
    AreaGroup,
    DeclaredBaseline,
    Grade,
    LegalBasis,
    MarketRequirement,
    Product,
    ProductGroup,
    Rule,
    Variety,
)

FOLDER = Path(__file__).resolve().parent.parent / "reference"


def load_reference(session: Session) -> None:
    """Products, limits, law, communes and declared numbers, from our files."""
    _load_law(session)
    load_units(
        session,
        merges=list(read_csv("admin_units")),
        places=list(read_csv("unit_places")),
        provinces=list(read_csv("provinces")),
    )
    _load_products(session)
    _load_markets(session)
    _load_rules(session)
    _load_baselines(session)
    load_templates(session)


def read_csv(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of our files, as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def product_by_code(session: Session, code: str) -> Product:
    """A product by its code, such as `longan`; LookupError if there is none."""
    product = session.scalars(select(Product).where(Product.code == code)).first()
    if product is None:
        raise LookupError(code)
    return product


def _load_law(session: Session) -> None:
    known = set(session.scalars(select(LegalBasis.ref)))
    session.add_all(
        LegalBasis(
            ref=row["ref"],
            subject_vi=row["subject_vi"],
            subject_en=row["subject_en"],
            source=row["source"],
            **_validity(row),
        )
        for row in read_csv("legal_bases")
        if row["ref"] not in known
    )
    session.flush()  # rules and units name them


def _load_products(session: Session) -> None:
    if session.scalar(select(Product.id).limit(1)) is not None:
        return
    groups = {
        row["code"]: ProductGroup(**(row | {"position": int(row["position"])}))
        for row in read_csv("product_groups")
    }
    session.add_all(groups.values())
    session.flush()  # products name them
    for row in read_csv("products"):
        session.add(_product(row, groups[row["group"]].id))
    session.flush()  # varieties and grades name them
    _load_qualities(session)


def _product(row: Mapping[str, str], group_id: int) -> Product:
    return Product(
        code=row["code"],
        group_id=group_id,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        scientific_name=row["scientific_name"],
        hs_code=row["hs_code"],
        icon=row["icon"],
        processed=row["processed"] == "1",
        perennial=row["perennial"] == "1",
        shelf_life_days=int(row["shelf_life_days"]),
        cold_life_days=int(row["cold_life_days"]),
        position=int(row["position"]),
    )


def _load_qualities(session: Session) -> None:
    ids: dict[str, int] = {
        code: id_ for id_, code in session.execute(select(Product.id, Product.code))
    }
    _load_varieties(session, ids)
    _load_grades(session, ids)
    _load_requirements(session, ids)


def _load_varieties(session: Session, ids: Mapping[str, int]) -> None:
    session.add_all(
        Variety(
            product_id=ids[row["product"]],
            code=row["code"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            season_class=SeasonClass(row["season_class"]),
        )
        for row in read_csv("varieties")
    )


def _load_grades(session: Session, ids: Mapping[str, int]) -> None:
    session.add_all(
        Grade(
            product_id=ids[row["product"]],
            rank=int(row["rank"]),
            code=row["code"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            description=row["description"],
        )
        for row in read_csv("grades")
    )


def _load_requirements(session: Session, ids: Mapping[str, int]) -> None:
    session.add_all(
        MarketRequirement(
            market=Market(row["market"]),
            product_id=ids[row["product"]],
            predicates=json.loads(row["predicates"]),
            source=row["source"],
            **_validity(row),
        )
        for row in read_csv("market_requirements")
    )


def _load_markets(session: Session) -> None:
    known = set(session.scalars(select(PriceMarket.code)))
    session.add_all(
        PriceMarket(**(row | {"position": int(row["position"])}))
        for row in read_csv("price_markets")
        if row["code"] not in known
    )


def _load_rules(session: Session) -> None:
    known = {tuple(r) for r in session.execute(select(Rule.code, Rule.valid_from))}
    law: dict[str, int] = {
        ref: id_ for id_, ref in session.execute(select(LegalBasis.id, LegalBasis.ref))
    }
    for row in read_csv("rules"):
        validity = _validity(row)
        if (row["code"], validity["valid_from"]) in known:
            continue
        session.add(
            Rule(
                code=row["code"],
                severity=Severity(row["severity"]),
                params=json.loads(row["params"]),
                legal_basis_id=law[row["legal_basis"]] if row["legal_basis"] else None,
                source=row["source"],
                **validity,
            )
        )


def _load_baselines(session: Session) -> None:
    if session.scalar(select(DeclaredBaseline.id).limit(1)) is not None:
        return
    groups: dict[str, int] = {
        code: id_ for id_, code in session.execute(select(AreaGroup.id, AreaGroup.code))
    }
    session.add_all(
        DeclaredBaseline(
            metric=row["metric"],
            area_group_id=groups[row["area_group"]],
            on=date.fromisoformat(row["on"]),
            value=row["value"],
            unit=row["unit"],
            source=row["source"],
            note=row["note"],
        )
        for row in read_csv("declared_baselines")
    )
    session.flush()  # whoever loaded may look at once


def _validity(row: Mapping[str, str]) -> dict[str, Any]:
    until = row["valid_to"]
    return {
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(until) if until else None,
    }

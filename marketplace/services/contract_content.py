"""The words of a contract: gathered, filled in, and frozen under one digest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.clause_filling import fill_clauses
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.findings import refuse_errors
from marketplace.domain.words import PriceMode, Side, Stage
from marketplace.services.addresses import seat_of
from marketplace.services.clause_numbers import numbers_in_force
from marketplace.services.contract_storing import store_version
from marketplace.services.contract_templates import (
    named_in_contents,
    template_of,
    texts_of,
)
from marketplace.services.days import day_of
from marketplace.services.law_words import contract_grounds
from marketplace.services.price_lookup import market_of
from marketplace.services.rules import rule
from models.contracts import Contract, ContractVersion
from models.offers import Offer
from models.organisations import Organisation
from models.reference import Grade, Rule

DAY_OF_DELIVERY = {"name_vi": "ngày giao hàng", "name_en": "the day of delivery"}


def freeze_version(
    session: Session,
    contract: Contract,
    *,
    now: datetime,
    who: Actor | None = None,
    seasons: Sequence[Mapping[str, Any]] = (),
) -> ContractVersion:
    """Store the contract's words as its current version; they never change again.

    `seasons` are the rows that a contract of several seasons says of each. Refused
    if a mandatory clause is missing (CT-05).
    """
    today = day_of(now)
    template = template_of(session, contract, today)
    content = _content(session, contract, today)
    if seasons:
        content["seasons"] = [dict(row) for row in seasons]
    content["template"] = named_in_contents(template)
    content["clauses"] = fill_clauses(content, texts_of(template))
    refuse_errors(missing_clauses(content))
    number = contract.current_version
    return store_version(session, contract, number, content, template, now=now, who=who)


def content_of(version: ContractVersion) -> dict[str, Any]:
    """The frozen words as a mapping."""
    content: dict[str, Any] = json.loads(version.content)
    return content


def _content(session: Session, contract: Contract, today: date) -> dict[str, Any]:
    defaults = rule(session, "contract.defaults", today)
    return {
        "number": contract.number,
        "recital": contract.public_id,
        "parties": [
            _party(contract.seller, Side.SELLER),
            _party(contract.buyer, Side.BUYER),
        ],
        **contract_grounds(session, today),
        "linkage": {"form": contract.linkage_form, "stages": list(contract.stages)},
        **_goods(session, contract, today),
        **_money(session, contract),
        "delivery": {"place": _place(contract), "tranches": _tranches(contract)},
        "acceptance": {"hours": defaults["claim_hours"]},
        "payment": _payment(contract, defaults),
        "force_majeure": {"hours": defaults["force_majeure_hours"]},
        "term": {"first_day": today, "until": contract.effective_to},
        "breach": {"penalty_pct": contract.penalty_pct},
        "dispute": {"forum": "court"},
        "numbers": numbers_in_force(session, today),
    }


def _payment(contract: Contract, defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "days": contract.payment_term_days,
        "late_interest_pct": late_interest(defaults),
    }


def late_interest(defaults: Mapping[str, Any]) -> str:
    """What late money costs in percent a year, as contents write it."""
    return str(defaults["late_interest_pct_per_year"])


def _party(organisation: Organisation, side: Side) -> dict[str, Any]:
    return {
        "side": side,
        "name": organisation.name,
        "address": seat_of(organisation),
        "tax_code": organisation.tax_code or "",
        "representative": organisation.legal_representative,
        "position": organisation.representative_title or "Người đại diện",
        "account": organisation.bank_account,
    }


def _goods(session: Session, contract: Contract, today: date) -> dict[str, Any]:
    product = contract.product
    goods: dict[str, Any] = {
        "subject": {
            "product": product.code,
            "name_vi": product.name_vi,
            "name_en": product.name_en,
            "hs_code": product.hs_code,
        },
        "areas": _areas(contract),
        "quantity": {
            "kg": contract.total_kg,
            "tolerance_pct": contract.tolerance_pct,
        },
        "quality": {
            "grades": _grades(session, contract),
            "standards": _standards(contract.offer),
        },
        "food_safety": {"commitment": True, "certificates": _papers(contract)},
    }
    if Stage.PROCESSING in contract.stages:
        goods["processing"] = {"ratio": _ratio(session, product.code, today)}
    return goods


def _areas(contract: Contract) -> list[dict[str, Any]]:
    harvest = contract.harvest
    if harvest is None:
        return [{"name": contract.seller.unit.name}]
    name = harvest.area.name if harvest.area else harvest.unit.name
    row: dict[str, Any] = {"name": name}
    if contract.linked_area_ha:
        row["area_m2"] = int(contract.linked_area_ha * 10_000)
    return [row]


def _grades(session: Session, contract: Contract) -> list[dict[str, str]]:
    """The grades that the buyer takes; where any is taken, those on offer."""
    wanted = select(Grade).where(Grade.product_id == contract.product_id)
    if contract.offer and contract.offer.least_grade:
        wanted = wanted.where(Grade.rank <= contract.offer.least_grade)
    return [
        {"name_vi": grade.name_vi, "name_en": grade.name_en}
        for grade in session.scalars(wanted.order_by(Grade.rank))
    ]


def _standards(offer: Offer | None) -> list[str]:
    if offer is None:
        return []
    return [
        str(need.scheme) if need.scheme else f"PUC {need.market}"
        for need in offer.requirements
    ]


def _papers(contract: Contract) -> list[str]:
    if contract.harvest is None:
        return []
    return [
        f"{paper.certificate.scheme} {paper.certificate.number}"
        for paper in contract.harvest.papers
        if paper.certificate
    ]


def _ratio(session: Session, product: str, today: date) -> str:
    """Kilograms in for one kilogram out, where reference data knows it."""
    found = session.scalars(
        select(Rule).where(
            Rule.code.like(f"conversion.%.{product}"), Rule.valid_from <= today
        )
    ).first()
    return f"{found.params['ratio']} : 1" if found else "1 : 1"


def _price(session: Session, contract: Contract) -> dict[str, Any]:
    price: dict[str, Any] = {
        "mode": contract.price_mode,
        "price_vnd": contract.price_vnd,
    }
    if contract.price_mode is not PriceMode.FIXED:
        market = market_of(session, contract.reference_market)
        names = {"name_vi": market.name_vi, "name_en": market.name_en}
        price["share_pct"] = contract.share_pct
        price["reference"] = {"code": market.code, **names}
        price["reference_day_rule"] = DAY_OF_DELIVERY
    return price


def _money(session: Session, contract: Contract) -> dict[str, Any]:
    money: dict[str, Any] = {
        "price": _price(session, contract),
        "value_vnd": contract.value_vnd,
    }
    if contract.deposit_pct:
        # Of several seasons it secures the first.
        first_kg = sum(line.kg for line in contract.lines if not line.season)
        deposit = first_kg * contract.price_vnd * contract.deposit_pct // 100
        money["advance"] = {"vnd": deposit, "pct": contract.deposit_pct}
    return money


def _place(contract: Contract) -> str:
    if contract.offer is not None:
        return contract.offer.place
    return seat_of(contract.buyer)


def _tranches(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "number": line.number,
            "first_day": line.deliver_from,
            "last_day": line.deliver_to,
            "kg": line.kg,
            **({"season": line.season} if line.season else {}),
        }
        for line in contract.lines
    ]

"""What the pages of amendments and versions show: the form, the list of versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from forms.amendments import AmendmentForm
from marketplace.domain.canonical import short_digest
from marketplace.domain.price_terms import TermUnit
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.amendment_content import reasons_in_force
from marketplace.services.amendments import amendments_of
from marketplace.services.contract_content import content_of
from marketplace.services.contract_versions import signed_at
from marketplace.services.deliveries import Planned
from marketplace.services.price_quotes import price_markets
from marketplace.services.signing import current_version
from marketplace.web.access import current_actor
from marketplace.web.clock import today
from marketplace.web.labels import label
from marketplace.web.naming import name_of

if TYPE_CHECKING:
    from models.amendments import Amendment
    from models.contracts import Contract, ContractVersion


@dataclass(frozen=True)
class VersionRow:
    """A version of a contract as its page lists it."""

    version: int
    check: str
    signed_at: datetime | None
    current: bool
    amendment: Amendment | None


def version_rows(session: Session, contract: Contract) -> list[VersionRow]:
    """Every version that the reader may see, the newest first."""
    amended = {one.version: one for one in amendments_of(session, contract)}
    party = current_actor().organisation_id in (contract.seller_id, contract.buyer_id)
    return [
        VersionRow(
            version=one.version,
            check=short_digest(one.digest),
            signed_at=signed_at(one),
            current=one.version == contract.current_version,
            amendment=amended.get(one.version),
        )
        for one in reversed(contract.versions)
        if party or one.version == contract.current_version or signed_at(one)
    ]


def waiting_amendment(rows: list[VersionRow]) -> Amendment | None:
    """The one among them that waits for an answer."""
    open_ = (
        one.amendment
        for one in rows
        if one.amendment and one.amendment.state is AmendmentState.PROPOSED
    )
    return next(open_, None)


def amendment_form(
    session: Session, contract: Contract, open_: list[Planned]
) -> AmendmentForm:
    """The form with the terms in force, for the proposer to change."""
    version = current_version(session, contract)
    reasons = reasons_in_force(session, today())
    return AmendmentForm(
        data=_filled(version, open_),
        reasons=[(reason.value, str(label(reason))) for reason in reasons],
        markets=[(one.code, name_of(one)) for one in price_markets(session)],
        planned={one.line.number: one.line.deliver_from for one in open_},
        today=today(),
    )


def _filled(version: ContractVersion, open_: list[Planned]) -> dict[str, Any]:
    """The terms in force, for the proposer to change."""
    content = content_of(version)
    price = content["price"]
    reference = price.get("reference", "")
    return {
        "digest": version.digest,
        "mode": price["mode"],
        "price": price["price_vnd"],
        "share": price.get("share_pct", 0),
        "market": reference.get("code", "") if isinstance(reference, dict) else "",
        "price_from": today(),
        "grades": _grades(content),
        "deposit": int(content.get("advance", {}).get("pct", 0)),
        "tolerance": content["quantity"]["tolerance_pct"],
        "penalty": content["breach"]["penalty_pct"],
        "days": content["payment"]["days"],
        "hours": content["acceptance"]["hours"],
        "place": content["delivery"]["place"],
        "last_day": date.fromisoformat(content["term"]["until"]) - timedelta(days=1),
        "lines": [_line(one) for one in open_],
    }


def _grades(content: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each grade that the contract takes, with its term if it has one."""
    terms = {
        row["grade"]: (Decimal(row["amount"]), TermUnit(row["unit"]))
        for row in content["price"].get("grade_terms", ())
    }
    names = [str(row["name_vi"]) for row in content["quality"].get("grades", ())]
    return [{"grade": name, "term": terms.get(name)} for name in names]


def _line(one: Planned) -> dict[str, Any]:
    return {
        "number": one.line.number,
        "first_day": one.line.deliver_from,
        "last_day": one.line.deliver_to,
        "kg": one.line.kg,
    }

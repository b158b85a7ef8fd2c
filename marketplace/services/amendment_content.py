"""The words of an amendment: the contract as it reads after it, under one digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.amendments import (
    NewTerms,
    ProposeAmendment,
    amended_content,
)
from marketplace.domain.clauses import missing_clauses
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.season_content import refuse_outside_seasons
from marketplace.domain.words import PriceMode, Side
from marketplace.domain.words_amendments import AmendmentReason
from marketplace.services.amendment_words import ARTICLE
from marketplace.services.called_plans import divide_plan
from marketplace.services.contract_content import (
    DAY_OF_DELIVERY,
    content_of,
)
from marketplace.services.contract_templates import template_signed, texts_of
from marketplace.services.law_words import GROUNDS, contract_grounds
from marketplace.services.price_lookup import market_of
from marketplace.services.rules import legal_bases_in_force
from models.contracts import ContractLine, ContractVersion
from models.reference import LegalBasis, Rule

REASON = "amendment.reason."


def reasons_in_force(
    session: Session, on: date
) -> dict[AmendmentReason, list[dict[str, str]]]:
    """Why a contract may be changed on a day, each with the law that says so.

    The reasons are dated rules, and a law counts only while it is in force; a reason
    that no law in force carries is none.
    """
    rows = session.scalars(
        select(Rule).where(
            Rule.code.startswith(REASON),
            Rule.valid_from <= on,
            or_(Rule.valid_to.is_(None), on < Rule.valid_to),
        )
    )
    laws = {basis.ref: basis for basis in legal_bases_in_force(session, on)}
    wanted = {row.code.removeprefix(REASON): row.params for row in rows}
    found = {
        reason: _grounds(wanted[reason], laws)
        for reason in AmendmentReason
        if reason in wanted
    }
    return {reason: grounds for reason, grounds in found.items() if grounds}


def _grounds(
    params: Mapping[str, Any], laws: Mapping[str, LegalBasis]
) -> list[dict[str, str]]:
    return [
        {
            "ref": one["ref"],
            "article": str(one["article"]),
            "name_vi": _article(one, laws[one["ref"]].subject_vi, "vi"),
            "name_en": _article(one, laws[one["ref"]].subject_en, "en"),
        }
        for one in params["grounds"]
        if one["ref"] in laws
    ]


def _article(one: Mapping[str, Any], subject: str, lang: str) -> str:
    return ARTICLE[lang] % {**one, "subject": subject}


def content_to_propose(
    session: Session,
    base: ContractVersion,
    command: ProposeAmendment,
    side: Side,
    numbers: tuple[int, int],
    *,
    today: date,
) -> dict[str, Any]:
    """The contract as it would read; `numbers` are its version and its annex.

    Refused: a reason that no law in force carries, nothing that differs, terms that
    the checklist of clauses does not let pass.
    """
    old = divide_plan(session, base.contract_id, content_of(base))
    new = amended_content(
        old,
        command.terms,
        reference=_reference(session, command.terms),
        head=_head(session, base, command, side, numbers, today),
        grounds=contract_grounds(session, today),
        texts=texts_of(template_signed(session, base)),
        last_number=_last_number(session, base),
    )
    if not _differs(old, new):
        raise Refused(N_("Chưa có gì thay đổi so với bản đang có hiệu lực"))
    if not new["delivery"]["tranches"]:
        raise Refused(N_("Hợp đồng phải còn ít nhất một đợt giao"), "lines")
    refuse_outside_seasons(new)
    _refuse_unknown_grades(new)
    refuse_errors(missing_clauses(new))
    return new


def _last_number(session: Session, base: ContractVersion) -> int:
    """The highest number that a delivery has, one dropped since included."""
    wanted = select(func.max(ContractLine.number)).where(
        ContractLine.contract_id == base.contract_id
    )
    return session.scalar(wanted) or 0


def _refuse_unknown_grades(content: Mapping[str, Any]) -> None:
    """A term is for a grade that the contract takes, each grade once."""
    known = {str(row["name_vi"]) for row in content["quality"].get("grades", ())}
    named = [row["grade"] for row in content["price"].get("grade_terms", ())]
    for grade in named:
        if grade not in known or named.count(grade) > 1:
            raise Refused(
                N_("Loại “%(grade)s” không có trong hợp đồng hoặc ghi hai lần"),
                "grades",
                grade=grade,
            )


def _head(
    session: Session,
    base: ContractVersion,
    command: ProposeAmendment,
    side: Side,
    numbers: tuple[int, int],
    today: date,
) -> dict[str, Any]:
    """What it amends, why, and which law lets it."""
    grounds = reasons_in_force(session, today).get(command.reason)
    if not grounds:
        raise Refused(N_("Lý do này không còn căn cứ pháp lý có hiệu lực"), "reason")
    return {
        "number": numbers[1],
        "version": numbers[0],
        "amends": {"version": base.version, "digest": base.digest},
        "reason": {"code": command.reason, "grounds": grounds},
        "text": command.text,
        "proposed_by": side,
        "proposed_on": today,
    }


def _differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    said = ("price", "quantity", "delivery", "acceptance", "payment", "term", "breach")
    return any(old[name] != new[name] for name in said) or (
        old.get("advance") != new.get("advance")
    )


def _reference(session: Session, terms: NewTerms) -> dict[str, Any]:
    if terms.mode is PriceMode.FIXED:
        return {}
    market = market_of(session, terms.reference_market, "market")
    names = {"name_vi": market.name_vi, "name_en": market.name_en}
    return {
        "reference": {"code": market.code, **names},
        "reference_day_rule": DAY_OF_DELIVERY,
    }


def check_grounds(session: Session, content: Mapping[str, Any], *, today: date) -> None:
    """Refused if a law that the amendment rests on is not in force on the day."""
    laws: Sequence[LegalBasis] = legal_bases_in_force(session, today)
    known = {basis.ref for basis in laws}
    named = {one["ref"] for one in content["amendment"]["reason"]["grounds"]}
    if not named <= known or not _rests_on(session, content, today):
        raise Refused(
            N_("Căn cứ pháp lý đã thay đổi từ khi soạn phụ lục, hãy soạn lại")
        )


def _rests_on(session: Session, content: Mapping[str, Any], today: date) -> bool:
    """Whether it names the law in force, in whichever way it was once written."""
    laws = legal_bases_in_force(session, today, GROUNDS)
    said = content["legal_grounds"]
    return len(said) == len(laws) and all(
        basis.ref in one for basis, one in zip(laws, said, strict=True)
    )

"""What must hold of every amended contract: it is what both signed, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.called_plans import divide_plan
from marketplace.services.contract_content import content_of
from marketplace.services.violations import (
    Question,
    Violation,
    asked_alike,
    streamed,
)
from models.amendments import Amendment
from models.contracts import Contract, ContractLine, ContractVersion
from models.season_plans import SeasonPlan
from models.signatures import Signature


@asked_alike
def _signed_by_both() -> Iterator[Question]:
    signatures = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.contract_id == Amendment.contract_id,
            Signature.version == Amendment.version,
        )
        .scalar_subquery()
    )
    signed = case((Amendment.state == AmendmentState.SIGNED, 1), else_=0)
    both = case((signatures >= 2, 1), else_=0)
    yield (
        "an amendment is signed if and only if both sides signed its words",
        select(
            Amendment.contract_id, Amendment.version, Amendment.state, signatures
        ).where(signed != both),
    )


def first_version(contract_id: Any) -> ScalarSelect[int]:
    """The version that both signed first: the last one drawn before a signature."""
    return (
        select(func.coalesce(func.max(SeasonPlan.version), 1))
        .where(SeasonPlan.contract_id == contract_id)
        # Of the contract that is asked about, however deep the question lies.
        .correlate_except(SeasonPlan)
        .scalar_subquery()
    )


@asked_alike
def _newest_is_in_force() -> Iterator[Question]:
    newest = (
        select(func.coalesce(func.max(Amendment.version), first_version(Contract.id)))
        .where(
            Amendment.contract_id == Contract.id,
            Amendment.state == AmendmentState.SIGNED,
        )
        .scalar_subquery()
    )
    yield (
        "the version in force is that of the last signed amendment",
        select(Contract.public_id, Contract.current_version, newest).where(
            Contract.signed_on.is_not(None), Contract.current_version != newest
        ),
    )


@asked_alike
def _each_amends_the_last() -> Iterator[Question]:
    earlier = Amendment.__table__.alias("earlier")
    before = (
        select(
            func.coalesce(
                func.max(earlier.c.version), first_version(Amendment.contract_id)
            )
        )
        .where(
            earlier.c.contract_id == Amendment.contract_id,
            earlier.c.version < Amendment.version,
            earlier.c.state == AmendmentState.SIGNED,
        )
        .scalar_subquery()
    )
    yield (
        "an amendment follows the version that was in force",
        select(Amendment.contract_id, Amendment.version, before).where(
            or_(
                Amendment.base_version != before,
                Amendment.base_version >= Amendment.version,
            )
        ),
    )


def _is_what_both_signed(session: Session) -> Iterator[Violation]:
    """What was amended, or called off by the week, is what the words in force say.

    What was called off since counts with the delivery that it came from.
    """
    for contract, version in streamed(session, _replanned()):
        words = divide_plan(session, contract.id, content_of(version))
        said, found = _said(words), _stored(session, contract)
        if said != found:
            yield Violation(
                "a contract whose plan has changed is what its words say",
                contract.public_id,
                f"{found} instead of {said}",
            )


def _replanned() -> Select[Contract, ContractVersion]:
    """Contracts whose plan has changed since they were drawn, and their words."""
    return (
        select(Contract, ContractVersion)
        .join(ContractVersion, ContractVersion.contract_id == Contract.id)
        .where(
            ContractVersion.version == Contract.current_version,
            or_(
                Contract.current_version > 1,
                Contract.id.in_(
                    select(ContractLine.contract_id).where(
                        ContractLine.called_from.is_not(None)
                    )
                ),
            ),
            Contract.signed_on.is_not(None),
        )
    )


def _said(content: dict[str, Any]) -> dict[str, object]:
    return {
        "kg": content["quantity"]["kg"],
        "value": content["value_vnd"],
        "price": content["price"]["price_vnd"],
        "days": content["payment"]["days"],
        "until": content["term"]["until"],
        "plan": [
            (row["number"], row["kg"], row["first_day"], row["last_day"])
            for row in content["delivery"]["tranches"]
        ],
    }


def _stored(session: Session, contract: Contract) -> dict[str, object]:
    lines = session.scalars(
        select(ContractLine)
        .where(ContractLine.contract_id == contract.id, ContractLine.kg > 0)
        .order_by(ContractLine.number)
    )
    return {
        "kg": contract.total_kg,
        "value": contract.value_vnd,
        "price": contract.price_vnd,
        "days": contract.payment_term_days,
        "until": contract.effective_to.isoformat(),
        "plan": [
            (one.number, one.kg, str(one.deliver_from), str(one.deliver_to))
            for one in lines
        ],
    }


CHECKS_OF_AMENDMENTS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _signed_by_both,
    _newest_is_in_force,
    _each_amends_the_last,
    _is_what_both_signed,
)

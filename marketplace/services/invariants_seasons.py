"""What must hold of every contract of several seasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.season_content import season_sums
from marketplace.services.contract_content import content_of
from marketplace.services.violations import Violation, streamed
from models.contracts import Contract, ContractVersion


def _each_line_is_of_its_season(session: Session) -> Iterator[Violation]:
    """Every planned delivery lies in its season, and within the contract's term."""
    for contract, version in _long_contracts(session):
        rows = content_of(version)["seasons"]
        spans = {row["season"]: (row["first_day"], row["last_day"]) for row in rows}
        for line in contract.lines:
            first, last = spans.get(line.season or rows[0]["season"], ("", ""))
            inside = first <= str(line.deliver_from) and str(line.deliver_to) <= last
            if line.kg and not (inside and line.deliver_to < contract.effective_to):
                yield Violation(
                    "a planned delivery lies within its season and the term",
                    f"{contract.public_id}/{line.number}",
                    f"{line.deliver_from} - {line.deliver_to}",
                )


def _seasons_sum_to_the_whole(session: Session) -> Iterator[Violation]:
    for contract, version in _long_contracts(session):
        content = content_of(version)
        stated = {row["season"]: row["kg"] for row in content["seasons"]}
        planned = {row["season"]: row["kg"] for row in season_sums(content)}
        if stated != planned or sum(stated.values()) != contract.total_kg:
            yield Violation(
                "the seasons of a contract sum to its total",
                contract.public_id,
                f"{stated} of {contract.total_kg}",
            )


def _long_contracts(session: Session) -> Iterator[tuple[Contract, ContractVersion]]:
    long = (
        select(Contract, ContractVersion)
        .join(ContractVersion, ContractVersion.contract_id == Contract.id)
        .where(
            Contract.seasons_covered > 1,
            ContractVersion.version == Contract.current_version,
        )
    )
    yield from streamed(session, long.order_by(Contract.id))


CHECKS_OF_SEASONS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _each_line_is_of_its_season,
    _seasons_sum_to_the_whole,
)

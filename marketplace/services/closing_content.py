"""What a closing of a contract says: states and sums, as facts in one spelling."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.majeure import MajeureState
from marketplace.domain.settlement import Statement, Totals
from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import EntryState
from marketplace.services.closing_rest import only_a_rest_is_left, waived_vnd
from marketplace.services.entries import list_entries
from marketplace.services.invoices import list_invoices
from marketplace.services.majeure_effects import list_majeure
from marketplace.services.season_papers import told_by_season
from marketplace.services.signing import current_version
from marketplace.services.statements import statement_of
from models.contracts import Contract

KILOGRAMS = ("promised_kg", "delivered_kg", "accepted_kg", "rejected_kg")
SUMS = (
    "priced_vnd", "deductions_vnd", "buyer_penalties_vnd", "seller_penalties_vnd",
    "interest_vnd", "advances_vnd", "offset_vnd", "paid_vnd", "owed_vnd",
    "covered_vnd", "refunds_vnd",
)  # fmt: skip


def closing_content(
    session: Session, contract: Contract, *, as_of: date
) -> dict[str, Any]:
    """How a contract ended, why, and its account on a day; whole đồng, tenths of %.

    The counted entries stand there one by one, so that one more or less makes
    another closing, whatever its day.
    """
    statement = statement_of(session, contract, today=as_of)
    waived = waived_vnd(session, statement)
    return {
        "contract": contract.number,
        "contract_id": contract.public_id,
        "signed_digest": current_version(session, contract).digest,
        "as_of": as_of,
        "state": _state(session, contract, as_of),
        "ended_on": contract.ended_on,
        "reason": contract.ended_reason,
        "for_breach": contract.ended_for_breach,
        "kg": _named(statement.totals, KILOGRAMS),
        "vnd": _sums(statement, waived),
        "tenths_of_percent": _shares(statement),
        "entries": [
            [one.public_id, one.kind, one.amount_vnd, one.on, one.owed_by]
            for one in list_entries(session, contract)
            if one.state is EntryState.CONFIRMED
        ],
        "invoices": [
            [one.symbol, one.number, one.issued_on, one.amount_vnd]
            for one in list_invoices(session, contract)
        ],
        **_where_it_applies(session, contract, as_of),
    }


def _where_it_applies(
    session: Session, contract: Contract, as_of: date
) -> dict[str, Any]:
    return _majeure(session, contract) | told_by_season(session, contract, as_of=as_of)


def _majeure(session: Session, contract: Contract) -> dict[str, Any]:
    """What was told of force majeure and what became of it; nothing where nothing was,
    so that a closing of former days keeps its digest."""
    told = [
        [
            *(one.number, one.kind, one.given_by, one.began_on, one.state, one.late),
            *(one.lost_kg, one.postponed_kg),
        ]
        for one in list_majeure(session, contract)
        if one.state is not MajeureState.WITHDRAWN
    ]
    return {"majeure": told} if told else {}


def _named(totals: Totals, names: tuple[str, ...]) -> dict[str, int]:
    return {name: getattr(totals, name) for name in names}


def _state(session: Session, contract: Contract, as_of: date) -> ContractState:
    """How it ended; one that lacks a rest which both let go is fulfilled by that."""
    only_rest = only_a_rest_is_left(session, contract, today=as_of)
    return ContractState.FULFILLED if only_rest else contract.state


def _sums(statement: Statement, waived: int) -> dict[str, int]:
    """The sums, and what both let go: it stands there only where something is."""
    sums = {
        **_named(statement.totals, SUMS),
        "balance_vnd": statement.balance_vnd - waived,
    }
    return {**sums, "waived_vnd": waived} if waived else sums


def _shares(statement: Statement) -> dict[str, int | None]:
    shares = statement.shares
    return {
        "fulfilled": _tenths(shares.fulfilled_pct),
        "on_time": _tenths(shares.on_time_pct),
        "rejected": _tenths(shares.rejected_pct),
    }


def _tenths(percent: Decimal | None) -> int | None:
    return None if percent is None else int(percent * 10)

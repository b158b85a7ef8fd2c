"""Issuing the account of a contract as a paper (biên bản đối chiếu công nợ)."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import ContractState, Side
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import lock_party_contract
from marketplace.services.statement_content import LANGS, Say, statement_content
from marketplace.services.statements import statement_of
from models.contracts import Contract
from models.statements import IssuedStatement

# What tells one paper from another that says the same of the same day.
_OF_THE_PAPER = ("schema", "number", "at")


def list_issued(session: Session, contract: Contract) -> list[IssuedStatement]:
    """All statements issued under a contract, the newest first."""
    wanted = select(IssuedStatement).where(IssuedStatement.contract_id == contract.id)
    return list(session.scalars(wanted.order_by(IssuedStatement.number.desc())))


def get_issued(session: Session, contract: Contract, number: int) -> IssuedStatement:
    """One of a contract that the caller may see; NotFound if there is none."""
    found = session.get(IssuedStatement, (contract.id, number))
    if found is None:
        raise NotFound
    return found


def issue_statement(
    session: Session,
    who: Actor,
    public_id: str,
    say: Say,
    *,
    today: date,
    now: datetime,
) -> IssuedStatement:
    """Freeze the account as it stands today; `say` puts its lines into words.

    A side that issues the same account of the same day again gets the same paper.
    Refused before the contract is signed, and after the closing that settled it.
    """
    contract, side = lock_party_contract(session, who, public_id, live=False)
    _check_owed(contract)
    statements = {
        lang: statement_of(session, contract, today=today, lang=lang) for lang in LANGS
    }
    content = statement_content(session, contract, statements, say)
    content["issued_by"] = side
    issued = list_issued(session, contract)
    known = next((one for one in issued if one.side is side), None)
    if known is not None and _says(known) == _plain(content):
        return known
    content |= {"number": len(issued) + 1, "at": now}
    return _issued(session, who, contract, side, content, now)


def _check_owed(contract: Contract) -> None:
    if contract.signed_on is None:
        raise Refused(N_("Hợp đồng chưa ký thì chưa có công nợ để đối chiếu"))
    if contract.state is ContractState.CLOSED:
        raise Refused(N_("Hợp đồng đã thanh lý, không lập biên bản đối chiếu nữa"))


def _issued(
    session: Session,
    who: Actor,
    contract: Contract,
    side: Side,
    content: dict[str, Any],
    now: datetime,
) -> IssuedStatement:
    paper = IssuedStatement(
        contract_id=contract.id,
        number=content["number"],
        side=side,
        as_of=content["as_of"],
        content=canonical_bytes(content).decode(),
        digest=digest_of(content),
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        at=now,
    )
    session.add(paper)
    data = {"number": paper.number, "digest": paper.digest}
    record_event(session, contract, "statement_issued", who, now=now, data=data)
    return paper


def _says(paper: IssuedStatement) -> dict[str, Any]:
    content = json.loads(paper.content)
    return {name: content[name] for name in content.keys() - set(_OF_THE_PAPER)}


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from its canonical text."""
    plain: dict[str, Any] = json.loads(canonical_bytes(content))
    del plain["schema"]
    return plain

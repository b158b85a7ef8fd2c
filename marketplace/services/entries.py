"""The entries of a contract's account, as they are stored."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from models.contracts import Contract
from models.settlements import AccountEntry


def list_entries(session: Session, contract: Contract) -> list[AccountEntry]:
    """Every entry of a contract, the oldest day first."""
    wanted = select(AccountEntry).where(AccountEntry.contract_id == contract.id)
    return list(session.scalars(wanted.order_by(AccountEntry.on, AccountEntry.id)))


def access_entry(session: Session, contract: Contract, entry_id: str) -> AccountEntry:
    """An entry of this contract as it is stored now; NotFound for any other."""
    entry = session.scalars(
        select(AccountEntry).where(
            AccountEntry.contract_id == contract.id, AccountEntry.public_id == entry_id
        )
    ).first()
    if entry is None:
        raise NotFound
    session.refresh(entry)
    return entry

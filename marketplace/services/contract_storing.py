"""Words of a contract as they are stored, in their one spelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of
from models.contract_templates import ContractTemplate
from models.contracts import Contract, ContractVersion


def store_version(
    session: Session,
    contract: Contract,
    number: int,
    content: dict[str, Any],
    template: ContractTemplate,
    *,
    now: datetime,
    who: Actor | None,
) -> ContractVersion:
    """Store words of the contract under a number, in their one spelling."""
    version = ContractVersion(
        contract_id=contract.id,
        version=number,
        content=canonical_bytes(content).decode(),
        digest=digest_of(content),
        template=f"{template.linkage_form}-{template.version}",
        template_id=template.id,
        made_at=now,
        made_by_id=who.user_id if who else None,
    )
    session.add(version)
    session.flush()  # signatures and events name its digest
    return version

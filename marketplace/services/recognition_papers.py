"""Papers of recognition (product development) and confirmation (safe supply).

The words are frozen when the second officer decides, so that the same paper can be
printed again whatever has happened since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of_text
from marketplace.domain.errors import NotFound
from marketplace.domain.linkage import find_form
from marketplace.domain.monitoring import Audience
from marketplace.domain.words import ChainState, ContractState, Stage
from marketplace.services.addresses import seat_of
from marketplace.services.chains import access_chain
from marketplace.services.monitoring import may_read
from models.chains import Chain, Recognition
from models.contracts import Contract
from models.organisations import Organisation
from models.recognition_papers import RecognitionPaper

RUNNING = (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.SUSPENDED)


def freeze_recognition(
    session: Session, chain: Chain, *, now: datetime
) -> RecognitionPaper | None:
    """Freeze the words of the chain's last decided recognition; once is enough.

    None where nothing is decided yet.
    """
    decided = [row for row in chain.recognitions if row.decided_at]
    if not decided:
        return None
    known = session.get(RecognitionPaper, decided[-1].id)
    if known is not None:
        return known
    text = canonical_bytes(_content(chain, decided[-1])).decode()
    paper = RecognitionPaper(
        recognition_id=decided[-1].id,
        content=text,
        digest=digest_of_text(text),
        at=decided[-1].decided_at or now,
    )
    session.add(paper)
    session.flush()  # its address names the digest
    return paper


def _content(chain: Chain, row: Recognition) -> dict[str, Any]:
    contracts = [
        link.contract for link in chain.contracts if link.contract.state in RUNNING
    ]
    stages = {Stage(stage) for one in contracts for stage in one.stages}
    form = find_form(frozenset(stages))
    group = chain.group
    return {
        "kind": str(chain.kind),
        "number": row.number,
        "issued_on": row.issued_on.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "chain": chain.name,
        "commune": chain.unit.name,
        "product": {"vi": group.name_vi, "en": group.name_en},
        "form": str(form) if form else None,
        "stages": [str(stage) for stage in Stage if stage in stages],
        "area_ha": str(sum((one.linked_area_ha for one in contracts), start=0)),
        "kg": sum(one.total_kg for one in contracts),
        "issuer": _organisation(row.issuer),
        "lead": _organisation(chain.lead),
        "partners": _partners(chain, contracts),
        "proposed_by": row.proposed_by.name if row.proposed_by else None,
        "decided_by": row.decided_by.name if row.decided_by else None,
    }


def _partners(chain: Chain, contracts: Iterable[Contract]) -> list[dict[str, Any]]:
    found = {
        party.id: party
        for one in contracts
        for party in (one.seller, one.buyer)
        if party.id != chain.lead_id
    }
    return [_organisation(found[key]) for key in sorted(found)]


def _organisation(one: Organisation) -> dict[str, Any]:
    return {
        "name": one.name,
        "address": seat_of(one),
        "place": one.unit.name,
        "tax_code": one.tax_code or "",
    }


def access_paper(
    session: Session, who: Actor, public_id: str, number: int
) -> RecognitionPaper:
    """The paper of the chain's nth recognition, for its lead and officers of its area."""
    chain = access_chain(session, who, public_id)
    if not may_read(who, chain, Audience.LEAD):
        raise NotFound
    wanted = (
        select(RecognitionPaper)
        .join(Recognition, Recognition.id == RecognitionPaper.recognition_id)
        .where(Recognition.chain_id == chain.id)
        .order_by(Recognition.id)
    )
    papers = session.scalars(wanted).all()
    if not 1 <= number <= len(papers):
        raise NotFound
    return papers[number - 1]


def papers_of(session: Session, chain: Chain) -> dict[int, int]:
    """The number of the paper of each recognition of the chain, by its id."""
    wanted = (
        select(RecognitionPaper.recognition_id)
        .join(Recognition, Recognition.id == RecognitionPaper.recognition_id)
        .where(Recognition.chain_id == chain.id)
        .order_by(Recognition.id)
    )
    return {id_: number for number, id_ in enumerate(session.scalars(wanted), 1)}


def is_replaced(row: Recognition) -> bool:
    """Whether a later recognition of the chain took its place."""
    return any(
        other.decided_at and other.id > row.id for other in row.chain.recognitions
    )


def is_over(row: Recognition) -> bool:
    """Whether its term is over, as the chain's state tells."""
    return row.chain.state is ChainState.EXPIRED

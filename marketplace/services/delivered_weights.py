"""Kilograms on the delivery notes of many contracts at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.words_delivery import NoteState
from models.bulk import among
from models.deliveries import DeliveryNote


def weights_by_line(
    session: Session, contracts: Sequence[int]
) -> dict[tuple[int, int], dict[NoteState, int]]:
    """Kilograms noted by contract, line and state of the note."""
    weights: dict[tuple[int, int], dict[NoteState, int]] = defaultdict(dict)
    key = (DeliveryNote.contract_id, DeliveryNote.line, DeliveryNote.state)
    rows = session.execute(
        select(*key, func.sum(DeliveryNote.net_kg))
        .where(among(session, DeliveryNote.contract_id, contracts))
        .group_by(*key)
    )
    for contract, line, state, kg in rows:
        weights[contract, line][state] = int(kg)
    return weights

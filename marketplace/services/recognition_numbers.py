"""The numbers of recognitions and confirmations, in line for each who issues them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import ChainKind
from models.chains import Chain, Recognition
from models.organisations import Organisation

_NUMBERS = {
    ChainKind.PRODUCT_DEVELOPMENT: "CN-PTSP",
    ChainKind.SAFE_SUPPLY: "XN-CATP",
}


def next_number(session: Session, who: Actor, chain: Chain, today: date) -> str:
    """`NN/YYYY/CN-PTSP`, counted within the issuer, the kind and the year."""
    session.execute(  # two papers of one issuer are numbered in line
        select(Organisation.id)
        .where(Organisation.id == who.organisation_id)
        .with_for_update(key_share=True)
    )
    tail = f"/{today.year}/{_NUMBERS[chain.kind]}"
    taken = session.scalar(
        select(func.count())
        .select_from(Recognition)
        .where(
            Recognition.issuer_id == who.organisation_id,
            Recognition.number.endswith(tail),
        )
    )
    return f"{(taken or 0) + 1:02d}{tail}"

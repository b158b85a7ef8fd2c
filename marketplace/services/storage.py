"""How a product keeps longest: the dated rule `storage.<product>` (dossier 6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.services.rules import rule_row
from models.reference import Product


@dataclass(frozen=True)
class Storage:
    """Degrees and relative humidity; a dried product has an upper limit alone."""

    high_c: Decimal
    low_c: Decimal | None = None
    low_pct: int | None = None
    high_pct: int | None = None


def storage_of(session: Session, product: Product, on: date) -> Storage | None:
    """How to keep a product; None where nobody wrote it down."""
    row = rule_row(session, f"storage.{product.code}", on)
    return Storage(**row.params) if row else None

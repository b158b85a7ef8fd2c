"""Tables, constraints, and the transaction; every model is known from here."""

from models import (
    chains,
    contracts,
    harvests,
    idempotency,
    jobs,
    matching,
    notices,
    offers,
    organisations,
    papers,
    proposals,
    reference,
)

__all__ = [
    "chains",
    "contracts",
    "harvests",
    "idempotency",
    "jobs",
    "matching",
    "notices",
    "offers",
    "organisations",
    "papers",
    "proposals",
    "reference",
]

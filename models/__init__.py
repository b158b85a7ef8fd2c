"""Tables, constraints, and the transaction; every model is known from here."""

from models import (
    chains,
    contract_events,
    contracts,
    harvests,
    idempotency,
    jobs,
    matching,
    notices,
    offers,
    organisations,
    papers,
    price_quotes,
    proposals,
    reference,
    sessions,
)

__all__ = [
    "chains",
    "contract_events",
    "contracts",
    "harvests",
    "idempotency",
    "jobs",
    "matching",
    "notices",
    "offers",
    "organisations",
    "papers",
    "price_quotes",
    "proposals",
    "reference",
    "sessions",
]

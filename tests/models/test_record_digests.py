"""Inspections from before they had a digest get the one they would have been given."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from config import ROOT
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import Outcome
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.inspection_rules import inspect_until
from marketplace.services.inspections import (
    accept_silently,
    inspect_delivery,
)
from marketplace.services.note_writing import write_note
from models.database import db, transaction
from models.inspections import Inspection
from models.reference import Grade
from tests import markets
from tests.deals import Deals
from tests.factories import NOW, Make

MIGRATION = ROOT / "models/migrations/versions/20261128_record_digests.py"
MINE = re.findall(r'^revision = "(\w+)"', MIGRATION.read_text(), re.MULTILINE)[0]


@pytest.fixture
def inspected(fresh_app):
    """One load that the buyer inspected, and one that nobody did."""
    with fresh_app.app_context(), transaction() as session:
        deals = Deals(session, Make(session))
        contract = deals.in_force()
        seller, buyer = (deals.actor(contract, side) for side in Side)
        for note_id in ("A" * 22, "B" * 22):
            lots = (LotWeight("L1", 2_100, 100),)
            command = WriteNote(note_id, 1, NOW, "Kho", lots)
            note = write_note(session, seller, contract.public_id, command, now=NOW)
            confirm_note(session, buyer, note_id, note.digest, now=NOW)
        product = contract.product_id
        grade = session.scalars(select(Grade).filter_by(product_id=product)).first()
        spoilt = Part(20, Outcome.REJECTED, reason="Dập do vận chuyển")
        parts = [Part(1_980, grade=grade.code), spoilt]
        inspect_delivery(session, buyer, "A" * 22, parts, now=NOW, pictures=1)
        accept_silently(session, now=inspect_until(session, note))
    return fresh_app


def sealed(app):
    with app.app_context(), transaction(read_only=True) as session:
        rows = session.scalars(select(Inspection).order_by(Inspection.id))
        return [(row.content, row.digest) for row in rows]


def test_the_migration_seals_as_the_service_does(inspected):
    before = sealed(inspected)
    with inspected.app_context():
        db.session.remove()
        db.engine.dispose()
    url = inspected.config["SQLALCHEMY_DATABASE_URI"]

    markets.run_flask(url, "db", "downgrade", f"{MINE}-1")
    markets.run_flask(url, "db", "upgrade")

    assert len(before) == 2
    assert sealed(inspected) == before

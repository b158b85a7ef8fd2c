"""Two sides who carry a contract out through the services, day after day."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.errors import Refused
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryKind, EntryMethod, EntryState
from marketplace.services.accounts import answer_entry, record_entry
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.inspections import inspect_delivery
from marketplace.services.note_writing import write_note
from models.database import db, new_public_id
from models.deliveries import DeliveryNote
from models.settlements import AccountEntry
from tests.deals import Deals
from tests.factories import NOW, TODAY, Make


class Acted:
    """A contract of 12,000 kg at 14,500 đồng in force, and what its sides do.

    Days are counted from the signature.
    """

    def __init__(
        self, session: Session, make: Make, proposal: Any = None, **over: Any
    ) -> None:
        self.session, deals = session, Deals(session, make)
        self.contract = deals.in_force(proposal)
        for name, value in over.items():
            setattr(self.contract, name, value)
        session.flush()
        self.seller = deals.actor(self.contract, Side.SELLER)
        self.buyer = deals.actor(self.contract, Side.BUYER)

    def weighed(self, kg: int, day: int = 0) -> DeliveryNote:
        """A load that both stand by."""
        session, now = self.session, NOW + timedelta(days=day)
        lots = (LotWeight("L1", kg + 100, 100),)
        command = WriteNote(new_public_id(), 1, now, "Kho", lots)
        public_id = self.contract.public_id
        note = write_note(session, self.seller, public_id, command, now=now)
        return confirm_note(session, self.buyer, note.public_id, note.digest, now=now)

    def delivered(self, kg: int, *parts: Part, day: int = 0) -> DeliveryNote:
        """A load that the buyer has inspected; without parts it is taken whole."""
        note, now = self.weighed(kg, day), NOW + timedelta(days=day)
        found = parts or (Part(kg),)
        who, session = self.buyer, self.session
        inspect_delivery(session, who, note.public_id, found, now=now, pictures=1)
        return note

    def recorded(self, kind: EntryKind, vnd: int, day: int = 0) -> AccountEntry:
        """Money or a charge as the buyer writes it down."""
        money = kind in (EntryKind.PAYMENT, EntryKind.DEPOSIT)
        on = TODAY + timedelta(days=day)
        method = EntryMethod.TRANSFER if money else None
        command = RecordEntry(kind, vnd, on, method, text="" if money else "Khoản này")
        return record_entry(
            self.session,
            self.buyer,
            self.contract.public_id,
            command,
            today=on,
            now=NOW + timedelta(days=day),
        )

    def answered(
        self,
        entry: AccountEntry,
        state: EntryState = EntryState.CONFIRMED,
        day: int = 0,
    ) -> AccountEntry:
        """The other side's word on it."""
        return answer_entry(
            self.session,
            self.buyer if state is EntryState.WITHDRAWN else self.seller,
            self.contract.public_id,
            entry.public_id,
            state,
            "Không đúng",
            now=NOW + timedelta(days=day),
        )

    def paid(
        self, vnd: int, day: int = 0, kind: EntryKind = EntryKind.PAYMENT
    ) -> AccountEntry:
        """Recorded by the buyer and confirmed by the seller."""
        return self.answered(self.recorded(kind, vnd, day), day=day)


def at_once(app: Flask, deeds: Sequence[Callable[[Session], Any]]) -> list[str]:
    """Do it all at the same time, each in a transaction; how each ended."""
    start, told = threading.Barrier(len(deeds)), []

    def act(deed: Callable[[Session], Any]) -> None:
        with app.app_context():
            session = db.session()
            start.wait()
            try:
                deed(session)
                session.commit()
                told.append("done")
            except Refused as refusal:
                session.rollback()
                told.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told

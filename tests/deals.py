"""Contracts in force and what lies on them, for tests of what comes after signing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.canonical import canonical_bytes, digest_of
from marketplace.domain.early_warning_facts import AlertCode, Concern
from marketplace.domain.words import ContractState, Severity, Side
from marketplace.domain.words_delivery import (
    ClaimState,
    EntryKind,
    EntryMethod,
    EntryState,
    NoteState,
    Outcome,
)
from marketplace.services.contract_events import move_contract
from marketplace.services.contracts import draw_contract
from marketplace.services.inspection_content import seal_inspection
from models.alerts import ContractAlert
from models.closings import ClosingConfirmation
from models.contracts import Contract, ContractVersion
from models.database import new_public_id
from models.deliveries import DeliveryNote, NoteConfirmation
from models.inspections import Claim, Inspection, InspectionPart
from models.offers import Tranche
from models.settlements import AccountEntry
from models.signatures import Signature
from tests.factories import NOW, TODAY, Make


class Deals:
    """Rows of contracts, written past the services where a test needs only rows."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def drawn(self, proposal: Any = None) -> Contract:
        """Both have agreed; nobody has signed."""
        proposal = proposal or self.make.proposal()
        terms = proposal.terms[0]
        self.promise(self.session, proposal, NOW)
        return draw_contract(self.session, proposal, terms, today=TODAY, now=NOW)

    @staticmethod
    def promise(session: Session, proposal: Any, at: datetime) -> None:
        """Both have said yes to the proposal as it stands."""
        proposal.state, proposal.agreed_at = "agreed", at
        for line in proposal.terms[0].lines:
            proposal.harvest.promised_kg += line.kg
            session.get_one(Tranche, line.tranche_id).promised_kg += line.kg
        session.flush()

    def signed(self, proposal: Any = None) -> Contract:
        """Drawn, and with both signatures; its state has not moved yet."""
        contract = self.drawn(proposal)
        self.sign(contract, contract.versions[0])
        return contract

    def sign(self, contract: Contract, version: ContractVersion) -> None:
        """Both sides sign that version."""
        for side, party in self.parties(contract).items():
            self._add(
                Signature(
                    contract_id=contract.id,
                    version=version.version,
                    side=side,
                    digest=version.digest,
                    organisation_id=party.id,
                    user_id=self.make.user().id,
                    signed_at=NOW + timedelta(hours=1),
                    method="password",
                )
            )
        self.session.refresh(version, ["signatures"])

    def in_force(self, proposal: Any = None) -> Contract:
        """A contract that binds both."""
        contract = self.signed(proposal)
        signed, force = ContractState.SIGNED, ContractState.IN_FORCE
        move_contract(
            self.session,
            contract,
            signed,
            "both_signed",
            None,
            now=NOW,
            signed_on=TODAY,
        )
        move_contract(self.session, contract, force, "in_force", None, now=NOW)
        return contract

    def running(self, today: date) -> Contract:
        """One in force whose deliveries are a year away from the day that it is.

        Where beat looks at the wall clock, no job ends it while a test goes on.
        """
        first = today + timedelta(days=365)
        window = {"window_start": first, "window_end": first + timedelta(days=30)}
        harvest = self.make.harvest(**window)
        offer = self.make.offer(tranches=[(first + timedelta(days=5), 12_000)])
        return self.in_force(self.make.proposal(harvest, offer))

    @staticmethod
    def parties(contract: Contract) -> dict[Side, Any]:
        return {Side.SELLER: contract.seller, Side.BUYER: contract.buyer}

    def actor(
        self, contract: Contract, side: Side, role: Role = Role.DIRECTOR
    ) -> Actor:
        """Somebody with a seat on that side."""
        party = self.parties(contract)[side]
        return Actor(self.make.member(party, role=role).user_id, party.id, role)

    def note(self, contract: Contract, kg: int = 4_000) -> DeliveryNote:
        content = {
            "contract": contract.number,
            "note": new_public_id(),
            "line": 1,
            "delivered_at": NOW,
            "place": "Kho",
            "vehicle": "",
            "temperature_c": "",
            "remark": "",
            "lots": [{"code": "L1", "gross_kg": kg + 100, "tare_kg": 100}],
        }
        return self._add(
            DeliveryNote(
                public_id=content["note"],
                contract_id=contract.id,
                line=1,
                number=1,
                state=NoteState.WRITTEN,
                delivered_at=NOW,
                place="Kho",
                gross_kg=kg + 100,
                tare_kg=100,
                net_kg=kg,
                content=canonical_bytes(content).decode(),
                digest=digest_of(content),
                written_by=Side.SELLER,
                written_at=NOW,
                received_at=NOW,
            )
        )

    def confirmation(self, note: DeliveryNote, side: Side) -> NoteConfirmation:
        party = self.parties(note.contract)[side]
        return self._add(
            NoteConfirmation(
                note_id=note.id,
                side=side,
                digest=note.digest,
                organisation_id=party.id,
                user_id=self.make.user().id,
                at=NOW,
            )
        )

    def inspected(self, contract: Contract) -> DeliveryNote:
        """A load that both stand by, and that the buyer has taken."""
        note = self.note(contract)
        for side in Side:
            self.confirmation(note, side)
        note.state, note.confirmed_at = NoteState.CONFIRMED, NOW
        contract.delivered_kg += note.net_kg
        self.inspection(note)
        contract.accepted_kg += note.net_kg
        self.session.flush()
        return note

    def inspection(self, note: DeliveryNote) -> Inspection:
        part = InspectionPart(number=1, kg=note.net_kg, outcome=Outcome.ACCEPTED)
        found = Inspection(note_id=note.id, number=1, reason="", at=NOW, parts=[part])
        seal_inspection(self.session, note, found)
        return self._add(found)

    def claim(self, inspection: Inspection) -> Claim:
        return self._add(
            Claim(
                note_id=inspection.note_id,
                inspection_id=inspection.id,
                state=ClaimState.OPEN,
                raised_by=Side.SELLER,
                reason="Không đúng",
                raised_at=NOW,
            )
        )

    def closing(self, contract: Contract, side: Side) -> ClosingConfirmation:
        """A side stands by the end of the contract."""
        content = {"contract": contract.number, "as_of": TODAY}
        return self._add(
            ClosingConfirmation(
                contract_id=contract.id,
                side=side,
                digest=digest_of(content),
                content=canonical_bytes(content).decode(),
                as_of=TODAY,
                organisation_id=self.parties(contract)[side].id,
                user_id=self.make.user().id,
                at=NOW,
            )
        )

    def alert(self, contract: Contract) -> ContractAlert:
        """The one open alert that a delivery is blocked."""
        open_ = select(ContractAlert).where(ContractAlert.contract_id == contract.id)
        return self.session.scalars(open_).first() or self._add(
            ContractAlert(
                contract_id=contract.id,
                code=AlertCode.DELIVERY_BLOCKED,
                severity=Severity.ERROR,
                since=TODAY,
                concerns=sorted(Concern),
                params={"day": TODAY.isoformat(), "kg": contract.total_kg},
                opened_at=NOW,
            )
        )

    def entry(self, contract: Contract) -> AccountEntry:
        return self._add(
            AccountEntry(
                contract_id=contract.id,
                kind=EntryKind.PAYMENT,
                method=EntryMethod.CASH,
                amount_vnd=1_000_000,
                on=TODAY,
                owed_by=Side.BUYER,
                state=EntryState.RECORDED,
                recorded_by=Side.BUYER,
                recorded_by_id=self.make.user().id,
                recorded_at=NOW,
            )
        )

"""Contracts of several seasons through the services, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.season_plans import ProposeSeasons, plan_ahead
from marketplace.domain.words import Side
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.inspections import inspect_delivery
from marketplace.services.note_writing import write_note
from marketplace.services.season_answers import (
    agree_to_seasons,
)
from marketplace.services.season_plans import (
    first_plan,
    propose_seasons,
)
from marketplace.services.signing import Sign, current_version, sign_contract
from models.contracts import Contract
from models.database import new_public_id
from models.deliveries import DeliveryNote
from models.season_plans import SeasonPlan
from tests.deals import Deals
from tests.factories import NOW, PASSWORD, TODAY, Make

MARKET = "long_bien"


class Seasons:
    """A contract that waits for signatures, its two directors, and what they do."""

    def __init__(self, session: Session, make: Make, **over: Any) -> None:
        self.session, self.make = session, make
        deals = Deals(session, make)
        self.contract: Contract = deals.drawn(over.get("proposal"))
        make.price_market(MARKET)
        self.seller, self.buyer = (deals.actor(self.contract, side) for side in Side)
        self.first = first_plan(self.contract)

    @property
    def address(self) -> str:
        return f"/hop-dong/{self.contract.public_id}"

    def command(self, seasons: int = 3, **over: Any) -> ProposeSeasons:
        """The first season's plan again in each year, whoever reads the words now."""
        asked: dict[str, Any] = {
            "digest": current_version(self.session, self.contract).digest,
            "seasons": seasons,
            "lines": plan_ahead(self.first, seasons),
            "keeps_price": True,
            "market": MARKET,
        }
        return ProposeSeasons(**(asked | over))

    def propose(self, who: Actor | None = None, **over: Any) -> SeasonPlan:
        return propose_seasons(
            self.session,
            who or self.seller,
            self.contract.public_id,
            self.command(**over),
            today=TODAY,
            now=NOW,
        )

    def agree(self, *, keeps_price: bool = True) -> SeasonPlan:
        return agree_to_seasons(
            self.session,
            self.buyer,
            self.contract.public_id,
            keeps_price=keeps_price,
            today=TODAY,
            now=NOW,
        )

    def sign(self, who: Actor) -> Contract:
        version = current_version(self.session, self.contract)
        return sign_contract(
            self.session,
            who,
            self.contract.public_id,
            Sign(version.digest, PASSWORD, agreed=True),
            today=TODAY,
            now=NOW + timedelta(hours=1),
        )

    def in_force(self, *, keeps_price: bool = True, **over: Any) -> Contract:
        """Proposed, agreed and signed by both."""
        self.propose(**over)
        self.agree(keeps_price=keeps_price)
        for who in (self.seller, self.buyer):
            self.sign(who)
        return self.contract

    def loaded(self, number: int, kg: int, at: datetime | None = None) -> DeliveryNote:
        """A load that both stand by and that is taken whole, on its first day."""
        line = next(one for one in self.contract.lines if one.number == number)
        at = at or NOW + (line.deliver_from - TODAY)
        lots = (LotWeight("L1", kg + 100, 100),)
        command = WriteNote(new_public_id(), number, at, "Kho", lots)
        public_id = self.contract.public_id
        note = write_note(self.session, self.seller, public_id, command, now=at)
        confirm_note(self.session, self.buyer, note.public_id, note.digest, now=at)
        inspect_delivery(self.session, self.buyer, note.public_id, [Part(kg)], now=at)
        return note

"""A note confirmed in turn: by a person of the other side, on this side's device.

At the truck there is often one phone. Whoever takes the goods proves who they are
with their own password, for this note alone; no session of theirs is opened.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.words import MembershipState, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.attempts import note_attempt
from marketplace.services.contract_sides import side_of
from marketplace.services.delivery_notes import access_note, may_confirm
from marketplace.services.people import SignIn, prove_person
from marketplace.services.sessions import actor_of
from models.deliveries import DeliveryNote
from models.organisations import Membership, User

TRIES, WINDOW = 5, timedelta(minutes=15)


def other_side_waits(note: DeliveryNote, host: Actor) -> bool:
    """Whether the host's side has confirmed, and only the other one has to."""
    return note.state is NoteState.WRITTEN and not may_confirm(note, host)


def prove_guest(
    session: Session, host: Actor, note_id: str, command: SignIn, *, now: datetime
) -> Actor | None:
    """Who of the other side this is, or None; TooOften after five tries.

    Tries count for the host, for the note, and at the person's own door. The
    caller's transaction must end well, so that they are remembered.
    """
    note = access_note(session, host, note_id, "write")
    tries = note_attempt(
        session,
        "note-in-turn",
        [f"host:{host.user_id}", f"note:{note.public_id}"],
        most=TRIES,
        window=WINDOW,
        now=now,
    )
    user = prove_person(session, command, now=now)
    seat = _seat(session, note, host, user) if user else None
    if seat is None:
        return None
    for attempt in tries:
        attempt.succeeded = True
    return actor_of(session, seat)


def _seat(
    session: Session, note: DeliveryNote, host: Actor, user: User
) -> Membership | None:
    """Where this person sits in the organisation that the host deals with."""
    contract = note.contract
    sells = side_of(contract, host) is Side.SELLER
    wanted = select(Membership).where(
        Membership.user_id == user.id,
        Membership.organisation_id
        == (contract.buyer_id if sells else contract.seller_id),
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalars(wanted).first()

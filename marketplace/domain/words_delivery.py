"""Words of a contract after its signatures: goods handed over, and money for them."""

from __future__ import annotations

from enum import StrEnum


class NoteState(StrEnum):
    """Of a delivery note: whoever writes it has confirmed it, the other has to."""

    WRITTEN = "written"
    CONFIRMED = "confirmed"
    VOID = "void"


class Outcome(StrEnum):
    """What the inspection says of a part of a delivery."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ClaimState(StrEnum):
    """Of a disputed inspection; every end but withdrawal writes a new one."""

    OPEN = "open"
    MEDIATION = "mediation"
    AGREED = "agreed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class EntryKind(StrEnum):
    """What one side writes into the account of a contract, beside the goods."""

    PAYMENT = "payment"
    DEPOSIT = "deposit"
    INPUT = "input"
    PENALTY = "penalty"
    REFUND = "refund"


class EntryMethod(StrEnum):
    """How money went over."""

    TRANSFER = "transfer"
    CASH = "cash"
    OFFSET = "offset"


class EntryState(StrEnum):
    """Of an entry: it counts only once the other side has confirmed it."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

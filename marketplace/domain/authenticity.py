"""Whether a paper is genuine and still binds, told from its digest alone."""

from __future__ import annotations

import re
from enum import StrEnum

from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import NoteState


class RecordKind(StrEnum):
    """What was printed."""

    CONTRACT = "contract"
    AMENDMENT = "amendment"
    DELIVERY_NOTE = "delivery_note"
    INSPECTION = "inspection"
    STATEMENT = "statement"
    CLOSING = "closing"
    RECOGNITION = "recognition"
    CONFIRMATION = "confirmation"


class Standing(StrEnum):
    """Whether the words of a genuine record bind its parties today."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    ENDED = "ended"
    VOID = "void"
    WITHDRAWN = "withdrawn"


OVER = frozenset(
    {
        ContractState.FULFILLED,
        ContractState.EXPIRED,
        ContractState.TERMINATED,
        ContractState.CLOSED,
    }
)
_NAME = re.compile(r"sha-?256")
_BETWEEN = re.compile(r"[\s:.\u2013-]")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def digest_in(typed: str) -> str | None:
    """The full digest in what somebody typed, scanned or pasted; None without one.

    Capitals, spaces and hyphens between its digits do not matter, nor does the
    address of the page around it.
    """
    plain = _BETWEEN.sub("", _NAME.sub("", typed.lower()))
    found = _DIGEST.search(plain)
    return found.group() if found else None


def standing_of_version(
    *, signed: bool, newer_signed: bool, state: ContractState
) -> Standing:
    """Of a version of a contract in that state; `signed` is by both sides."""
    if not signed:
        return Standing.VOID if newer_signed or state in OVER else Standing.PENDING
    if newer_signed:
        return Standing.REPLACED
    if state in OVER:
        return Standing.ENDED
    return Standing.SUSPENDED if state is ContractState.SUSPENDED else Standing.IN_FORCE


def standing_of_note(state: NoteState) -> Standing:
    """Of a delivery note: it binds once both sides stand by its weights."""
    return {
        NoteState.WRITTEN: Standing.PENDING,
        NoteState.CONFIRMED: Standing.IN_FORCE,
        NoteState.VOID: Standing.VOID,
    }[state]


def standing_of_statement(*, newer: bool) -> Standing:
    """Of a statement that one side issued; a later one of the contract replaces it."""
    return Standing.REPLACED if newer else Standing.ISSUED


def standing_of_closing(*, both: bool, newer: bool) -> Standing:
    """Of a closing record, which closes the contract once both confirm its words."""
    if both:
        return Standing.IN_FORCE
    return Standing.VOID if newer else Standing.PENDING


def standing_of_recognition(*, withdrawn: bool, newer: bool, over: bool) -> Standing:
    """Of an officer's recognition or confirmation of a chain."""
    if withdrawn:
        return Standing.WITHDRAWN
    if newer:
        return Standing.REPLACED
    return Standing.ENDED if over else Standing.IN_FORCE

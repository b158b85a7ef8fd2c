"""Which state may follow which: one table for services, tests and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from marketplace.domain import (
    majeure,
    words,
    words_amendments,
    words_delivery,
    words_templates,
)
from marketplace.domain.errors import N_, Refused

NOT_NOW = N_("Không làm được việc này khi trạng thái là %(old)s")


class Lifecycle(StrEnum):
    """What has states; the value is the name of the kind."""

    ORGANISATION = "organisation"
    MEMBERSHIP = "membership"
    HARVEST = "harvest"
    OFFER = "offer"
    PROPOSAL = "proposal"
    CONTRACT = "contract"
    CHAIN = "chain"
    PAPER = "paper"
    NOTE = "note"
    CLAIM = "claim"
    ENTRY = "entry"
    AMENDMENT = "amendment"
    TEMPLATE = "template"
    MAJEURE = "majeure"


def _table(states: type[StrEnum], text: str) -> dict[str, frozenset[str]]:
    """Read lines `state -> state, state`; every state has its line."""
    table: dict[str, frozenset[str]] = {}
    for line in text.strip().splitlines():
        old, _, new = line.partition("->")
        followers = new.replace(",", " ").split()
        table[states(old.strip())] = frozenset(states(name) for name in followers)
    assert table.keys() == set(states), states
    return table


TRANSITIONS: Mapping[Lifecycle, Mapping[str, frozenset[str]]] = {
    Lifecycle.ORGANISATION: _table(
        words.OrganisationState,
        """
        draft            -> pending
        pending          -> verified, change_requested, rejected
        change_requested -> pending
        verified         -> suspended, pending
        rejected         -> pending
        suspended        -> verified
        """,
    ),
    Lifecycle.MEMBERSHIP: _table(
        words.MembershipState,
        """
        invited -> active, ended
        pending -> active, ended
        active  -> ended
        ended   ->
        """,
    ),
    Lifecycle.HARVEST: _table(
        words.HarvestState,
        """
        draft     -> open, withdrawn
        open      -> withdrawn, closed
        withdrawn ->
        closed    ->
        """,
    ),
    Lifecycle.OFFER: _table(
        words.OfferState,
        """
        draft  -> open, closed
        open   -> paused, closed
        paused -> open, closed
        closed ->
        """,
    ),
    Lifecycle.PROPOSAL: _table(
        words.ProposalState,
        """
        proposed    -> negotiating, agreed, declined, expired, superseded
        negotiating -> agreed, declined, expired, superseded
        agreed      ->
        declined    ->
        expired     ->
        superseded  ->
        """,
    ),
    # What nobody signs in time expires from any state before the signature.
    Lifecycle.CONTRACT: _table(
        words.ContractState,
        """
        draft       -> proposed, expired, terminated
        proposed    -> negotiating, signed, expired, terminated
        negotiating -> proposed, signed, expired, terminated
        signed      -> in_force, terminated
        in_force    -> suspended, fulfilled, expired, terminated
        suspended   -> in_force, expired, terminated
        fulfilled   -> closed
        expired     -> closed
        terminated  -> closed
        closed      ->
        """,
    ),
    # A lead has one chain for a product group, so one that ended starts again
    # by a new application instead of a second row.
    Lifecycle.CHAIN: _table(
        words.ChainState,
        """
        draft     -> submitted, stopped
        submitted -> returned, active, stopped
        returned  -> submitted, stopped
        active    -> at_risk, suspended, stopped, expired
        at_risk   -> active, suspended, stopped, expired
        suspended -> active, stopped, revoked
        stopped   -> submitted
        revoked   -> submitted
        expired   -> submitted, stopped
        """,
    ),
    # A renewed paper is a new record, so expired and revoked stay.
    Lifecycle.PAPER: _table(
        words.PaperState,
        """
        pending   -> active, revoked, expired
        active    -> suspended, revoked, expired
        suspended -> active, revoked, expired
        revoked   ->
        expired   ->
        """,
    ),
    # What both confirmed stays; a mistake in it is settled by a claim.
    Lifecycle.NOTE: _table(
        words_delivery.NoteState,
        """
        written   -> confirmed, void
        confirmed ->
        void      ->
        """,
    ),
    Lifecycle.CLAIM: _table(
        words_delivery.ClaimState,
        """
        open      -> mediation, agreed, withdrawn
        mediation -> agreed, decided, withdrawn
        agreed    ->
        decided   ->
        withdrawn ->
        """,
    ),
    Lifecycle.ENTRY: _table(
        words_delivery.EntryState,
        """
        recorded  -> confirmed, refused, withdrawn
        confirmed ->
        refused   ->
        withdrawn ->
        """,
    ),
    Lifecycle.AMENDMENT: _table(
        words_amendments.AmendmentState,
        """
        proposed  -> signed, refused, withdrawn, lapsed
        signed    ->
        refused   ->
        withdrawn ->
        lapsed    ->
        """,
    ),
    # A second officer approves or sends back; what is approved is never written again.
    Lifecycle.TEMPLATE: _table(
        words_templates.TemplateState,
        """
        draft    -> proposed, dropped
        proposed -> draft, approved, dropped
        approved ->
        dropped  ->
        """,
    ),
    # Silence is no consent: then an officer answers, unless the other side still does.
    Lifecycle.MAJEURE: _table(
        majeure.MajeureState,
        """
        notified     -> acknowledged, contested, unanswered, withdrawn
        contested    -> confirmed, declined
        unanswered   -> acknowledged, confirmed, declined
        acknowledged ->
        confirmed    ->
        declined     ->
        withdrawn    ->
        """,
    ),
}

INITIAL: Mapping[Lifecycle, frozenset[str]] = {
    Lifecycle.ORGANISATION: frozenset({"draft", "pending"}),
    Lifecycle.MEMBERSHIP: frozenset({"invited", "pending", "active"}),
    Lifecycle.HARVEST: frozenset({"draft", "open"}),
    Lifecycle.OFFER: frozenset({"draft", "open"}),
    Lifecycle.PROPOSAL: frozenset({"proposed"}),
    Lifecycle.CONTRACT: frozenset({"draft", "proposed"}),
    Lifecycle.CHAIN: frozenset({"draft"}),
    Lifecycle.PAPER: frozenset({"pending"}),
    Lifecycle.NOTE: frozenset({"written"}),
    Lifecycle.CLAIM: frozenset({"open"}),
    Lifecycle.ENTRY: frozenset({"recorded"}),
    Lifecycle.AMENDMENT: frozenset({"proposed"}),
    Lifecycle.TEMPLATE: frozenset({"draft"}),
    Lifecycle.MAJEURE: frozenset({"notified"}),
}


def may_follow(kind: Lifecycle | str, old: str, new: str) -> bool:
    """Whether `new` is a legal next state; a state does not follow itself."""
    return new in TRANSITIONS[Lifecycle(kind)].get(old, frozenset())


def check_transition(kind: Lifecycle | str, old: str, new: str) -> None:
    """Refuse a step that the table does not know."""
    if not may_follow(kind, old, new):
        raise Refused(NOT_NOW, old=str(old))


def transition_pairs(kind: Lifecycle | str) -> list[tuple[str, str]]:
    """All legal (old, new) of a kind as plain strings, sorted."""
    table = TRANSITIONS[Lifecycle(kind)]
    return sorted((str(old), str(new)) for old, news in table.items() for new in news)


def sources_of(kind: Lifecycle | str, new: str) -> list[str]:
    """The states from which `new` may be reached, for a conditional UPDATE."""
    return [old for old, target in transition_pairs(kind) if target == new]


def is_final(kind: Lifecycle | str, state: str) -> bool:
    """Whether no other state may follow this one."""
    return not TRANSITIONS[Lifecycle(kind)][state]

"""The states of everything that has some, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from marketplace.domain import (
    call_offs,
    majeure,
    register_sheets,
    words,
    words_amendments,
    words_delivery,
    words_seasons,
    words_templates,
)
from marketplace.domain.lifecycle_kinds import Lifecycle
from marketplace.domain.monitoring_steps import MONITORED


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
        pending   -> active, returned, revoked, expired
        returned  -> pending, revoked, expired
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
    **{Lifecycle(one): _table(*how[:2]) for one, how in MONITORED.items()},
    Lifecycle.FRAME: _table(call_offs.FrameState, call_offs.FRAME_STEPS),
    Lifecycle.CALL_OFF: _table(call_offs.CallOffState, call_offs.CALL_OFF_STEPS),
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
    Lifecycle.SEASON_PLAN: _table(
        words_seasons.SeasonPlanState,
        """
        proposed  -> agreed, refused, withdrawn
        agreed    ->
        refused   ->
        withdrawn ->
        """,
    ),
    # A second officer approves or sends back; approved words stay.
    Lifecycle.TEMPLATE: _table(
        words_templates.TemplateState,
        """
        draft    -> proposed, dropped
        proposed -> draft, approved, dropped
        approved ->
        dropped  ->
        """,
    ),
    Lifecycle.REGISTER_IMPORT: _table(
        register_sheets.ImportState,
        """
        draft      -> proposed, dropped
        proposed   -> draft, applied, dropped
        applied    -> undo_asked
        undo_asked -> applied, undone
        undone     ->
        dropped    ->
        """,
    ),
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

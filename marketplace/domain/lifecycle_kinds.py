"""What has states, and in which of them it may begin."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from marketplace.domain.monitoring_steps import MONITORED


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
    FRAME = "frame"
    CALL_OFF = "call_off"
    AMENDMENT = "amendment"
    TEMPLATE = "template"
    MAJEURE = "majeure"
    SEASON_PLAN = "season_plan"
    REGISTER_IMPORT = "register_import"
    POST_CHECK = "post_check"
    SAMPLE = "sample"
    FINDING = "finding"
    CASE = "case"
    RECALL = "recall"


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
    Lifecycle.FRAME: frozenset({"proposed"}),
    Lifecycle.CALL_OFF: frozenset({"posted"}),
    Lifecycle.AMENDMENT: frozenset({"proposed"}),
    Lifecycle.TEMPLATE: frozenset({"draft"}),
    Lifecycle.MAJEURE: frozenset({"notified"}),
    Lifecycle.SEASON_PLAN: frozenset({"proposed"}),
    Lifecycle.REGISTER_IMPORT: frozenset({"draft"}),
    **{Lifecycle(one): frozenset({how[2]}) for one, how in MONITORED.items()},
}

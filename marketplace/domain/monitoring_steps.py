"""The lifecycles of monitoring: states, legal steps, and the state to begin in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from marketplace.domain.monitoring import (
    CHECK_STEPS,
    FINDING_STEPS,
    SAMPLE_STEPS,
    CheckState,
    FindingState,
    SampleState,
)
from marketplace.domain.monitoring_cases import CASE_STEPS, CaseState
from marketplace.domain.recalls import RECALL_STEPS, RecallState

MONITORED: Mapping[str, tuple[type[StrEnum], str, str]] = {
    "post_check": (CheckState, CHECK_STEPS, "planned"),
    "sample": (SampleState, SAMPLE_STEPS, "taken"),
    "finding": (FindingState, FINDING_STEPS, "open"),
    "case": (CaseState, CASE_STEPS, "draft"),
    "recall": (RecallState, RECALL_STEPS, "open"),
}

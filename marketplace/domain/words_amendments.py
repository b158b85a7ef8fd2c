"""Words of a contract that both sides change while it is in force."""

from __future__ import annotations

from enum import StrEnum


class AmendmentState(StrEnum):
    """Of an amendment (phụ lục): it binds once both sides have signed its words."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class AmendmentReason(StrEnum):
    """Why the law lets a contract be changed; the grounds of each are dated rules."""

    AGREEMENT = "agreement"
    CHANGED_CIRCUMSTANCES = "changed_circumstances"
    FORCE_MAJEURE = "force_majeure"
    CHANGE_OF_LAW = "change_of_law"
    CORRECTION = "correction"

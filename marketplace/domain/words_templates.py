"""Words of the templates that contracts are worded by."""

from __future__ import annotations

from enum import StrEnum


class TemplateState(StrEnum):
    """Of one version of a template; only an approved one words a contract."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DROPPED = "dropped"


class TemplateStep(StrEnum):
    """What happened to a version, as its journal says."""

    SEEDED = "seeded"
    COPIED = "copied"
    SAVED = "saved"
    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    DROPPED = "dropped"

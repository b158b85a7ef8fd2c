"""Words of the register of papers: what happened to one, and how it can be sent."""

from __future__ import annotations

from enum import StrEnum


class PaperEventKind(StrEnum):
    """A step in the life of a certificate or a code."""

    SUBMITTED = "submitted"
    CHANGED = "changed"
    RETURNED = "returned"
    REFUSED = "refused"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"
    SUPERVISED = "supervised"
    REMINDED = "reminded"
    FILE_ADDED = "file_added"
    FILE_REPLACED = "file_replaced"


class IssuerLevel(StrEnum):
    """Which level of the State gives a paper."""

    DISTRICT = "district"
    PROVINCE = "province"
    CENTRAL = "central"

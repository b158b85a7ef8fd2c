"""Photos as evidence: of what, how many, and how large they may be."""

from __future__ import annotations

from enum import StrEnum

MIB = 1024 * 1024
MOST_BYTES = 24 * MIB  # of one request, as a phone without a script sends photos
MOST_SENT = 10 * MIB  # of one photo as it was taken
MOST_PIXELS = 25_000_000  # of one photo before it is shrunk
LONGEST_EDGE = 1600  # pixels of what is kept
LONGEST_EDGE_SMALL = 320
MOST_KEPT = 600_000  # bytes of a kept photo
MOST_KEPT_SMALL = 60_000  # bytes of its thumbnail


class PhotoOf(StrEnum):
    """The record that a photo belongs to."""

    NOTE = "note"
    INSPECTION = "inspection"
    CLAIM = "claim"
    MAJEURE = "majeure"

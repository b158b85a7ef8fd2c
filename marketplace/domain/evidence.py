"""Files as evidence of what happened to a chain: which kinds, how large."""

from __future__ import annotations

from enum import StrEnum

MIB = 1024 * 1024
MOST_FILES = 6
MOST_FILE = 4 * MIB
MOST_NAME = 120
PDF_HEAD = b"%PDF-"


class MediaType(StrEnum):
    """What is kept: photos are drawn anew as JPEG, a report stays a PDF."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"

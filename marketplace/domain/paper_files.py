"""Copies of papers that people send: which kinds, how many, how large."""

from __future__ import annotations

from enum import StrEnum

from marketplace.domain.photos import MIB

MOST_FILES = 6  # of one paper at a time; what was replaced is not counted
MOST_PDF = 5 * MIB  # of one PDF, which is kept as it was sent
MOST_NAME = 100  # letters of a file's name


class FileKind(StrEnum):
    """What a copy is once it is kept."""

    PDF = "pdf"
    JPEG = "jpeg"

"""What an officer asks of a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.domain.template_texts import ClauseText


@dataclass(frozen=True)
class WriteTemplate:
    """The words of a draft in their order, and from when they shall hold."""

    valid_from: date
    source: str
    reason: str
    texts: tuple[ClauseText, ...]

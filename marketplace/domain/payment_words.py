"""What the words of a payment say that it is for."""

from __future__ import annotations

import re

from marketplace.domain.text import fold

# "Phiếu giao nhận 3", "phiếu số 3", or as papers name it: "03/PGN".
# "Phiếu 3, 4" names two, so neither.
_NOTE = re.compile(
    r"\bphieu(?: giao nhan)?(?: so)? (\d{1,4})\b(?! ?(?:,|-|&|\+|va|den) ?\d)"
    r"|\b(\d{1,4}) ?/ ?pgn\b",
    re.ASCII,
)


def named_note(words: str) -> int | None:
    """The number of the delivery note that is named; None unless it is exactly one."""
    found = {int(one[1] or one[2]) for one in _NOTE.finditer(fold(words))}
    return found.pop() if len(found) == 1 else None

"""The number of a lot: GS1 application identifier 10, at most 20 characters.

A number that we draw is the day and six random characters: who knows one box cannot
count up to the next (thirty bits a day and organisation). A number of one's own for
what leaves the shed gets such characters too.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date
from urllib.parse import unquote

from marketplace.domain.errors import N_, Refused

# GS1 General Specifications, figure 7.11-1 (AI encodable character set 82).
_CHARSET_82 = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}""")
_DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: read aloud safely
TAIL = 6
_WITHIN = tuple(
    map(
        re.compile,
        (
            r"/10/([^/?#\s]+)",
            r"/q/([^/?#\s]+)",
            r"\(10\)([^()\s]+)",
            r"(?<!\d)(\d{18})(?!\d)",
        ),
    )
)
_TRACE_PARTS = 4
_LONGEST_NAME = 22  # the name of a page; a number has at most 20
LONGEST_OWN = 20 - 1 - TAIL


def draw_lot_code(day: date) -> str:
    """A new number for a lot of that day, such as `250809-7KQ2XM`."""
    return f"{day:%y%m%d}-{_spelled(secrets.token_bytes(TAIL))}"


def with_tail(code: str, event_id: str) -> str:
    """A number of one's own, at most LONGEST_OWN long, that none can be guessed from.

    The tail follows from the random id of the event that makes the lot: what a phone
    sends twice is the same twice.
    """
    seed = hashlib.sha256(f"{event_id}:{code}".encode()).digest()
    return f"{code}-{_spelled(seed[:TAIL])}" if code else ""


def _spelled(drawn: bytes) -> str:
    return "".join(_DRAWN[one % 32] for one in drawn)


def codes_in(text: str) -> frozenset[str]:
    """The lot numbers, and names of pages, that a typed or scanned text may hold.

    A number by itself, an address with `/10/` or `/q/`, the line under a bar code
    `(01)...(10)...`, a pallet's 18 digits, or a trace code: product, place, lot and
    day with dots.
    """
    whole = text.strip()
    found = {whole, whole.upper()}
    for pattern in _WITHIN:
        found |= {unquote(one) for one in pattern.findall(whole)}
    parts = whole.split(".")
    if len(parts) >= _TRACE_PARTS:
        found.add(".".join(parts[2:-1]))
    return frozenset(one for one in found if 0 < len(one) <= _LONGEST_NAME)


def check_lot_code(code: str) -> str:
    """The code itself; Refused if it cannot stand in a GS1 element string or address.

    Browsers take a part of an address that is `.` or `..` away, also when encoded: the
    code on the box would lead to the goods and never to the lot.
    """
    if not _CHARSET_82.fullmatch(code):
        raise Refused(
            N_("Mã lô nhiều nhất 20 ký tự, không dấu cách, chữ không dấu"), "code"
        )
    if code in (".", ".."):
        raise Refused(N_("Mã lô cần có chữ hoặc số"), "code")
    return code

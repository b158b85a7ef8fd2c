"""GS1 identifiers as text: element strings for bar codes, Digital Link addresses.

What GS1's General Specifications say of the few application identifiers (AI) that a
box of fruit needs: digits, character set and check digit of each value, which of them
end by themselves, and in which order a Digital Link names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import gs1_check_digit, is_gs1_number

FNC1 = "\x1d"
"""Ends a value of no fixed length in a bar code."""
CANONICAL = "https://id.gs1.org"
"""Where the canonical form of every Digital Link lies (URI syntax, section 4.12)."""

_TEXT = r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}"""
_DAY = r"\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
_VALUES: Mapping[str, str] = {
    "00": r"\d{18}",  # SSCC
    "01": r"\d{14}",  # GTIN
    "10": _TEXT,  # lot
    "11": _DAY,  # made on
    "13": _DAY,  # packed on
    "15": _DAY,  # best before
    "17": _DAY,  # use by
    "21": _TEXT,  # serial
    "22": _TEXT,  # variant of a consumer product
    "254": _TEXT,  # extension of a location number
    "3103": r"\d{6}",  # net weight in grams
    "37": r"\d{1,8}",  # trade items contained
    "414": r"\d{13}",  # GLN of a place
    "417": r"\d{13}",  # GLN of a party
}
_CHECKED = frozenset({"00", "01", "414", "417"})
# Values that the first two digits of their AI give a length (figure 7.8.5-2).
_ENDING_BY_THEMSELVES = frozenset({"00", "01", "11", "13", "15", "17", "31", "41"})
_QUALIFIERS: Mapping[str, tuple[str, ...]] = {
    "01": ("22", "10", "21"),
    "00": (),
    "414": ("254",),
    "417": (),
}
GTIN_LENGTHS = (8, 12, 13, 14)
Elements = tuple[tuple[str, str], ...]


class BadElement(ValueError):
    """A text is not what GS1 allows here; the argument says where."""


def normalise_gtin(text: str, field: str = "gtin") -> str:
    """The fourteen digits of a GTIN-8, -12, -13 or -14; refused with what is wrong."""
    typed = re.sub(r"[\s.\-\u00a0]+", "", text)
    if not (typed.isascii() and typed.isdigit() and len(typed) in GTIN_LENGTHS):
        raise Refused(N_("Mã GTIN có 8, 12, 13 hoặc 14 số"), field)
    right = gs1_check_digit(typed[:-1])
    if int(typed[-1]) != right:
        raise Refused(
            N_("Số kiểm tra cuối phải là %(right)s, xem lại từng số"),
            field,
            right=str(right),
        )
    return typed.zfill(14)


def complete(body: str, length: int) -> str:
    """The number of that length whose other digits are `body`; adds the check digit."""
    if len(body) != length - 1 or not (body.isascii() and body.isdigit()):
        raise BadElement(body)
    return f"{body}{gs1_check_digit(body)}"


def is_sscc(text: str) -> bool:
    """Whether these are eighteen digits that check."""
    if not re.fullmatch(r"[0-9]{18}", text):
        return False
    return gs1_check_digit(text[:-1]) == int(text[-1])


def day_value(day: date) -> str:
    """A day as AI 11, 13, 15 and 17 write it: YYMMDD."""
    return f"{day:%y%m%d}"


def grams_value(grams: int) -> str:
    """A net weight as AI 3103 writes it: kilograms with three decimals."""
    if not 0 <= grams <= 999_999:
        raise BadElement(str(grams))
    return f"{grams:06d}"


def check_element(ai: str, value: str) -> tuple[str, str]:
    """The pair itself; BadElement if the AI is unknown or the value not allowed."""
    pattern = _VALUES.get(ai)
    if pattern is None or not re.fullmatch(pattern, value, re.ASCII):
        raise BadElement(f"({ai}){value}")
    right = is_sscc if ai == "00" else is_gs1_number
    if ai in _CHECKED and not right(value):
        raise BadElement(f"({ai}){value}")
    return ai, value


def element_string(pairs: Iterable[tuple[str, str]]) -> str:
    """What a bar code carries; values without a fixed length end with FNC1."""
    text = ""
    for ai, value in pairs:
        check_element(ai, value)
        text += f"{ai}{value}"
        text += "" if ai[:2] in _ENDING_BY_THEMSELVES else FNC1
    return text.removesuffix(FNC1)


def readable(pairs: Iterable[tuple[str, str]]) -> str:
    """The same for people: each AI in brackets."""
    return "".join(f"({ai}){value}" for ai, value in pairs)


def parse_elements(text: str) -> Elements:
    """The pairs of a bar code; BadElement where it stops making sense."""
    found = []
    while text:
        ai = next((one for one in _VALUES if text.startswith(one)), "")
        if not ai:
            raise BadElement(text)
        rest = text[len(ai) :]
        if ai[:2] in _ENDING_BY_THEMSELVES:
            length = {"00": 18, "01": 14, "414": 13, "417": 13}.get(ai, 6)
            value, text = rest[:length], rest[length:].removeprefix(FNC1)
        else:
            value, _end, text = rest.partition(FNC1)
        found.append(check_element(ai, value))
    return tuple(found)


@dataclass(frozen=True)
class DigitalLink:
    """A key, what narrows it, and what is said of it, as AI and value."""

    key: tuple[str, str]
    qualifiers: Elements = ()
    attributes: Elements = ()

    def path(self) -> str:
        """`/01/{gtin}/10/{lot}`, in the order of the standard."""
        order = _QUALIFIERS[self.key[0]]
        narrowing = sorted(self.qualifiers, key=lambda pair: order.index(pair[0]))
        parts = [part for pair in (self.key, *narrowing) for part in pair]
        return "/" + "/".join(quote(part, safe="") for part in parts)

    def uri(self, base: str = CANONICAL) -> str:
        """The address; attributes in the order of their AI, so that two are one."""
        said = "&".join(
            f"{ai}={quote(v, safe='')}" for ai, v in sorted(self.attributes)
        )
        return base.rstrip("/") + self.path() + (f"?{said}" if said else "")

    def elements(self) -> Elements:
        """All of it as pairs for a bar code."""
        return (self.key, *self.qualifiers, *self.attributes)


def build_link(pairs: Iterable[tuple[str, str]]) -> DigitalLink:
    """The link of these pairs, the first of which is the key; BadElement if none."""
    checked = [check_element(ai, value) for ai, value in pairs]
    if not checked or checked[0][0] not in _QUALIFIERS:
        raise BadElement(readable(checked))
    if len({ai for ai, _ in checked}) != len(checked):
        raise BadElement(readable(checked))
    allowed = _QUALIFIERS[checked[0][0]]
    narrowing = [pair for pair in checked[1:] if pair[0] in allowed]
    narrowing.sort(key=lambda pair: allowed.index(pair[0]))
    said = sorted(pair for pair in checked[1:] if pair[0] not in allowed)
    return DigitalLink(checked[0], tuple(narrowing), tuple(said))


def parse_link(uri: str) -> DigitalLink:
    """What an address says; BadElement if it is no Digital Link.

    A prefix of the path and parameters that are no AI are passed over; a GTIN of
    8, 12 or 13 digits is filled up; qualifiers out of order are an error.
    """
    scheme, host, path, asked, _fragment = urlsplit(uri)
    if scheme not in ("http", "https") or not host:
        raise BadElement(uri)
    parts = [unquote(part) for part in path.split("/")]
    start = next((at for at, part in enumerate(parts) if part in _QUALIFIERS), None)
    if start is None or (len(parts) - start) % 2:
        raise BadElement(uri)
    pairs = list(zip(parts[start::2], parts[start + 1 :: 2], strict=True))
    if pairs[0][0] == "01" and len(pairs[0][1]) in GTIN_LENGTHS:
        pairs[0] = ("01", pairs[0][1].zfill(14))
    order = [pairs[0][0], *_QUALIFIERS[pairs[0][0]]]
    places = [order.index(ai) if ai in order else -1 for ai, _ in pairs]
    if -1 in places or places != sorted(set(places)):
        raise BadElement(uri)
    said = [(ai, value) for ai, value in parse_qsl(asked) if ai in _VALUES]
    return build_link([*pairs, *dict(said).items()])

"""One spelling of what GS1 keys identify, whatever address or URN names them.

CBV 2.0, rules 17 and 18 of the event hash: EPC URNs become GS1 Digital Link URIs, the
domain becomes id.gs1.org, the query goes, and only the finest level stays.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

HOME = "https://id.gs1.org"
# Keys, the digits they begin with, and the qualifiers that stay, finest last.
_KEYS = {
    "00": (r"\d{18}", ()),
    "01": (r"\d{8}|\d{12,14}", ("235", "10", "21")),
    "253": (r"\d{13}.{0,17}", ()),
    "255": (r"\d{13,25}", ()),
    "401": (r".{1,30}", ()),
    "402": (r"\d{17}", ()),
    "414": (r"\d{13}", ("254",)),
    "417": (r"\d{13}", ()),
    "8003": (r"\d{14}.{0,16}", ()),
    "8004": (r".{1,30}", ()),
    "8006": (r"\d{18}", ("10", "21")),
    "8010": (r".{1,30}", ("8011",)),
    "8017": (r"\d{18}", ()),
    "8018": (r"\d{18}", ()),
}
_SHORT = {"gtin": "01", "lot": "10", "ser": "21", "sscc": "00", "gln": "414"}
_SHORT |= {"party": "417", "gdti": "253", "cpv": "22", "glnx": "254"}
# EPC URNs: the key, how many digits it has with its check digit, the qualifier.
_URN = re.compile(r"urn:epc:(?:id|class|idpat):([a-z]+):([^?#]+)")
URN_KINDS: dict[str, tuple[str, int, str]] = {
    "sgtin": ("01", 14, "21"),
    "lgtin": ("01", 14, "10"),
    "sgln": ("414", 13, "254"),
    "pgln": ("417", 13, ""),
    "sscc": ("00", 18, ""),
    "gdti": ("253", 13, "+"),
    "grai": ("8003", 13, "+"),
    "gsrn": ("8018", 18, ""),
    "gsrnp": ("8017", 18, ""),
}
_INDICATED = frozenset({"sgtin", "lgtin", "sscc"})  # their first digit comes first


def canonical_uri(value: str) -> str:
    """The one spelling of a GS1 identifier; anything else as it was."""
    if value.startswith("urn:epc:"):
        return _of_urn(value) or value
    if value.startswith(("https://", "http://")):
        return _of_link(value) or value
    return value


def check_digit(digits: str) -> str:
    """The check digit that GS1 puts behind these digits."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1)
        for place, digit in enumerate(reversed(digits))
    )
    return str(-total % 10)


def _of_link(value: str) -> str | None:
    parts = parts_of_link(value)
    for place, key in enumerate(parts[:-1]):
        if key in _KEYS and re.fullmatch(_KEYS[key][0], parts[place + 1]):
            return _spelled(key, parts[place + 1], parts[place + 2 :])
    return None


def parts_of_link(value: str) -> list[str]:
    """The keys and numbers in the path of an address; none if it is no address."""
    if not value.startswith(("https://", "http://")):
        return []
    parts = [unquote(part) for part in _path(value).split("/")[1:] if part]
    return [_SHORT.get(part, part) for part in parts]


def _path(value: str) -> str:
    try:
        return urlsplit(value).path
    except ValueError:  # a bracket that opens no address
        return ""


def _spelled(key: str, number: str, rest: list[str]) -> str:
    qualifiers = dict(zip(rest[::2], rest[1::2], strict=False))
    start = f"{HOME}/{key}/{number.zfill(14) if key == '01' else quote(number)}"
    for finest in reversed(_KEYS[key][1]):
        if finest in qualifiers:
            return f"{start}/{finest}/{quote(qualifiers[finest], safe='')}"
    return start


def _of_urn(value: str) -> str | None:
    match = _URN.fullmatch(value)
    if match is None or match[1] not in URN_KINDS:
        return None
    kind, parts = match[1], match[2].split(".", 2)
    key, length, qualifier = URN_KINDS[kind]
    digits = joined_digits(kind, parts)
    if not digits.isdecimal() or len(digits) != length - 1:
        return None
    number = digits + check_digit(digits)
    own = unquote(parts[2]) if len(parts) > 2 else ""
    if qualifier == "+":
        number = ("0" if kind == "grai" else "") + number + own
        return f"{HOME}/{key}/{quote(number)}"
    if not qualifier or own in ("", "*") or (kind == "sgln" and own == "0"):
        return f"{HOME}/{key}/{number}"
    return f"{HOME}/{key}/{number}/{qualifier}/{quote(own, safe='')}"


def joined_digits(kind: str, parts: list[str]) -> str:
    """Company prefix and reference as the key spells them, without check digit."""
    company, reference = parts[0], parts[1] if len(parts) > 1 else ""
    if kind in _INDICATED:
        return reference[:1] + company + reference[1:]
    return company + reference

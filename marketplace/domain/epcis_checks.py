"""What the JSON schema of EPCIS does not see: words, namespaces, identifiers, times.

Each check yields `Fault`s with the place of what is wrong, as JSON pointers, in the
English of the standard: whoever reads them writes software.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from marketplace.domain.epcis_words import (
    CBV,
    CONTEXTS,
    PREFIXES,
    WORD_OF_FIELD,
    full_word,
)
from marketplace.domain.gs1_uris import canonical_uri, check_digit

SLACK = timedelta(minutes=10)  # the sender's clock may run ahead of ours
OLDEST = 2000  # the year before which nobody here captured anything

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_GTIN = re.compile(r"https://id\.gs1\.org/01/(\d{14})(?:/|$)")
_GLN = re.compile(r"https://id\.gs1\.org/41[47]/(\d{13})(?:/|$)")
_QUANTITIES = (
    *("quantityList", "childQuantityList"),
    *("inputQuantityList", "outputQuantityList"),
)
_TYPED = ("bizTransaction", "source", "destination")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: `/epcisBody/eventList/0/bizStep`."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def read_instant(text: object) -> datetime | None:
    """A moment with its offset, None for anything else."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone()  # a year that no zone can shift is no moment
    except (ValueError, OverflowError, OSError):
        return None
    return moment


def is_uri(text: object) -> bool:
    """Whether the text is a URI with a scheme (RFC 3986)."""
    if not isinstance(text, str) or not _URI.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme not in ("http", "https") or bool(parts.netloc)


def prefixes_of(*contexts: object) -> dict[str, str]:
    """The prefixes that these contexts declare, those of EPCIS among them."""
    known = dict(PREFIXES)
    for context in contexts:
        for one in context if isinstance(context, list) else [context]:
            if isinstance(one, Mapping):
                known |= {k: v for k, v in one.items() if isinstance(v, str)}
    return known


def check_document(document: Mapping[str, Any], now: datetime) -> Iterator[Fault]:
    """What is wrong with a document as a whole; its events are checked one by one."""
    yield from _context(document.get("@context"))
    version = str(document.get("schemaVersion", ""))
    if version.partition(".")[0] != "2":
        yield Fault("/schemaVersion", f"only EPCIS 2 is understood, not {version!r}")
    created = read_instant(document.get("creationDate"))
    if created is not None and created > now + SLACK:
        yield Fault("/creationDate", "lies in the future")


def _context(context: object) -> Iterator[Fault]:
    named = context if isinstance(context, list) else [context]
    if not any(isinstance(one, str) and one.startswith(CONTEXTS) for one in named):
        yield Fault("/@context", "does not name the context of EPCIS 2.0")
    for one in named:
        if isinstance(one, Mapping):
            for prefix, space in one.items():
                if prefix in PREFIXES and space != PREFIXES[prefix]:
                    yield Fault("/@context", f"gives {prefix!r} another meaning")
                elif not is_uri(space):
                    yield Fault("/@context", f"{prefix!r} stands for no URI")


def check_event(
    event: Mapping[str, Any], prefixes: Mapping[str, str], now: datetime, at: str = ""
) -> Iterator[Fault]:
    """What is wrong with an event that the schema has let through."""
    known = {**prefixes, **prefixes_of(event.get("@context"))}
    yield from _words(event, at)
    yield from _namespaces(event, known, at)
    yield from _goods(event, at)
    yield from _identifiers(event, at)
    yield from _times(event, now, at)


def _words(event: Mapping[str, Any], at: str) -> Iterator[Fault]:
    for name in ("bizStep", "disposition"):
        if name in event:
            yield from _word(name, event[name], f"{at}/{name}")
    for key, values in event.get("persistentDisposition", {}).items():
        for one in values:
            yield from _word("disposition", one, f"{at}/persistentDisposition/{key}")
    for field in _TYPED:
        yield from _types(field, event.get(f"{field}List", ()), f"{at}/{field}List")
    declared = event.get("errorDeclaration", {})
    if "reason" in declared:
        yield from _word("reason", declared["reason"], f"{at}/errorDeclaration/reason")


def _types(field: str, told: Sequence[Any], at: str) -> Iterator[Fault]:
    for n, one in enumerate(told):
        if "type" in one:
            yield from _word(field, one["type"], f"{at}/{n}/type")


def _word(field: str, value: str, at: str) -> Iterator[Fault]:
    start, known = WORD_OF_FIELD[field]
    whole = full_word(field, value)
    if whole.startswith(CBV) and whole.removeprefix(start) not in known:
        yield Fault(at, f"{value!r} is no word of CBV 2.0")
    elif "gs1.org" in (urlsplit(whole).hostname or "") and not whole.startswith(CBV):
        yield Fault(at, f"{value!r} pretends to be a word of GS1")


def _namespaces(value: object, known: Mapping[str, str], at: str) -> Iterator[Fault]:
    """Each prefix of an extension is declared; without one nothing is an extension."""
    if isinstance(value, list):
        for n, one in enumerate(value):
            yield from _namespaces(one, known, f"{at}/{n}")
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name == "@context":
                continue
            prefix, colon, rest = name.partition(":")
            if colon and prefix not in known and not _is_whole(prefix, rest):
                yield Fault(f"{at}/{name}", f"the prefix {prefix!r} is not declared")
            yield from _namespaces(one, known, f"{at}/{name}")


def _is_whole(prefix: str, rest: str) -> bool:
    return prefix in ("http", "https", "urn") and len(rest) > 2


def _goods(event: Mapping[str, Any], at: str) -> Iterator[Fault]:
    for name in _QUANTITIES:
        for n, one in enumerate(event.get(name, ())):
            place = f"{at}/{name}/{n}"
            if "quantity" in one and not 0 < one["quantity"] < 10**12:
                yield Fault(f"{place}/quantity", "is not above zero and below 10^12")
            if "uom" in one and "quantity" not in one:
                yield Fault(f"{place}/uom", "a unit without a quantity")
            if str(one.get("epcClass", "")).startswith("urn:epc:id:"):
                yield Fault(f"{place}/epcClass", "names one object, not a class")


def _identifiers(value: object, at: str) -> Iterator[Fault]:
    if isinstance(value, list):
        for n, one in enumerate(value):
            yield from _identifiers(one, f"{at}/{n}")
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _identifiers(one, f"{at}/{name}")
    elif isinstance(value, str):
        yield from _checked(value, at)


def _checked(value: str, at: str) -> Iterator[Fault]:
    spelled = canonical_uri(value)
    for kind, pattern in (("GTIN", _GTIN), ("GLN", _GLN)):
        match = pattern.match(spelled)
        if match and check_digit(match[1][:-1]) != match[1][-1]:
            yield Fault(at, f"the check digit of the {kind} {match[1]} is wrong")


def _times(event: Mapping[str, Any], now: datetime, at: str) -> Iterator[Fault]:
    happened = read_instant(event.get("eventTime"))
    recorded = read_instant(event.get("recordTime"))
    if happened is not None and happened > now + SLACK:
        yield Fault(f"{at}/eventTime", "lies in the future")
    if happened is not None and happened.year < OLDEST:
        yield Fault(f"{at}/eventTime", f"lies before the year {OLDEST}")
    if happened and recorded and recorded < happened:
        yield Fault(f"{at}/recordTime", "is earlier than eventTime")
    yield from _declared(event.get("errorDeclaration"), happened, now, at)
    for n, one in enumerate(event.get("sensorElementList", ())):
        yield from _spans(one.get("sensorMetadata", {}), f"{at}/sensorElementList/{n}")


def _declared(
    declaration: object, happened: datetime | None, now: datetime, at: str
) -> Iterator[Fault]:
    if not isinstance(declaration, Mapping):
        return
    declared = read_instant(declaration.get("declarationTime"))
    place = f"{at}/errorDeclaration/declarationTime"
    if declared is not None and declared > now + SLACK:
        yield Fault(place, "lies in the future")
    if declared and happened and declared < happened:
        yield Fault(place, "is earlier than eventTime")


def _spans(told: Mapping[str, Any], at: str) -> Iterator[Fault]:
    first, last = read_instant(told.get("startTime")), read_instant(told.get("endTime"))
    if first and last and last < first:
        yield Fault(f"{at}/sensorMetadata/endTime", "is earlier than startTime")


def check_once(events: Sequence[Mapping[str, Any]], at: str) -> Iterator[Fault]:
    """Two events of one document have one id only if one declares the other wrong."""
    seen: set[tuple[str, bool]] = set()
    for n, event in enumerate(events):
        key = (str(event.get("eventID", "")), "errorDeclaration" in event)
        if key[0] and key in seen:
            yield Fault(f"{at}/{n}/eventID", "stands twice in this document")
        seen.add(key)

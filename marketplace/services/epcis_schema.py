"""Documents of EPCIS 2.0 against the JSON schema of GS1, and against what it misses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from marketplace.domain.epcis_checks import (
    Fault,
    check_document,
    check_event,
    check_once,
    is_uri,
    prefixes_of,
    read_instant,
)

_SCHEMA = Path(__file__).parents[1] / "reference" / "epcis-2.0.schema.json"
EVENTS = "/epcisBody/eventList"
MOST_FAULTS = 50


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    formats = FormatChecker(formats=())
    formats.checks("uri")(lambda text: not isinstance(text, str) or is_uri(text))
    formats.checks("date-time")(
        lambda text: not isinstance(text, str) or read_instant(text) is not None
    )
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return Draft7Validator(schema, format_checker=formats)


def faults_of_document(document: object, now: datetime) -> list[Fault]:
    """All that is wrong with an EPCIS document, at most fifty things; empty if valid."""
    faults = list(_schema_faults(document, ""))
    if faults or not isinstance(document, Mapping):
        return faults
    faults = list(check_document(document, now))
    prefixes = prefixes_of(document.get("@context"))
    events = document.get("epcisBody", {}).get("eventList", [])
    for n, event in enumerate(events):
        faults += check_event(event, prefixes, now, f"{EVENTS}/{n}")
    return [*faults, *check_once(events, EVENTS)][:MOST_FAULTS]


def _schema_faults(value: object, at: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(at or "/", "is not a JSON object")
        return
    for n, error in enumerate(_validator().iter_errors(value)):
        if n == MOST_FAULTS:
            return
        cause = _cause(error)
        place = "".join(f"/{part}" for part in cause.absolute_path)
        yield Fault(f"{at}{place}" or "/", _said(cause))


def _cause(error: ValidationError) -> ValidationError:
    """The innermost thing that is wrong: the schema nests its alternatives deeply."""
    found = best_match([error])
    return found if isinstance(found, ValidationError) else error


def _said(error: ValidationError) -> str:
    """The message, short: values of others are not repeated at length."""
    return str(error.message)[:300]

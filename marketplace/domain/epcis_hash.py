"""The event hash of CBV 2.0: one name for an event, however it is spelled.

The fields of an event are joined in the order of the standard, their lists sorted,
their words and identifiers in one spelling; SHA-256 of that text, in the form of RFC
6920, is the id. What is not hashed: the id itself, when it was recorded, an error
declaration, certification and comments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from marketplace.domain.epcis_words import PREFIXES, WORD_OF_FIELD, full_word
from marketplace.domain.gs1_uris import canonical_uri

Json = Mapping[str, Any]

_METADATA = (
    *("time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData"),
    *("dataProcessingMethod", "bizRules"),
)
_REPORT = (
    *("type", "exception", "deviceID", "deviceMetadata", "rawData"),
    *("dataProcessingMethod", "time", "microorganism", "chemicalSubstance", "value"),
    *("component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue"),
    *("minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom"),
    "coordinateReferenceSystem",
)
_ORDER = (
    *("eventTime", "eventTimeZoneOffset", "epcList", "parentID", "inputEPCList"),
    *("childEPCs", "quantityList", "childQuantityList", "inputQuantityList"),
    *("outputEPCList", "outputQuantityList", "action", "transformationID", "bizStep"),
    *("disposition", "persistentDisposition", "readPoint", "bizLocation"),
    *("bizTransactionList", "sourceList", "destinationList", "sensorElementList"),
    "ilmd",
)
_TIMES = frozenset({"eventTime", "time", "startTime", "endTime"})
_NOT_HASHED = frozenset({"@context", "comment", "rdfs:comment"})


def event_hash(event: Json, prefixes: Mapping[str, str] | None = None) -> str:
    """The id of an event; `prefixes` are those that its document declares."""
    text = canonical_text(event, prefixes).encode()
    return f"ni:///sha-256;{hashlib.sha256(text).hexdigest()}?ver=CBV2.0"


def canonical_text(event: Json, prefixes: Mapping[str, str] | None = None) -> str:
    """What is hashed of an event: the pre-hash text of the standard."""
    return _Speller({**PREFIXES, **(prefixes or {})}).event(event)


class _Speller:
    """Spells the parts of one event; it knows the prefixes of its document."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.parts: dict[str, Callable[[str, Any], str]] = {
            "persistentDisposition": self._dispositions,
            "readPoint": self._place,
            "bizLocation": self._place,
            "sensorElementList": self._sensors,
            "ilmd": lambda name, value: name + self._extensions(value),
            **dict.fromkeys(
                ("epcList", "inputEPCList", "childEPCs", "outputEPCList"), self._epcs
            ),
            **dict.fromkeys(
                (
                    *("quantityList", "childQuantityList"),
                    *("inputQuantityList", "outputQuantityList"),
                ),
                self._quantities,
            ),
            **dict.fromkeys(
                ("bizTransactionList", "sourceList", "destinationList"), self._typed
            ),
        }

    def event(self, event: Json) -> str:
        known = [
            self.parts.get(name, self._single)(name, event[name])
            for name in _ORDER
            if event.get(name) not in (None, "", [], {})
        ]
        return f"eventType={event.get('type', '')}{''.join(known)}" + self._extensions(
            event
        )

    def _single(self, name: str, value: Any) -> str:
        if name in WORD_OF_FIELD:
            value = full_word(name, str(value).strip())
        return f"{name}={self._value(name, value)}"

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float | Decimal):
            return _number(value)
        text = str(value).strip()
        if name in _TIMES:
            return _instant(text)
        return canonical_uri(self._expanded(text))

    def _expanded(self, text: str) -> str:
        prefix, colon, rest = text.partition(":")
        if colon and prefix in self.prefixes and not rest.startswith("//"):
            return self.prefixes[prefix] + rest
        return text

    def _epcs(self, name: str, value: Sequence[Any]) -> str:
        return _list(name, (self._single("epc", one) for one in value))

    def _quantities(self, name: str, value: Sequence[Json]) -> str:
        order = ("epcClass", "quantity", "uom")
        return _list(name, ("quantityElement" + self._of(one, order) for one in value))

    def _of(self, element: Json, order: Iterable[str]) -> str:
        return "".join(
            self._single(name, element[name]) for name in order if name in element
        )

    def _typed(self, name: str, value: Sequence[Json]) -> str:
        field = name.removesuffix("List")
        return _list(name, (self._one_typed(field, one) for one in value))

    def _one_typed(self, field: str, one: Json) -> str:
        text = self._single("id", one.get(field, "")).replace("id=", f"{field}=", 1)
        return text + (f"type={full_word(field, one['type'])}" if "type" in one else "")

    def _dispositions(self, name: str, value: Json) -> str:
        said = (
            _list("", (f"{key}={full_word('disposition', one)}" for one in value[key]))
            for key in ("set", "unset")
            if key in value
        )
        return name + "".join(said)

    def _place(self, name: str, value: Json) -> str:
        return f"{name}{self._of(value, ('id',))}{self._extensions(value)}"

    def _sensors(self, name: str, value: Sequence[Json]) -> str:
        return _list(name, (self._sensor(one) for one in value))

    def _sensor(self, one: Json) -> str:
        told = one.get("sensorMetadata")
        text = "sensorElement"
        if told:
            text += "sensorMetadata" + self._of(told, _METADATA)
            text += self._extensions(told)
        reports = (
            "sensorReport" + self._of(self._report(report), _REPORT)
            + self._extensions(report)
            for report in one.get("sensorReport", ())
        )  # fmt: skip
        return text + _list("", reports) + self._extensions(one)

    def _report(self, report: Json) -> Json:
        """A measure stands bare in JSON, as the other standard words do."""
        kind = str(report.get("type", ""))
        bare = kind if ":" in kind else self.prefixes["gs1"] + kind
        return {**report, "type": bare}

    def _extensions(self, value: Json) -> str:
        return _list(
            "",
            (
                text
                for name, one in value.items()
                if ":" in name and name not in _NOT_HASHED
                for text in self._extension(self._key(name), one)
            ),
        )

    def _extension(self, key: str, value: Any) -> list[str]:
        if isinstance(value, list):
            return [text for one in value for text in self._extension(key, one)]
        if isinstance(value, Mapping):
            return [key + self._extensions(value)]
        return [f"{key}={self._value('', value)}"]

    def _key(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix in self.prefixes:
            return f"{{{self.prefixes[prefix]}}}{local}"
        cut = max(name.rfind(sign) for sign in "/#:") + 1
        return f"{{{name[:cut]}}}{name[cut:]}"


def _list(name: str, spelled: Iterable[str]) -> str:
    return name + "".join(sorted(spelled))


def _number(value: float | Decimal) -> str:
    exact = Decimal(str(value))
    return f"{exact.normalize():f}" if exact.is_finite() else str(value)


def _instant(text: str) -> str:
    """The moment in UTC to a thousandth, half a thousandth rounded up."""
    try:
        moment = datetime.fromisoformat(text)
        whole = moment.astimezone(UTC) + timedelta(microseconds=500)
    except (ValueError, OverflowError):
        return text
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03d}Z"

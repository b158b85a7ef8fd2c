"""One spelling of a content, so that two parties sign the same bytes.

JSON with sorted keys, no spaces, NFC text, days and instants as ISO text, and
whole numbers only: quantities, money and areas come as kg, đồng and m².
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

SCHEMA_VERSION = 1


def canonical_bytes(content: Mapping[str, object]) -> bytes:
    """The UTF-8 bytes that are hashed and signed.

    TypeError for a float, a Decimal or anything else that has two spellings;
    ValueError for a naive instant or two keys that are one after NFC.
    """
    sealed = {"schema": SCHEMA_VERSION, **content}
    return json.dumps(
        _plain(sealed), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest_of(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(content)).hexdigest()


def digest_of_text(canonical: str) -> str:
    """SHA-256 of a content that was stored in its one spelling."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def short_digest(digest: str) -> str:
    """The sign people compare by eye: `9F2C-41A7`."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _object(value: Mapping[object, object]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{type(key).__name__} is no canonical key")
        name = unicodedata.normalize("NFC", str(key))
        if name in result:
            raise ValueError(f"two keys are spelled {name!r}")
        result[name] = _plain(item)
    return result


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant without a zone has no canonical form")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

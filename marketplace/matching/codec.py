"""Markets as JSON values, and the digest of a market.

The keys are the names of the dataclass fields. The digest is the SHA-256 of
the market in canonical form: rows by id, sets sorted, no space between tokens.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import TypeVar

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.instance import (
    Lot,
    Market,
    Need,
    Reference,
    Segment,
    Transport,
)

Row = TypeVar("Row", Lot, Need, Reference, Segment, Transport)
TYPES: dict[object, dict[str, str]] = {
    kind: {field.name: str(field.type) for field in fields(kind)}
    for kind in (Lot, Need, Reference, Segment, Transport)
}


def digest_of(market: Market) -> str:
    """SHA-256 in hexadecimal digits; the same for any order of rows."""
    text = json.dumps(market_to_data(market), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def market_to_data(market: Market) -> dict[str, object]:
    """The canonical form of a market."""
    return {
        "lots": [_lot_to_data(lot) for lot in market.in_order().lots],
        "needs": [_need_to_data(need) for need in market.in_order().needs],
        "transport": _transport_to_data(market.transport),
        "references": {
            str(product): asdict(band)
            for product, band in sorted(market.references.items())
        },
        "price_step_vnd": market.price_step_vnd,
        "price_give_per_mille": market.price_give_per_mille,
        "market_bits": market.market_bits,
        "apart": sorted(list(pair) for pair in market.apart),
    }


def _transport_to_data(transport: Transport) -> dict[str, object]:
    """JSON knows no infinity: null stands for it."""
    if math.isinf(transport.km_per_day):
        return asdict(transport) | {"km_per_day": None}
    return asdict(transport)


def _lot_to_data(lot: Lot) -> dict[str, object]:
    data = asdict(lot)
    data["segments"] = [asdict(segment) for segment in sorted(lot.segments)]
    data["grade_kg"] = sorted(list(share) for share in lot.grade_kg)
    data["window"] = list(lot.window) if lot.window else None
    return data


def _need_to_data(need: Need) -> dict[str, object]:
    return asdict(need) | {"varieties": sorted(need.varieties)}


def market_from_data(data: object) -> Market:
    """Read a market; raises MalformedInstance with the path of the fault."""
    top = _mapping(data, "$")
    lots = [_lot(row, f"lots[{i}]") for i, row in enumerate(_rows(top, "lots"))]
    needs = [_need(row, f"needs[{i}]") for i, row in enumerate(_rows(top, "needs"))]
    bands = _mapping(top.get("references", {}), "references")
    return Market(
        lots=tuple(lots),
        needs=tuple(needs),
        transport=_transport(top.get("transport"), "transport"),
        references={
            _key(product, "references"): _row(Reference, band, f"references.{product}")
            for product, band in bands.items()
        },
        price_step_vnd=_number(top.get("price_step_vnd", 100), "price_step_vnd"),
        price_give_per_mille=_number(
            top.get("price_give_per_mille", 0), "price_give_per_mille"
        ),
        market_bits=_number(top.get("market_bits", 0), "market_bits"),
        apart=frozenset(
            _two(pair, f"apart[{i}]") for i, pair in enumerate(_list(top, "apart"))
        ),
    )


def _transport(data: object, path: str) -> Transport:
    row = dict(_mapping(data, path))
    if row.get("km_per_day", 0) is None:
        row["km_per_day"] = math.inf
    return _row(Transport, row, path)


def _lot(data: object, path: str) -> Lot:
    row = dict(_mapping(data, path))
    segments = enumerate(_rows(row, "segments", path))
    row["segments"] = tuple(
        _row(Segment, segment, f"{path}.segments[{i}]") for i, segment in segments
    )
    shares = enumerate(_rows(row, "grade_kg", path))
    row["grade_kg"] = tuple(_two(s, f"{path}.grade_kg[{i}]") for i, s in shares)
    if row.get("window") is not None:
        row["window"] = _two(row["window"], f"{path}.window")
    return _row(Lot, row, path)


def _need(data: object, path: str) -> Need:
    row = dict(_mapping(data, path))
    numbers = enumerate(_rows(row, "varieties", path))
    row["varieties"] = frozenset(
        _number(n, f"{path}.varieties[{i}]") for i, n in numbers
    )
    return _row(Need, row, path)


def _row(kind: Callable[..., Row], data: object, path: str) -> Row:
    """A dataclass from a mapping of its fields; numbers are checked."""
    values = _mapping(data, path)
    types = TYPES[kind]
    for name, value in values.items():
        if name not in types:
            raise MalformedInstance(f"{path}.{name}", "unknown key")
        if types[name] == "int" or (types[name] == "int | None" and value is not None):
            _number(value, f"{path}.{name}")
        if types[name] == "float" and not isinstance(value, int | float):
            raise MalformedInstance(f"{path}.{name}", "not a number")
    try:
        return kind(**values)
    except TypeError as error:
        raise MalformedInstance(path, str(error)) from None


def _mapping(data: object, path: str) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise MalformedInstance(path, "not an object")
    return data


def _rows(data: Mapping[str, object], key: str, path: str = "$") -> list[object]:
    rows = data.get(key)
    if not isinstance(rows, list | tuple):
        raise MalformedInstance(f"{path}.{key}", "not a list")
    return list(rows)


def _list(data: Mapping[str, object], key: str) -> list[object]:
    """The rows under a key that may be missing."""
    return _rows(data, key) if key in data else []


def _number(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedInstance(path, "not a whole number")
    return value


def _key(text: str, path: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise MalformedInstance(f"{path}.{text}", "the key is not a whole number")
    return int(text)


def _two(data: object, path: str) -> tuple[int, int]:
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise MalformedInstance(path, "not a pair of numbers")
    return _number(data[0], path), _number(data[1], path)

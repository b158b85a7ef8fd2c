"""What single values of an EPCIS event mean here: weights, days, temperatures, ids."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from marketplace.domain.commands_lots import Where
from marketplace.domain.gs1_uris import HOME, canonical_uri
from marketplace.domain.words_trace import LotStep

KILOGRAMS = {"KGM": 1, "TNE": 1000}
"""Units of UN/CEFACT Recommendation 20 that count in whole kilograms."""
Json = Mapping[str, Any]


def key_of_event(organisation_id: int, event: Json) -> str:
    """The id under which the lot graph stores an event: the same every time."""
    seed = f"epcis:{organisation_id}:{event['eventID']}".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(seed).digest()[:16]).decode()[:22]


def whole_kg(goods: Json) -> int | None:
    """Whole kilograms; None for any other measure."""
    factor = KILOGRAMS.get(goods.get("uom", ""))
    if factor is None or "quantity" not in goods:
        return None
    kg = Decimal(str(goods["quantity"])) * factor
    return int(kg) if kg == kg.to_integral_value() and 0 < kg < 10**9 else None


def measured(event: Json) -> Where:
    """What was measured; places of others are no facilities of ours."""
    for element in event.get("sensorElementList", ()):
        for report in element["sensorReport"]:
            degrees = report.get("value")
            if (
                str(report.get("type", "")).endswith("Temperature")
                and report.get("uom") == "CEL"
                and isinstance(degrees, int | float)
                and -100 < degrees < 100
            ):
                return Where(temperature_c=round(Decimal(str(degrees)), 1))
    return Where()


def read_day(text: object) -> date | None:
    """A day as ISO 8601 writes it, None for anything else."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def lot_number(event: Json, goods: Json) -> str:
    """The number of the lot: of its GTIN (AI 10), or of its master data."""
    uri = canonical_uri(goods["epcClass"])
    if uri.startswith(f"{HOME}/01/") and "/10/" in uri:
        return unquote(uri.rpartition("/10/")[2])
    told = event.get("ilmd", {}).get("cbvmda:lotNumber", "")
    return told if isinstance(told, str) else ""


def step_of_making(told: object, step: str) -> LotStep | None:
    """Which of our steps makes lots out of lots; the word of ours comes first."""
    if told in (LotStep.SORT, LotStep.PACK, LotStep.DRY):
        return LotStep(str(told))
    if step in ("packing", "repackaging"):
        return LotStep.PACK
    return LotStep.SORT if step == "inspecting" else None

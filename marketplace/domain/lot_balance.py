"""Mass balance of a step: what comes out is what went in, less what was lost.

Sorting and packing may come out up to half a percent heavier than the inputs were
weighed (dossier TR-07): scales differ. Making another product divides by a ratio
within the band of the dated rule `conversion.<from>.<to>` (dossier 6.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number


def check_same_product(in_kg: int, out_kg: int, gain_permille: int) -> None:
    """Refused if more comes out than went in, the scales' difference allowed."""
    most_kg = in_kg + in_kg * gain_permille // 1000
    if out_kg > most_kg:
        raise Refused(
            N_(
                "Đưa vào %(kg)s kg thì ra nhiều nhất %(most)s kg, kể cả cân lệch"
                " %(percent)s%%"
            ),
            "made",
            kg=format_number(in_kg),
            percent=format_number(Decimal(gain_permille) / 10),
            most=format_number(most_kg),
        )


def check_conversion(in_kg: int, out_kg: int, ratio: Mapping[str, Any]) -> None:
    """Refused if the ratio in : out lies outside the band of the rule."""
    least, most = bounds(in_kg, ratio)
    if not least <= out_kg <= most:
        raise Refused(
            N_("%(kg)s kg nguyên liệu thì ra từ %(least)s đến %(most)s kg"),
            "made",
            kg=format_number(in_kg),
            least=format_number(least),
            most=format_number(most),
        )


def bounds(in_kg: int, ratio: Mapping[str, Any]) -> tuple[int, int]:
    """The least and the most kilograms that so much fresh fruit can become."""
    low, high = Decimal(str(ratio["low"])), Decimal(str(ratio["high"]))
    least = (in_kg / high).to_integral_value(ROUND_FLOOR)
    return int(least), int((in_kg / low).to_integral_value(ROUND_CEILING))

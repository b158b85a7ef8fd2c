"""Mass balance of a step: what comes out is what went in, less what was lost.

Sorting and packing may come out up to half a percent heavier than the inputs were
weighed (dossier TR-07): scales differ, but by that much of what was picked, not anew
at every step. Making another product divides by a ratio
within the band of the dated rule `conversion.<from>.<to>` (dossier 6.7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number


def check_same_product(
    in_kg: int, weighed_kg: int, out_kg: int, gain_permille: int
) -> None:
    """Refused if more comes out than went in, the scales' difference allowed once.

    `weighed_kg` is what gardens and suppliers account for in what went in.
    """
    most_kg = max(in_kg, weighed_kg + weighed_kg * gain_permille // 1000)
    if out_kg > most_kg:
        raise Refused(
            N_(
                "Đưa vào %(kg)s kg thì ra nhiều nhất %(most)s kg, kể cả cân lệch"
                " %(percent)s%% so với lúc hái"
            ),
            "made",
            kg=format_number(in_kg),
            percent=format_number(Decimal(gain_permille) / 10),
            most=format_number(most_kg),
        )


def weighed_in(parts: Iterable[tuple[int, int, int]]) -> int:
    """What stands behind kilograms of lots: each taken, made and weighed kilograms."""
    return sum(kg * weighed // made for kg, made, weighed in parts)


def weighed_out(
    made: Sequence[int], in_kg: int, weighed_kg: int, *, same: bool
) -> list[int]:
    """What stands behind each lot made, in proportion; never more than it weighs.

    Of another product there is as much behind a kilogram as before. Behind nothing
    there is nothing: whoever makes lots refuses it.
    """
    out_kg = sum(made)
    if out_kg <= 0:
        return [0] * len(made)
    behind = min(out_kg, weighed_kg) if same else out_kg * weighed_kg // in_kg
    return [min(kg, behind * kg // out_kg) for kg in made]


def check_grades(
    used: Collection[int | None], made: int | None, *, sorts: bool
) -> None:
    """Refused: a better grade than what went in. Ranks, 1 the best; None is ungraded.

    Sorting grades what had no grade; of what had one, none is better than the best.
    Any other step puts no lot above the worst that it holds.
    """
    known = [rank for rank in used if rank is not None]
    if made is None or not known:
        return
    mixed = len(known) < len(used)
    if sorts and (mixed or made >= min(known)):
        return
    if not sorts and not mixed and made >= max(known):
        return
    raise Refused(N_("Hàng ra không thể tốt hơn loại của hàng đưa vào"), "grade")


def lost_too_much(in_kg: int, out_kg: int, most_permille: int) -> bool:
    """Whether so much was lost that one asks about it."""
    return (in_kg - out_kg) * 1000 > in_kg * most_permille


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

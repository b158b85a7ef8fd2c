"""What a market must be before it can be solved, and the errors of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from marketplace.matching.instance import Lot, Market, Need

MOST_KG = 10**9
MOST_VND = 10**8
# The words that all tranches of one offer share.
SHARED = ("owner", "product", "least_grade", "smallest_kg", "most_suppliers")


class MalformedInstance(ValueError):
    """The instance breaks a rule of its format; `path` says where."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class Cancelled(Exception):
    """The caller asked the run to stop; nothing was decided."""


class BrokenRule(AssertionError):
    """A result does what a rule forbids: a fault of the solver, never of data."""


class SolverFailed(RuntimeError):
    """The solver gave no answer for a block."""


def validate(market: Market) -> None:
    """Raise MalformedInstance at the first fault."""
    _unique("lots", (lot.id for lot in market.lots))
    _unique("needs", (need.id for need in market.needs))
    for lot in market.lots:
        _check_lot(lot, f"lots[id={lot.id}]")
    for need in market.needs:
        _check_need(need, f"needs[id={need.id}]")
    for offer, needs in market.tranches.items():
        _check_offer(offer, needs)
    if market.price_step_vnd < 1:
        raise MalformedInstance("price_step_vnd", "must be at least 1")
    if not 0 <= market.price_give_per_mille <= 1000:
        raise MalformedInstance("price_give_per_mille", "must be from 0 to 1000")
    if not market.transport.km_per_day > 0:
        raise MalformedInstance("transport.km_per_day", "must be more than 0")
    if market.transport.road_percent < 1:
        raise MalformedInstance("transport.road_percent", "must be at least 1")


def _unique(path: str, ids: Iterable[int]) -> None:
    twice = [id_ for id_, count in Counter(ids).items() if count > 1]
    if twice:
        raise MalformedInstance(path, f"id {min(twice)} occurs more than once")


def _within(path: str, value: float, most: int) -> None:
    if not 0 <= value <= most:
        raise MalformedInstance(path, f"{value} is not between 0 and {most}")


def _check_place(row: Lot | Need, path: str) -> None:
    for name, most in (("lat", 90), ("lon", 180)):
        if not abs(getattr(row, name)) <= most:
            raise MalformedInstance(
                f"{path}.{name}", f"is not between -{most} and {most}"
            )


def _check_lot(lot: Lot, path: str) -> None:
    _within(f"{path}.kg", lot.kg, MOST_KG)
    _within(f"{path}.smallest_kg", lot.smallest_kg, MOST_KG)
    _within(f"{path}.ask_vnd", lot.ask_vnd, MOST_VND)
    _within(f"{path}.shelf_life_days", lot.shelf_life_days, 10_000)
    _check_place(lot, path)
    if not lot.segments and lot.window is None:
        raise MalformedInstance(f"{path}.segments", "no segment and no window")
    if lot.first_day > lot.last_day:
        raise MalformedInstance(f"{path}.window", "ends before it begins")
    for index, segment in enumerate(lot.segments):
        if segment.first_day > segment.last_day:
            raise MalformedInstance(
                f"{path}.segments[{index}]", "ends before it begins"
            )
    for index, (rank, kg) in enumerate(lot.grade_kg):
        if rank < 1:
            raise MalformedInstance(f"{path}.grade_kg[{index}]", "rank begins at 1")
        _within(f"{path}.grade_kg[{index}]", kg, MOST_KG)


def _check_need(need: Need, path: str) -> None:
    _within(f"{path}.kg", need.kg, MOST_KG)
    _within(f"{path}.smallest_kg", need.smallest_kg, MOST_KG)
    _within(f"{path}.bid_vnd", need.bid_vnd, MOST_VND)
    _within(f"{path}.least_grade", need.least_grade, 1000)
    _within(f"{path}.most_suppliers", need.most_suppliers, MOST_KG)
    if need.most_share_kg is not None:
        _within(f"{path}.most_share_kg", need.most_share_kg, MOST_KG)
    for name in ("rate_vnd_per_kg_km", "fixed_vnd_per_kg"):
        _within(f"{path}.{name}", getattr(need, name), MOST_VND)
    _check_place(need, path)
    if need.first_day > need.last_day:
        raise MalformedInstance(f"{path}.first_day", "lies after last_day")


def _check_offer(offer: int, needs: tuple[Need, ...]) -> None:
    for name in SHARED:
        if len({getattr(need, name) for need in needs}) > 1:
            raise MalformedInstance(
                f"needs[offer={offer}].{name}", "differs between tranches"
            )

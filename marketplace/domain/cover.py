"""How much of several demands a supply can meet at once, by kilograms."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence


def cover(
    supplies: Iterable[tuple[frozenset[int], int]], asked_kg: Sequence[int]
) -> list[int]:
    """Kilograms delivered to each demand when their sum is the greatest.

    A supply is (places of the demands it may serve, kilograms); it serves each
    kilogram once. Supplies that may serve the same demands are one.
    """
    left: Counter[frozenset[int]] = Counter()
    for served, kg in supplies:
        if served and kg > 0:
            left[served] += kg
    groups = sorted(left, key=lambda served: (len(served), sorted(served)))
    flows: dict[tuple[int, int], int] = {}
    met = [0] * len(asked_kg)
    for number, group in enumerate(groups):
        while left[group] and (path := _path(number, groups, flows, met, asked_kg)):
            left[group] -= _push(path, left[group], flows, met, asked_kg)
    return met


def _path(
    start: int,
    groups: Sequence[frozenset[int]],
    flows: dict[tuple[int, int], int],
    met: Sequence[int],
    asked_kg: Sequence[int],
) -> list[tuple[int, int, bool]] | None:
    """Steps (group, demand, forward) from a group to a demand that is not met."""
    waiting = deque([(start, [])])  # type: deque[tuple[int, list[tuple[int, int, bool]]]]
    seen_groups, seen_demands = {start}, set[int]()
    while waiting:
        group, path = waiting.popleft()
        for demand in sorted(groups[group] - seen_demands):
            seen_demands.add(demand)
            steps = [*path, (group, demand, True)]
            if met[demand] < asked_kg[demand]:
                return steps
            for other in range(len(groups)):
                if other not in seen_groups and flows.get((other, demand)):
                    seen_groups.add(other)
                    waiting.append((other, [*steps, (other, demand, False)]))
    return None


def _push(
    path: Sequence[tuple[int, int, bool]],
    most: int,
    flows: dict[tuple[int, int], int],
    met: list[int],
    asked_kg: Sequence[int],
) -> int:
    last = path[-1][1]
    kg = min(most, asked_kg[last] - met[last])
    for group, demand, forward in path:
        if not forward:
            kg = min(kg, flows[group, demand])
    for group, demand, forward in path:
        change = kg if forward else -kg
        flows[group, demand] = flows.get((group, demand), 0) + change
    met[last] += kg
    return kg

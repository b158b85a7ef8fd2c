"""The layers of a lot graph: how many steps each lot stands before or after the first.

Links lead from an older lot to a younger one, so that the order of their numbers is an
order of making, and one pass each way is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

Link = tuple[int, int]  # parent, child


def layers(
    roots: Collection[int], links: Iterable[Link], lots: Iterable[int]
) -> dict[int, int]:
    """The layer of every lot: 0 is a root, below it what it was made of, above the rest.

    A lot that is reached over several ways stands beyond the longest of them, so that
    every link that is drawn leads from a lower layer to a higher one.
    """
    links = list(links)
    before, after = _both_ways(links)
    found = dict.fromkeys(roots, 0)
    for lot in sorted(lots):
        known = [found[one] for one in before[lot] if found.get(one, -1) >= 0]
        if lot not in found and known:
            found[lot] = max(known) + 1
    for lot in sorted(lots, reverse=True):
        known = [found[one] for one in after[lot] if found.get(one, 1) <= 0]
        if lot not in found and known:
            found[lot] = min(known) - 1
    return found


def _both_ways(
    links: Iterable[Link],
) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    before: defaultdict[int, list[int]] = defaultdict(list)
    after: defaultdict[int, list[int]] = defaultdict(list)
    for parent, child in links:
        before[child].append(parent)
        after[parent].append(child)
    return before, after

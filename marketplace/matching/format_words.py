"""Numbers for the names of a file: products, parties, varieties and papers."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.matching.format_fields import Fields, Name, in_order, optional_names

MOST_PAPERS = 62
"""So many papers of one product fit a mask of signed 64 bits."""


class Words:
    """Numbers for the names of a file, the same for any order of its rows."""

    def __init__(self, lots: list[Fields], needs: list[Fields]) -> None:
        rows = [*lots, *needs]
        self.product = _numbered(row.name("product") for row in rows)
        self.owner = _numbered(
            [
                *(row.name("seller") for row in lots),
                *(row.name("buyer") for row in needs),
            ]
        )
        asked = [name for row in needs for name in optional_names(row, "varieties")]
        grown = [row.name("variety") for row in lots if row.has("variety")]
        self.varieties = in_order([*grown, *asked])
        self.variety = _numbered(self.varieties)
        self.papers = self._papers(needs)

    def _papers(self, needs: list[Fields]) -> dict[int, list[Name]]:
        """The papers that are asked for, by product; their places are their bits."""
        found: dict[int, set[Name]] = {}
        for row in needs:
            papers = found.setdefault(self.product[row.name("product")], set())
            papers |= set(optional_names(row, "requires"))
            if len(papers) > MOST_PAPERS:
                raise row.fault("requires", f"more than {MOST_PAPERS} papers a product")
        return {product: in_order(papers) for product, papers in found.items()}

    def mask(self, product: int, names: Iterable[Name]) -> int:
        """The bits of some papers; those nobody asks for have none."""
        known = {name: bit for bit, name in enumerate(self.papers.get(product, ()))}
        bits = {known[name] for name in names if name in known}
        return sum(1 << bit for bit in bits)


def _numbered(names: Iterable[Name]) -> dict[Name, int]:
    return {name: place for place, name in enumerate(in_order(names), 1)}

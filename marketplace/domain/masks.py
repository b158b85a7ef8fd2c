"""Papers as bits of one number, so that a rule is `need & ~has == 0`.

Bits never change their meaning: stored arrays and runs depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from marketplace.domain.papers import Paper, counting_days
from marketplace.domain.words import CertificateScheme, Market

_NAMES = (
    "VIETGAP", "GLOBALGAP", "ORGANIC_TCVN", "FOOD_SAFETY", "SAFETY_COMMITMENT",
    "HACCP", "ISO22000", "OCOP_3", "OCOP_4", "OCOP_5",
    "GAP_CLASS", "SAFETY_CLASS",
    "AREA_DOMESTIC", "AREA_US", "AREA_CN", "AREA_AU", "AREA_NZ",
    "PACKING_DOMESTIC", "PACKING_US", "PACKING_CN", "PACKING_AU", "PACKING_NZ",
)  # fmt: skip

#: Name of a requirement -> its bit.
REQUIREMENT_BITS: Mapping[str, int] = MappingProxyType(
    {name: 1 << place for place, name in enumerate(_NAMES)}
)

_GAP = {"VIETGAP", "GLOBALGAP", "ORGANIC_TCVN"}
_SAFE = {"FOOD_SAFETY", "HACCP", "ISO22000"}


@dataclass(frozen=True)
class Segment:
    """Days, both included, on which the same papers count."""

    first_day: date
    last_day: date
    mask: int


def requirement_bits(paper: Paper) -> int:
    """All that a paper proves; more stars prove fewer stars too."""
    names: set[str] = set()
    if paper.scheme is CertificateScheme.OCOP:
        names = {f"OCOP_{stars}" for stars in range(3, (paper.stars or 0) + 1)}
    elif paper.scheme is not None:
        names = {paper.scheme.name}
    elif paper.market is not None:
        kind = "PACKING" if paper.packing else "AREA"
        names = {f"{kind}_{paper.market.name}"}
    if names & _GAP:
        names.add("GAP_CLASS")
    if names & _SAFE:
        names.add("SAFETY_CLASS")
    return mask_of(names)


def mask_of(names: Iterable[str]) -> int:
    """Bits of requirement names; KeyError for an unknown one."""
    mask = 0
    for name in names:
        mask |= REQUIREMENT_BITS[name]
    return mask


def need_mask(
    schemes: Iterable[CertificateScheme] = (),
    market: Market | None = None,
    *,
    least_stars: int | None = None,
) -> int:
    """What an offer asks: certificates, OCOP stars, and the market's area code.

    The domestic market asks for no code.
    """
    names = {scheme.name for scheme in schemes if scheme is not CertificateScheme.OCOP}
    if least_stars or CertificateScheme.OCOP in set(schemes):
        names.add(f"OCOP_{least_stars or 3}")
    if market not in (None, Market.DOMESTIC):
        names.add(f"AREA_{market.name}")
    return mask_of(names)


def names_of(mask: int) -> list[str]:
    """Names of the bits that are set, in the order of the table."""
    return [name for name, bit in REQUIREMENT_BITS.items() if mask & bit]


def missing_names(need: int, has: int) -> list[str]:
    """What is asked and not there, for the explanation."""
    return names_of(need & ~has)


def mask_segments(papers: Iterable[Paper], first: date, last: date) -> list[Segment]:
    """What the papers prove on every day of a window, in as few pieces as can be.

    The pieces cover the window without gap or overlap; neighbours differ.
    """
    spans = [
        (*days, requirement_bits(paper))
        for paper in papers
        for days in counting_days(paper, first, last)
    ]
    starts = {first}
    starts.update(begin for begin, _, _ in spans)
    starts.update(end + _DAY for _, end, _ in spans if end < last)
    segments: list[Segment] = []
    for begin in sorted(starts, reverse=True):
        mask = _mask_on(spans, begin)
        end = segments[-1].first_day - _DAY if segments else last
        if segments and segments[-1].mask == mask:
            end = segments.pop().last_day
        segments.append(Segment(begin, end, mask))
    return segments[::-1]


_DAY = timedelta(days=1)


def _mask_on(spans: Iterable[tuple[date, date, int]], day: date) -> int:
    mask = 0
    for begin, end, bits in spans:
        if begin <= day <= end:
            mask |= bits
    return mask

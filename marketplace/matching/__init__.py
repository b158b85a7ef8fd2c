"""Matching as pure numbers: a market in; allocation, prices, proof, reasons out.

    result = solve(Market(lots=..., needs=..., transport=..., references=...))

Knows neither web nor database nor clock. `solve` is the whole; `explain_pair`
and `explain_offer` tell why; `check` verifies a result independently.
"""

from marketplace.matching.alternatives import Alternatives, Instead, alternatives
from marketplace.matching.checker import check, check_allocations
from marketplace.matching.codec import (
    digest_of,
    market_from_data,
    market_to_data,
)
from marketplace.matching.delivery import lay_papers
from marketplace.matching.faults import (
    BrokenRule,
    Cancelled,
    MalformedInstance,
    SolverFailed,
)
from marketplace.matching.instance import (
    Lot,
    Market,
    Need,
    Reference,
    Segment,
    Transport,
)
from marketplace.matching.prices import price_vnd
from marketplace.matching.reasons import (
    Reason,
    Verdict,
    explain_offer,
    explain_pair,
)
from marketplace.matching.result import Allocation, Change, Result, Unmatched
from marketplace.matching.solve import solve

__all__ = [
    "Allocation",
    "Alternatives",
    "BrokenRule",
    "Cancelled",
    "Change",
    "Instead",
    "Lot",
    "MalformedInstance",
    "Market",
    "Need",
    "Reason",
    "Reference",
    "Result",
    "Segment",
    "SolverFailed",
    "Transport",
    "Unmatched",
    "Verdict",
    "alternatives",
    "check",
    "check_allocations",
    "digest_of",
    "explain_offer",
    "explain_pair",
    "lay_papers",
    "market_from_data",
    "market_to_data",
    "price_vnd",
    "solve",
]

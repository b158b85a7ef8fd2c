"""Numbers of the clauses that are dated rules: read when a contract is drawn.

A content keeps them under `numbers`, so they are frozen with its words; what was
drawn before says nothing of them, and its words do not ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The rule of reference data that each of them stands in.
RULE_OF_NUMBER: Mapping[str, str] = {
    "move_hours": "contract.clause.delivery",
    "receive_days": "contract.clause.delivery",
    "visit_days": "contract.clause.growing",
    "deposit_days": "contract.clause.deposit",
    "gap_pct": "contract.clause.risk_sharing",
    "gap_weeks": "contract.clause.risk_sharing",
    "loss_pct": "contract.clause.risk_sharing",
    "talk_days": "contract.clause.risk_sharing",
    "proof_days": "contract.clause.force_majeure",
    "remedy_days": "contract.clause.remedy",
    "settle_days": "contract.clause.dispute",
    "trace_months": "contract.clause.traceability",
}


def clause_numbers(content: Mapping[str, Any]) -> dict[str, str]:
    """What fills the places of the clauses; nought where the content is silent."""
    numbers = content.get("numbers", {})
    return {name: str(numbers.get(name, 0)) for name in RULE_OF_NUMBER}

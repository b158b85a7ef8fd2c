"""Parameters of the predicates of chains, and how they change from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

RULE_VERSION = "2026-1"


@dataclass(frozen=True)
class ChainParams:
    """Parameters of the predicates; rows of `rules` set them.

    What fails for one of the `immediate` reasons suspends a chain at once; anything
    else gives it `grace_days`, a failed sample `failed_sample_grace_days`.
    """

    continuity_days: int = 330
    min_fulfilment_pct: int = 50
    min_seasons: int = 1
    min_term_days: int = 0
    min_area_ha: Decimal = Decimal(1)
    min_kg: int = 1000
    sample_days: int = 365
    post_check_days: int = 365
    grace_days: int = 60
    failed_sample_grace_days: int = 30
    immediate: tuple[str, ...] = ("failed_sample", "revoked_evidence")
    confirmation_months: int = 36
    require_traceability: bool = False
    version: str = RULE_VERSION

    @classmethod
    def from_rule(cls, params: Mapping[str, Any]) -> ChainParams:
        """Read the parameters of a rule row; unknown names are an error."""
        known = {f.name for f in fields(cls)}
        if unknown := set(params) - known:
            raise ValueError(f"unknown chain parameters: {sorted(unknown)}")
        values = dict(params)
        if "min_area_ha" in values:
            values["min_area_ha"] = Decimal(str(values["min_area_ha"]))
        if "immediate" in values:
            values["immediate"] = tuple(values["immediate"])
        return cls(**values)

    def grace(self, reason: str) -> int:
        """Days for which a chain may fail for this reason before it is suspended."""
        if reason in self.immediate:
            return 0
        if reason == "failed_sample":
            return self.failed_sample_grace_days
        return self.grace_days


@dataclass(frozen=True)
class Schedule:
    """Parameters from a day up to another that is not included, as they were set."""

    rows: Sequence[tuple[date, date | None, ChainParams]]

    @classmethod
    def always(cls, params: ChainParams) -> Schedule:
        """The same parameters on every day."""
        return cls([(date.min, None, params)])

    def on(self, day: date) -> ChainParams:
        """The parameters in force on a day; LookupError if none are."""
        for first, until, params in self.rows:
            if first <= day and (until is None or day < until):
                return params
        raise LookupError(f"no chain.parameters on {day.isoformat()}")

    def changes(self) -> set[date]:
        """The days from which other parameters are in force."""
        return {first for first, _, _ in self.rows}

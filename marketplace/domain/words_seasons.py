"""Words of a contract that binds several seasons (hợp đồng nhiều vụ)."""

from __future__ import annotations

from enum import StrEnum


class SeasonPlanState(StrEnum):
    """Of a plan for later seasons that one side proposes before anybody signs."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SeasonStage(StrEnum):
    """Where a season of a contract lies on a day."""

    OVER = "over"
    RUNNING = "running"
    AHEAD = "ahead"

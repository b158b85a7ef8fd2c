"""What the content of a contract says of its seasons, where it binds several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.season_plans import SeasonSpan
from marketplace.domain.words_seasons import SeasonStage

Content = Mapping[str, Any]


def spans_of(content: Content) -> tuple[SeasonSpan, ...]:
    """The seasons that a content binds; none where it is of one season."""
    return tuple(
        SeasonSpan(
            str(row["season"]),
            date.fromisoformat(str(row["first_day"])),
            date.fromisoformat(str(row["last_day"])),
        )
        for row in content.get("seasons", ())
    )


def running_code(content: Content, today: date) -> str:
    """The season that runs on a day as lines name it: "" for the first one."""
    spans = spans_of(content)
    place = running_season(spans, today)
    return spans[place].code if place else ""


def row_of_season(content: Content, season: str) -> Content:
    """What the content says of a season; "" is the first. Empty if it says nothing."""
    rows = content.get("seasons", ())
    if not rows:
        return {}
    if not season:
        first: Content = rows[0]
        return first
    return next((row for row in rows if row["season"] == season), {})


def season_of_day(content: Content, day: date) -> str:
    """The later season that a day lies in; "" for the first one, or for none."""
    for span in spans_of(content)[1:]:
        if span.first_day <= day <= span.last_day:
            return span.code
    return ""


def price_of_season(content: Content, season: str) -> dict[str, Any]:
    """The price rule of a season: its own, where one is stated, else the contract's."""
    own = row_of_season(content, season).get("price") if season else None
    grades = {k: v for k, v in content["price"].items() if k == "grade_terms"}
    return {**own, **grades} if own else dict(content["price"])


def season_sums(content: Content) -> list[dict[str, Any]]:
    """The rows of the seasons with the kilograms of their planned deliveries."""
    rows = content.get("seasons", ())
    sums: dict[str, int] = {}
    for line in content["delivery"]["tranches"]:
        key = line.get("season") or (rows[0]["season"] if rows else "")
        sums[key] = sums.get(key, 0) + line["kg"]
    return [{**row, "kg": sums.get(row["season"], 0)} for row in rows]


def refuse_outside_seasons(content: Content) -> None:
    """Refused where a planned delivery lies outside its season; all else passes."""
    for line in content["delivery"]["tranches"]:
        season = row_of_season(content, line.get("season", ""))
        if not season:
            continue
        if line["first_day"] < season["first_day"] or (
            line["last_day"] > season["last_day"]
        ):
            raise Refused(
                N_("Đợt %(number)s: ngày giao ngoài vụ của nó"),
                "lines",
                number=line["number"],
            )


def stage_of(spans: Sequence[SeasonSpan], number: int, today: date) -> SeasonStage:
    """Whether the season of that place among them is over, runs, or lies ahead.

    One season runs at a time: the last one that has begun, until its days are past.
    """
    running = running_season(spans, today)
    if number == running and spans[number].first_day <= today:
        over = spans[number].last_day < today
        return SeasonStage.OVER if over else SeasonStage.RUNNING
    return SeasonStage.OVER if number < running else SeasonStage.AHEAD


def running_season(spans: Sequence[SeasonSpan], today: date) -> int:
    """The place of the last season that has begun, nought before the first."""
    begun = [place for place, span in enumerate(spans) if span.first_day <= today]
    return begun[-1] if begun else 0

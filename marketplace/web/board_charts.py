"""What charts of the board show, in words and places: see `history_plots`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.domain.words_board import BoardMetric
from marketplace.services.board_history import Beside, History
from marketplace.services.board_targets import TargetLine
from marketplace.web.board_areas import NAME
from marketplace.web.harvest_charts import STEPS
from marketplace.web.labels import label
from marketplace.web.pictures import meter
from marketplace.web.words import day, number

if TYPE_CHECKING:
    from models.stated_numbers import StatedNumber

Point = tuple[float, float]
CHAINS = {
    BoardMetric.PRODUCT_DEVELOPMENT: "product_development",
    BoardMetric.SAFE_SUPPLY: "safe_supply",
    BoardMetric.CONFIRMED: "safe_supply",
    BoardMetric.STOPPED: "safe_supply",
}
REGISTERS = {
    BoardMetric.VIETGAP_COOPERATIVES: "vietgap",
    BoardMetric.VIETGAP_AREA: "vietgap",
    BoardMetric.EXPORT_CODES: "ma-vung",
    BoardMetric.EXPORT_CODE_AREA: "ma-vung",
    BoardMetric.OCOP_PRODUCTS: "ocop",
}


@dataclass(frozen=True)
class HistoryChart:
    """A metric through the years, and the same as a table."""

    title: str
    published: Sequence[Point]
    counted: Sequence[Point]
    ticks: Sequence[tuple[float, str]]
    high: float
    step: float
    said: str
    rows: Sequence[Beside]
    today: str


def history_chart(history: History, today: date) -> HistoryChart:
    """Published squares and counted dots on one axis of time that ends today."""
    first = history.points[0].published.day
    published = [
        (_place(one.published.day, first, today), float(one.published.number or 0))
        for one in history.points
    ]
    counted = [
        (_place(one.published.day, first, today), float(one.counted))
        for one in history.points
        if one.counted is not None
    ]
    counted.append((100.0, float(history.today)))
    high, step = _axis(max(high for _, high in (*published, *counted)))
    title = f"{label(history.metric)}, {history.area_name}"
    return HistoryChart(
        title=title,
        published=published,
        counted=counted,
        ticks=_years(first, today),
        high=high,
        step=step,
        said=_said(title, history),
        rows=history.points,
        today=number(history.today),
    )


def _place(on: date, first: date, last: date) -> float:
    """Per cent of the way from the first day to the last."""
    return (on - first).days / max((last - first).days, 1) * 100


def _axis(most: float) -> tuple[float, float]:
    """The upper end and the step of an axis that reaches so far."""
    most *= 1.1  # room for the number over the highest point
    step = next((step for step in STEPS if step * 4 >= most), STEPS[-1])
    return max(-(-int(most + 0.999) // step), 1) * step, step


def _years(first: date, today: date) -> Sequence[tuple[float, str]]:
    """The last days of years between, at most one in two on a long axis."""
    ends = [date(year, 12, 31) for year in range(first.year, today.year)]
    inside = [end for end in ends if first <= end <= today]
    every = -(-len(inside) // 5) or 1
    return [(_place(end, first, today), str(end.year)) for end in inside[::every]]


def _said(title: str, history: History) -> str:
    last = history.points[-1].published
    return str(
        _(
            "%(title)s: công bố %(published)s ngày %(day)s, hệ thống đếm hôm nay %(today)s",
            title=title,
            published=number(last.number),
            day=day(last.day),
            today=number(history.today),
        )
    )


def target_bar(line: TargetLine) -> Markup:
    """What is achieved as a bar, the target as its black tick."""
    done, goal = float(line.achieved), float(line.stated.number)
    said = _(
        "%(what)s: %(done)s trên %(goal)s",
        what=label(line.stated.metric),
        done=number(line.achieved),
        goal=number(line.stated.number),
    )
    return meter([(done, "v")], max(done, goal) * 1.05 or 1, goal=goal, label=said)


def behind_target(stated: StatedNumber, on: date) -> str:
    """The list behind an achieved number, on the same day."""
    area = stated.area_group.code if stated.area_group else str(stated.unit_id)
    asked: dict[str, Any] = {"ngay": on.isoformat(), NAME: area}
    if stated.metric in CHAINS:
        group = stated.group.code if stated.group else None
        asked |= {"loai": CHAINS[stated.metric], "tinh": 1, "nhom": group}
        return url_for("chains.index", **asked)
    return url_for(
        "board.records",
        register=REGISTERS.get(stated.metric, "hop-tac-xa"),
        **asked,
    )


def in_area(endpoint: str, **values: Any) -> str:
    """An address of the board that stays in the area of the page."""
    asked: dict[str, Any] = {NAME: request.args.get(NAME) or None}
    return url_for(endpoint, **{**asked, **values})


def init_app(app: Flask) -> None:
    """Give templates what the board draws."""
    app.jinja_env.globals.update(
        target_bar=target_bar, behind_target=behind_target, in_area=in_area
    )

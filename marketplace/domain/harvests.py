"""What an expected harvest must be: SP-01 to SP-10, with the limits of the day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from marketplace.domain.commands_harvests import Forecast, PostHarvest
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.prices import PriceBand, check_price
from marketplace.domain.seasons import (
    HarvestMonths,
    check_months,
    check_window,
    find_season,
    season_code,
)
from marketplace.domain.words import SeasonClass, Severity
from marketplace.domain.yields import (
    YieldBand,
    check_forecast,
    check_shares,
    check_yield,
)

LATEST_DAYS = 550  # nobody sells further ahead than the next season


@dataclass(frozen=True)
class HarvestLimits:
    """The limits in force on the day, and what the product knows.

    `area_ha` is the garden's; the harvested area, where typed, goes before it.
    `beside_kg` is what other open posts expect of the same garden and season.
    """

    low_pct: int = 80
    high_pct: int = 120
    tolerance_pct: int = 0
    most_days: int = 120
    slack_days: int = 30
    off_by_pct: Decimal = Decimal("0.1")
    perennial: bool = True
    grades: Collection[int] = (1, 2, 3)
    varieties: Collection[str] = ()
    months: Sequence[HarvestMonths] = ()
    band: YieldBand | None = None
    prices: PriceBand | None = None
    area_ha: Decimal | None = None
    beside_kg: int = 0


def complete_forecast(forecast: Forecast, limits: HarvestLimits) -> Forecast:
    """The same forecast with its lowest and highest kilograms filled in."""
    likely = forecast.likely_kg
    low = forecast.low_kg
    high = forecast.high_kg
    return replace(
        forecast,
        low_kg=likely * limits.low_pct // 100 if low is None else low,
        high_kg=likely * limits.high_pct // 100 if high is None else high,
    )


def season_of(command: PostHarvest, limits: HarvestLimits) -> tuple[str, SeasonClass]:
    """The code and class of the season; off season where none is known."""
    window = command.forecast.window
    variety = command.variety_code or None
    found = find_season(limits.months, command.product_code, variety, window)
    if found is None:
        class_ = SeasonClass.OFF_SEASON if limits.months else SeasonClass.MAIN
        return season_code(command.product_code, window.first.year, class_), class_
    months, year = found
    return months.season_code(year), months.season_class


def check_harvest(
    command: PostHarvest, limits: HarvestLimits, *, today: date
) -> list[Finding]:
    """Everything wrong or odd in a harvest, in the order of the page.

    The forecast is complete and its window in order.
    """
    return [
        *check_expected(
            command.forecast,
            limits,
            today=today,
            product_code=command.product_code,
            variety_code=command.variety_code,
            area_ha=command.harvested_area_ha,
        ),
        *_check_prices(command, limits),
        *_check_quality(command, limits),
        *_check_area(command, limits),
        *check_lot(command.smallest_lot_kg, command.forecast),
    ]


def check_expected(
    forecast: Forecast,
    limits: HarvestLimits,
    *,
    today: date,
    product_code: str,
    variety_code: str = "",
    area_ha: Decimal | None = None,
) -> list[Finding]:
    """SP-01 to SP-04: the kilograms and the window of a complete forecast."""
    assert forecast.low_kg is not None
    assert forecast.high_kg is not None
    variety = variety_code or None
    findings = check_forecast(
        forecast.low_kg, forecast.likely_kg, forecast.high_kg, "likely"
    )
    ground = area_ha or limits.area_ha
    if limits.band and ground and not findings:
        findings += check_yield(forecast.likely_kg, ground, limits.band, "likely")
    findings += _check_garden(forecast, limits)
    findings += _check_days(forecast, today)
    if limits.perennial:
        findings += check_window(
            forecast.window, most_days=limits.most_days, field="dekads"
        )
    return findings + check_months(
        limits.months,
        product_code,
        variety,
        forecast.window,
        slack_days=limits.slack_days,
        field="dekads",
    )


def _check_garden(forecast: Forecast, limits: HarvestLimits) -> Iterator[Finding]:
    """SP-05: all posts of one garden and season stay within what it can bear."""
    if not (limits.beside_kg and limits.band and limits.area_ha):
        return
    total_kg = forecast.likely_kg + limits.beside_kg
    if Decimal(total_kg) / 1000 > limits.area_ha * limits.band.most_t_per_ha:
        message = N_("Cả vườn đã đăng %(total)s kg vụ này, nhiều hơn đất có thể cho")
        yield _error("SP-05", "likely", message, total=format_number(total_kg))


def check_lot(smallest_lot_kg: int, forecast: Forecast) -> Iterator[Finding]:
    """The smallest lot is no more than the likely harvest."""
    if smallest_lot_kg > forecast.likely_kg:
        message = N_("Lô nhỏ nhất không được hơn %(most)s kg dự kiến")
        most = format_number(forecast.likely_kg)
        yield _error("SP-03", "smallest_lot", message, most=most)


def _error(code: str, field: str, message: str, **params: object) -> Finding:
    return Finding(code, Severity.ERROR, message, params, field)


def _check_days(forecast: Forecast, today: date) -> Iterator[Finding]:
    if forecast.window_end < today:
        message = N_("Thời gian thu hoạch đã qua, chọn từ %(today)s trở đi")
        yield _error("SP-01", "dekads", message, today=format_day(today))
    elif (forecast.window_start - today).days > LATEST_DAYS:
        yield _error("SP-01", "dekads", N_("Thời gian thu hoạch còn quá xa"))


def _check_prices(command: PostHarvest, limits: HarvestLimits) -> Iterator[Finding]:
    floor, asking = command.floor_price_vnd, command.asking_price_vnd
    if asking is not None and asking < floor:
        message = N_("Giá hiện trên sàn không được thấp hơn giá mong muốn")
        yield _error("SP-11", "asking_price", message)
    if floor and limits.prices:
        yield from check_price(floor, limits.prices, field="floor_price")


def _check_quality(command: PostHarvest, limits: HarvestLimits) -> Iterator[Finding]:
    """SP-08: known varieties and grades, whose shares make up the whole."""
    if command.variety_code and command.variety_code not in limits.varieties:
        message = N_("Giống này không thuộc sản phẩm đã chọn")
        yield _error("SP-01", "variety", message)
    if not {rank for rank, _ in command.grades} <= set(limits.grades):
        yield _error("SP-08", "grade_1", N_("Sản phẩm này không có loại đó"))
    shares = [Decimal(share) / 10 for _, share in command.grades]
    yield from check_shares(shares, off_by=limits.off_by_pct, field="grade_1")


def _check_area(command: PostHarvest, limits: HarvestLimits) -> Iterator[Finding]:
    """No more land is harvested than the garden has."""
    if (
        command.harvested_area_ha is not None
        and limits.area_ha is not None
        and command.harvested_area_ha > limits.area_ha
    ):
        message = N_("Diện tích thu hoạch lớn hơn vườn %(most)s ha")
        most = format_number(limits.area_ha)
        yield _error("SP-10", "harvested_area", message, most=most)

"""A harvest between its rows and its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_harvests import Forecast, PostHarvest
from marketplace.domain.errors import N_, Refused
from marketplace.domain.harvests import HarvestLimits, complete_forecast, season_of
from marketplace.domain.names import clean_text
from marketplace.domain.windows import dekad_of
from marketplace.domain.yields import promise_limit_kg
from marketplace.services.harvest_limits import limits_of
from marketplace.services.harvest_papers import cover
from marketplace.services.units import unit_on
from models.harvests import Harvest, HarvestGrade, HarvestRevision
from models.organisations import Organisation
from models.papers import GrowingArea
from models.reference import Product, Variety


def product_of(session: Session, code: str) -> Product:
    """The product that a form names; refused if there is none."""
    product = session.scalars(select(Product).where(Product.code == code)).first()
    if product is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    return product


def area_of(
    session: Session, who: Actor, public_id: str, product: Product
) -> GrowingArea | None:
    """The garden of the actor's organisation; refused if it grows something else."""
    if not public_id:
        return None
    area = session.scalars(
        select(GrowingArea).where(
            GrowingArea.public_id == public_id,
            GrowingArea.organisation_id == who.organisation_id,
            GrowingArea.ended_on.is_(None),
        )
    ).first()
    if area is None:
        raise Refused(N_("Chọn một vườn trong danh sách"), "areas")
    if area.product_id != product.id and not product.processed:
        raise Refused(N_("Vườn này trồng cây khác, chọn vườn của sản phẩm"), "areas")
    return area


def complete(
    session: Session, who: Actor, command: PostHarvest, *, today: date
) -> tuple[Product, GrowingArea | None, HarvestLimits, Forecast]:
    """What a harvest names, looked up, with its forecast filled in."""
    product = product_of(session, command.product_code)
    area = area_of(session, who, command.area, product)
    limits = limits_of(session, product, area, today)
    season, _ = season_of(command, limits)
    if area is not None:
        limits = limits_of(session, product, area, today, season=season)
    return product, area, limits, complete_forecast(command.forecast, limits)


def write_words(
    session: Session, harvest: Harvest, who: Actor, command: PostHarvest, *, today: date
) -> None:
    """All that a harvest says, its place and its papers; the harvest is in session."""
    product, area, limits, forecast = complete(session, who, command, today=today)
    harvest.product_id = product.id
    harvest.variety_id = _variety_id(session, product, command.variety_code)
    harvest.season, harvest.season_class = season_of(command, limits)
    _write_place(session, harvest, who, area, command, today)
    write_forecast(harvest, forecast, limits)
    harvest.floor_price_vnd = command.floor_price_vnd
    harvest.asking_price_vnd = command.asking_price_vnd
    harvest.smallest_lot_kg = command.smallest_lot_kg
    harvest.harvested_area_ha = command.harvested_area_ha
    harvest.packaging = clean_text(command.packaging, field="packaging")
    harvest.notes = clean_text(command.notes, long=True, field="notes")
    harvest.grades = [
        HarvestGrade(rank=rank, share_permille=share)
        for rank, share in sorted(command.grades)
    ]
    session.add(harvest)
    session.flush()  # papers and revisions name it
    cover(session, harvest, command.papers, today=today)


def write_forecast(harvest: Harvest, forecast: Forecast, limits: HarvestLimits) -> None:
    """The window and kilograms of a complete forecast, and what may be promised."""
    assert forecast.low_kg is not None
    assert forecast.high_kg is not None
    harvest.window_start = forecast.window_start
    harvest.window_end = forecast.window_end
    harvest.low_kg = forecast.low_kg
    harvest.likely_kg = forecast.likely_kg
    harvest.high_kg = forecast.high_kg
    harvest.tolerance_pct = limits.tolerance_pct
    harvest.limit_kg = promise_limit_kg(forecast.likely_kg, limits.tolerance_pct)
    harvest.over_promised = (harvest.promised_kg or 0) > harvest.limit_kg


def record_revision(
    session: Session, harvest: Harvest, who: Actor, reason: str, *, now: datetime
) -> None:
    """Write down the forecast as it is now, with who says so and why."""
    session.add(
        HarvestRevision(
            harvest_id=harvest.id,
            number=harvest.revision,
            window_start=harvest.window_start,
            window_end=harvest.window_end,
            low_kg=harvest.low_kg,
            likely_kg=harvest.likely_kg,
            high_kg=harvest.high_kg,
            reason=reason,
            by_id=who.user_id,
            at=now,
        )
    )
    session.flush()  # a revision that somebody else wrote first is met here
    session.expire(harvest, ["revisions"])


def _write_place(
    session: Session,
    harvest: Harvest,
    who: Actor,
    area: GrowingArea | None,
    command: PostHarvest,
    today: date,
) -> None:
    organisation = session.get_one(Organisation, who.organisation_id)
    where = area or organisation
    harvest.area_id = area.id if area else None
    harvest.unit_id = unit_on(session, where.unit_id, today).id
    harvest.latitude, harvest.longitude = where.latitude, where.longitude
    harvest.place = clean_text(command.place, field="place")


def _variety_id(session: Session, product: Product, code: str) -> int | None:
    if not code:
        return None
    return session.scalar(
        select(Variety.id).where(Variety.product_id == product.id, Variety.code == code)
    )


def command_of(harvest: Harvest) -> PostHarvest:
    """The words of a harvest as its owner would type them again."""
    return PostHarvest(
        product_code=harvest.product.code,
        forecast=forecast_of(harvest),
        variety_code=harvest.variety.code if harvest.variety else "",
        grades=tuple((row.rank, row.share_permille) for row in harvest.grades),
        area=harvest.area.public_id if harvest.area else "",
        papers=tuple(
            paper.public_id
            for row in harvest.papers
            if (paper := row.certificate or row.code)
        ),
        floor_price_vnd=harvest.floor_price_vnd,
        asking_price_vnd=harvest.asking_price_vnd,
        smallest_lot_kg=harvest.smallest_lot_kg,
        place=harvest.place,
        packaging=harvest.packaging,
        harvested_area_ha=harvest.harvested_area_ha,
        notes=harvest.notes,
    )


def forecast_of(harvest: Harvest) -> Forecast:
    """The forecast as it stands."""
    return Forecast(
        harvest.window_start,
        harvest.window_end,
        harvest.likely_kg,
        harvest.low_kg,
        harvest.high_kg,
    )


def untouched(harvest: Harvest, typed: Forecast) -> Forecast:
    """A forecast typed in thirds of months, with the days that it leaves alone.

    Who changes the price alone changes no day; nor the least and the most, which
    a form leaves empty, while the likely stays.
    """
    start, end = harvest.window_start, harvest.window_end
    same_first = dekad_of(start).first == typed.window_start
    same_last = dekad_of(end).last == typed.window_end
    same = typed.likely_kg == harvest.likely_kg
    return replace(
        typed,
        window_start=start if same_first else typed.window_start,
        window_end=end if same_last else typed.window_end,
        low_kg=harvest.low_kg if same and typed.low_kg is None else typed.low_kg,
        high_kg=harvest.high_kg if same and typed.high_kg is None else typed.high_kg,
    )

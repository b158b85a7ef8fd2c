"""What the pages of a harvest show: choices, what is filled in, faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.harvests import HarvestChoices
from forms.said import said
from marketplace.domain.actor import Actor
from marketplace.domain.findings import Finding
from marketplace.domain.windows import dekads_between, parse_dekad
from marketplace.services.areas import list_areas
from marketplace.services.harvest_changes import CLOSING
from marketplace.services.harvest_papers import papers_of
from marketplace.services.harvest_prefill import (
    Prefill,
    list_varieties,
    own_products,
)
from marketplace.services.paper_rows import Row, named_paper
from marketplace.web import words
from marketplace.web.labels import label
from marketplace.web.naming import name_of

if TYPE_CHECKING:
    from models.harvests import Harvest
    from models.papers import Certificate, GrowingArea, GrowingAreaCode
    from models.reference import Product, Variety

    Paper = Certificate | GrowingAreaCode

TILES = 4


@dataclass(frozen=True)
class Garden:
    """A garden as a tile: its papers in words, and when the first of them ends."""

    public_id: str
    title: str
    note: str
    expires_on: date | None


@dataclass(frozen=True)
class Options:
    """All that a seller may choose from, as rows."""

    products: Sequence[Product]
    areas: Sequence[GrowingArea]
    papers: Sequence[Paper]
    varieties: Sequence[Variety]

    def choices(self, dekads: Sequence[str]) -> HarvestChoices:
        codes = {product.id: product.code for product in self.products}
        return HarvestChoices(
            products=[(one.code, name_of(one)) for one in self.products],
            dekads=dekads,
            varieties=[
                (f"{codes[one.product_id]}/{one.code}", name_of(one))
                for one in self.varieties
                if one.product_id in codes
            ],
            areas=[
                (one.public_id, one.product.code, garden_title(one))
                for one in self.areas
            ],
            papers=[(one.public_id, paper_title(one)) for one in self.papers],
        )

    def gardens(self) -> list[Garden]:
        return [_garden(area, self.papers) for area in self.areas]


def options_of(session: Session, who: Actor, product_code: str, today: date) -> Options:
    """Rows to choose from; without the query asking for all, the nearest products."""
    known = own_products(session, who)
    wide = "tat-ca" in request.args
    shown = [p for i, p in enumerate(known) if wide or i < TILES]
    if product_code not in {product.code for product in shown}:
        asked = [product for product in known if product.code == product_code]
        shown = [*asked, *shown[: TILES - 1]]
    areas = list_areas(session, who)
    areas.sort(key=lambda area: area.product.code != product_code)
    return Options(
        products=shown,
        areas=areas,
        papers=papers_of(session, who.organisation_id, today=today),
        varieties=list_varieties(session),
    )


def garden_title(area: GrowingArea) -> str:
    """`Vườn nhãn Chiềng Khoong, 32 ha`."""
    title = _("%(name)s, %(area)s", name=area.name, area=words.ha(area.area_ha))
    return str(title)


def paper_title(paper: Row) -> str:
    """`VietGAP số VG-12 đến 01/08/2026`; a code with its market."""
    number, value = named_paper(paper)
    if value.scheme is not None:
        title = _(
            "%(scheme)s số %(number)s đến %(day)s",
            scheme=label(value.scheme),
            number=number,
            day=words.day(value.last_day),
        )
    else:
        words_of_code = (
            _("Mã đóng gói %(code)s, %(market)s")
            if value.packing
            else _("Mã vùng %(code)s, %(market)s")
        )
        title = words_of_code % {"code": number, "market": label(value.market)}
    return str(title)


def last_day_of(paper: Row) -> date | None:
    """The last day on which a paper is valid, None without a term."""
    return named_paper(paper)[1].last_day


def _short_title(paper: Paper) -> str:
    number, value = named_paper(paper)
    return number if value.scheme is None else str(label(value.scheme))


def _garden(area: GrowingArea, papers: Iterable[Paper]) -> Garden:
    own = [
        paper
        for paper in papers
        if paper.area_id == area.id
        or (paper.area_id is None and paper.product_id == area.product_id)
    ]
    ends = [day for paper in own if (day := last_day_of(paper))]
    names = [_short_title(paper) for paper in own]
    note = ", ".join(dict.fromkeys(names)) or _("Chưa có giấy tờ")
    if ends:
        note = _("%(names)s đến %(day)s", names=note, day=words.day(min(ends)))
    return Garden(area.public_id, garden_title(area), note, min(ends, default=None))


def first_words(filled: Prefill, options: Options) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    code = filled.product.code
    mine = [one for one in options.areas if one.product.code == code]
    start: dict[str, Any] = {
        "product": code,
        "dekads": filled.ticked,
        "areas": [mine[0].public_id] if len(mine) == 1 else [],
        "papers": [one.public_id for one in options.papers],
    }
    if filled.last is not None:
        garden = start["areas"]
        start |= _words_of(filled.last)
        start["areas"] = start["areas"] or garden
        start["likely"] = filled.last.actual_kg or filled.last.likely_kg
        start |= {"dekads": filled.ticked, "low": None, "high": None}
        del start["notes"], start["papers"]
    start.setdefault("papers", [one.public_id for one in options.papers])
    return start


def stored_words(harvest: Harvest) -> dict[str, Any]:
    """What stands in the form of a stored harvest."""
    papers = [
        paper.public_id
        for row in harvest.papers
        if (paper := row.certificate or row.code)
    ]
    return _words_of(harvest) | {"papers": papers}


def _words_of(harvest: Harvest) -> dict[str, Any]:
    variety = harvest.variety
    shares = {row.rank: Decimal(row.share_permille) / 10 for row in harvest.grades}
    return {
        "product": harvest.product.code,
        "variety": f"{harvest.product.code}/{variety.code}" if variety else "",
        "areas": [harvest.area.public_id] if harvest.area else [],
        "asking_price": harvest.asking_price_vnd,
        "place": harvest.place,
        "packaging": harvest.packaging,
        "harvested_area": harvest.harvested_area_ha,
        "notes": harvest.notes,
        **{f"grade_{rank}": share for rank, share in shares.items()},
        **forecast_words(harvest),
    }


def forecast_words(harvest: Harvest) -> dict[str, Any]:
    """The part of the form that says how much and when."""
    return {
        "likely": harvest.likely_kg,
        "low": harvest.low_kg,
        "high": harvest.high_kg,
        "dekads": dekads_of(harvest),
        "floor_price": harvest.floor_price_vnd or None,
        "smallest_lot": harvest.smallest_lot_kg or None,
    }


def dekads_of(harvest: Harvest) -> list[str]:
    """The codes of the thirds of months in which it is harvested."""
    found = dekads_between(harvest.window_start, harvest.window_end)
    return [dekad.code for dekad in found]


def told(form: FlaskForm, findings: Iterable[Finding]) -> bool:
    """Put every error beside its field; whether there was one."""
    wrong = [finding for finding in findings if finding.forbids]
    for finding in wrong:
        message = said(finding.message, finding.params)
        field = getattr(form, finding.field, None) if finding.field else None
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
    return bool(wrong)


def warnings_of(harvest: Harvest) -> list[str]:
    """What is odd about a stored harvest, in the language of the page."""
    return [said(kept["message"], kept["params"]) for kept in harvest.warnings]


def reason_words(reason: str) -> str:
    """A reason as it was typed; only ours is translated."""
    return str(_(reason)) if reason == CLOSING else reason


def dekad_words(code: str) -> str:
    """`đầu tháng 8` for 2026-08-1."""
    return words.dekad(parse_dekad(code).first)


def init_app(app: Flask) -> None:
    """Give the words to the pages of harvests."""
    app.jinja_env.globals.update(dekad_words=dekad_words, reason_words=reason_words)

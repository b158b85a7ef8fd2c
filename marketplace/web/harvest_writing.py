"""From a typed form to a stored harvest, or back to the page with what is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request
from sqlalchemy.orm import Session

from forms.harvests import HarvestForm, ReviseForm
from marketplace.domain.actor import Actor
from marketplace.services.harvest_changes import find_revision_faults, revise_harvest
from marketplace.services.harvest_demand import demand_for
from marketplace.services.harvest_prefill import months_around, prefill
from marketplace.services.harvest_rows import untouched
from marketplace.services.harvests import (
    find_faults,
    post_harvest,
    publish_harvest,
    save_draft,
)
from marketplace.services.organisations import own_organisation
from marketplace.services.prices import week_band
from marketplace.web.clock import now, today
from marketplace.web.harvest_charts import chart_of
from marketplace.web.harvest_pages import (
    first_words,
    forecast_words,
    options_of,
    stored_words,
    told,
)
from marketplace.web.refusals import refused

if TYPE_CHECKING:
    from models.harvests import Harvest
    from models.reference import Product


def harvest_form(
    session: Session, who: Actor, draft: Harvest | None = None
) -> tuple[HarvestForm, dict[str, Any]]:
    """The form of a new harvest or a draft, and what its page shows beside it."""
    asked = request.form.get("product") or request.args.get("product", "")
    code = asked or (draft.product.code if draft else "")
    wide = "cac-thang" in request.args
    filled = prefill(session, who, code, today=today(), all_months=wide)
    options = options_of(session, who, filled.product.code, today())
    start = first_words(filled, options) if draft is None else stored_words(draft)
    form = HarvestForm(data=start, choices=options.choices(filled.dekads))
    return form, {
        "filled": filled,
        "options": options,
        "organisation": own_organisation(session, who),
        **(market := _market(session, who, filled.product)),
        "chart": chart_of(filled, market["demand"]),
    }


def _market(session: Session, who: Actor, product: Product) -> dict[str, Any]:
    """What buyers want of a product, and what it costs this week."""
    mine = who.organisation_id
    return {
        "demand": demand_for(session, product.id, today=today(), but=mine),
        "band": week_band(session, product.id, today()),
        "today": today(),
    }


def store_harvest(
    session: Session, who: Actor, form: HarvestForm, draft: Harvest | None = None
) -> Harvest | None:
    """The harvest if it could be written down; else the form says why not."""
    if not form.validate_on_submit():
        return None
    command = form.command()
    if draft is not None:
        command = replace(command, forecast=untouched(draft, command.forecast))
    clock: dict[str, Any] = {"today": today(), "now": now()}
    harvest = None
    with refused(session, form) as outcome:
        if told(form, find_faults(session, who, command, today=today())):
            return None
        wish = request.form.get("action")
        if draft is None and wish != "draft":
            harvest = post_harvest(session, who, command, **clock)
        else:
            name = draft.public_id if draft else None
            harvest = save_draft(session, who, command, name, **clock)
        if draft is not None and wish == "post":
            harvest = publish_harvest(session, who, draft.public_id, **clock)
    return harvest if outcome.done else None


def revision_form(
    session: Session, who: Actor, harvest: Harvest
) -> tuple[ReviseForm, dict[str, Any]]:
    """The form of a new forecast, and what its page shows beside it."""
    form = ReviseForm(data=forecast_words(harvest) | {"low": None, "high": None})
    form.choose_dekads(months_around(harvest, today()))
    return form, {"harvest": harvest, **_market(session, who, harvest.product)}


def store_revision(
    session: Session, who: Actor, form: ReviseForm, harvest: Harvest
) -> bool:
    """Whether the new forecast could be written down."""
    if not form.validate_on_submit():
        return False
    command, name = form.command(), harvest.public_id
    command = replace(command, forecast=untouched(harvest, command.forecast))
    with refused(session, form) as outcome:
        found = find_revision_faults(session, who, name, command, today=today())
        if told(form, found):
            return False
        revise_harvest(session, who, name, command, today=today(), now=now())
    return outcome.done

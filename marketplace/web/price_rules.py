"""Trying a price rule before one agrees to it, and the words of its arithmetic."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.price_rules import MOST_PARTS, PriceRuleForm
from forms.said import said
from forms.typed_fields import page_lang
from marketplace.domain.formats import format_number
from marketplace.domain.price_examples import Situation
from marketplace.domain.price_rules import (
    NotKnownYet,
    Step,
    StepKind,
    price_parts,
    total_of,
)
from marketplace.web.access import public
from marketplace.web.fields import rows_changed

bp = Blueprint("price_rules", __name__)


@bp.route("/tinh-gia", methods=["GET", "POST"])
@public
def calculator() -> ResponseReturnValue:
    """The arithmetic of a price, line by line.

    Asked by POST, since a price that somebody tries belongs in no address.
    """
    form = PriceRuleForm()
    asked = request.method == "POST" and not _rows_changed(form)
    if not (asked and form.validate_on_submit()):
        status = 422 if asked else 200
        return render_template("price_rules/calculator.html", form=form), status
    question = form.question
    parts = price_parts(question.rule, question.parts, question.quote)
    return render_template(
        "price_rules/calculator.html", form=form, parts=parts, total=total_of(parts)
    )


def _rows_changed(form: PriceRuleForm) -> bool:
    full = len(form.parts) >= MOST_PARTS
    if full and request.form.get("add_row") == form.parts.name:
        return True
    return rows_changed(form.parts)


def step_words(step: Step | NotKnownYet | Situation) -> str:
    """A step, an outcome or a situation in the language of the page."""
    if isinstance(step, NotKnownYet):
        return said(step.message, {})
    if isinstance(step, Situation):
        return said(step.name, step.params)
    return said(step.message, step.params)


def step_amount(step: Step) -> str:
    """The amount of a step with its unit; nothing where the step only explains."""
    if step.kind is StepKind.NOTE and not step.amount:
        return ""
    amount = format_number(step.amount, page_lang())
    if step.kind in (StepKind.LINE, StepKind.PART):
        return str(_("%(amount)s đ", amount=amount))
    return str(_("%(amount)s đ/kg", amount=amount))


def init_app(app: Flask) -> None:
    """Give the words to all templates of `app`."""
    app.jinja_env.filters.update(step_words=step_words, step_amount=step_amount)

"""Who brought what to the cooperative's loads, and what each household is owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.households import RetainedForm, SharesForm
from forms.offer_fields import in_words
from forms.typed_fields import page_lang
from marketplace.domain.errors import Refused
from marketplace.domain.household_sheet import brought_of
from marketplace.domain.member_shares import Due, fill_up, sum_of
from marketplace.services import member_shares as service
from marketplace.services.households import list_households, names_of
from marketplace.services.spreadsheet_reports import Column, write_report
from marketplace.services.spreadsheets import XLSX
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.households import sheet_of
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction
from models.deliveries import DeliveryNote
from models.households import Household

bp = Blueprint("member_shares", __name__)
Dues = dict[Household, Due]


@bp.get("/hop-dong/<public_id>/ho-thanh-vien")
@requires(Right.SELL)
def contract(public_id: str) -> ResponseReturnValue:
    """What each household is owed under one contract, and which loads are open."""
    with transaction(read_only=True) as session:
        found = service.access_sale(session, current_actor(), public_id)
        dues = service.dues_of(session, found, today=today())
        return render_template(
            "member_shares/contract.html",
            contract=found,
            found=dues,
            form=RetainedForm(per_mille=dues.per_mille),
            **sides(found),
        )


@bp.post("/hop-dong/<public_id>/ho-thanh-vien/giu-lai")
@requires(Right.SELL)
@idempotent
def retain(public_id: str) -> ResponseReturnValue:
    """Say what the cooperative keeps of this contract."""
    with transaction() as session:
        form = RetainedForm()
        who = current_actor()
        service.access_sale(session, who, public_id)
        if form.validate():
            with refused(session, form) as outcome:
                kept = form.per_mille.data or 0
                service.set_retained(session, who, public_id, kept, now=now())
            if outcome.done:
                flash(_("Đã ghi phần giữ lại."), "ok")
        for message in (*form.per_mille.errors, *form.form_errors):
            flash(str(message), "bad")
    return redirect(url_for("member_shares.contract", public_id=public_id))


@bp.get("/hop-dong/<public_id>/ho-thanh-vien.xlsx")
@requires(Right.SELL)
def contract_sheet(public_id: str) -> ResponseReturnValue:
    """The same as a spreadsheet."""
    with transaction(read_only=True) as session:
        found = service.access_sale(session, current_actor(), public_id)
        dues = service.dues_of(session, found, today=today())
        title = _("Phần của từng hộ, hợp đồng %(number)s", number=found.number)
        return _sheet(title, dues.dues, dues.retained_vnd)


@bp.get("/ho-thanh-vien/vu")
@requires(Right.SELL)
def season() -> ResponseReturnValue:
    """What each household is owed over all contracts of a year's seasons."""
    with transaction(read_only=True) as session:
        return render_template("member_shares/season.html", **_season(session))


@bp.get("/ho-thanh-vien/vu.xlsx")
@requires(Right.SELL)
def season_sheet() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    with transaction(read_only=True) as session:
        data = _season(session)
        title = _("Phần của từng hộ, vụ %(year)s", year=data["year"])
        return _sheet(title, data["dues"], data["retained_vnd"])


def _season(session: Session) -> dict[str, Any]:
    years = service.sales_of(session, current_actor())
    asked = request.args.get("nam", "")
    # Next year's contracts are signed long before anything is delivered.
    past = [one for one in years if one <= today().year]
    latest = next(iter([*past, *years]), today().year)
    year = int(asked) if asked.isdecimal() and int(asked) in years else latest
    found = [
        service.dues_of(session, one, today=today(), year=year)
        for one in years.get(year, ())
    ]
    dues = service.dues_of_all(found)
    return {
        "years": tuple(years),
        "year": year,
        "found": found,
        "dues": dues,
        "total": sum_of(dues.values()),
        "retained_vnd": sum(one.retained_vnd for one in found),
    }


def _sheet(title: str, dues: Dues, retained_vnd: int) -> Response:
    columns = [
        Column(_("Tên hộ"), 28),
        Column(_("Mã hộ")),
        *map(Column, (_("Đã giao, kg"), _("Đã nhận, kg"), _("Bị loại, kg"))),
        *map(Column, (_("Chưa có giá, kg"), _("Được hưởng, đồng"))),
    ]
    rows: list[Sequence[str | int]] = [
        [one.name, one.code, *_numbers(due)] for one, due in dues.items()
    ]
    kept = _("Hợp tác xã giữ lại, đồng")
    body = write_report(
        title,
        [_("Mỗi dòng tiền chia theo số kg từng hộ giao, làm tròn đến đồng.")],
        columns,
        [*rows, [kept, "", "", "", "", "", retained_vnd]],
        [_("Cộng"), "", *_numbers(sum_of(dues.values()), retained_vnd)],
    )
    response = Response(body, mimetype=XLSX)
    response.headers.set(
        "Content-Disposition", "attachment", filename="ho-thanh-vien.xlsx"
    )
    return response


def _numbers(due: Due, more_vnd: int = 0) -> list[int]:
    kg = (due.delivered_kg, due.accepted_kg, due.rejected_kg, due.unpriced_kg)
    return [*kg, due.owed_vnd + more_vnd]


@bp.route("/phieu/<public_id>/ho-thanh-vien", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def note(public_id: str) -> ResponseReturnValue:
    """Say who brought the load: type, paste, spread what is left, store."""
    with transaction() as session:
        who = current_actor()
        found = service.access_sold_note(session, who, public_id)
        known = {row.household_id: row.kg for row in service.shares_of(session, found)}
        households = [
            one
            for one in list_households(session, who, everybody=True)
            if not one.left or one.id in known
        ]
        form = _form(households, known)
        done = request.form.get("do", "")
        if form.validate_on_submit() and _taken(form, found, households, done):
            with refused(session, form) as outcome:
                _store(session, form, public_id, households)
            if outcome.done:
                flash(_("Đã ghi phần của từng hộ."), "ok")
                target = found.contract.public_id
                return redirect(url_for("member_shares.contract", public_id=target))
        return _drawn(form, found, households, done)


def _form(households: list[Household], known: dict[int, int]) -> SharesForm:
    rows = [
        {"household": one.public_id, "kg": known.get(one.id) or None}
        for one in households
    ]
    return SharesForm(data={"rows": rows})


def _taken(
    form: SharesForm, note: DeliveryNote, households: list[Household], done: str
) -> bool:
    """Whether to store; a sheet is read, and a rest is spread, only to be looked at."""
    try:
        rows = sheet_of(form)
        if rows:
            by_id = {one.id: one.public_id for one in households}
            found = brought_of(rows, names_of(households), "paste", page_lang())
            form.show({by_id[one]: kg for one, kg in found.items()})
            form.paste.data = ""
    except Refused as refusal:
        form.paste.errors = [in_words(refusal)]
        return False
    if done == "spread" and form.rows.entries:
        told = form.brought()
        kg = fill_up(note.net_kg, list(told.values()))
        form.show(dict(zip(told, kg, strict=True)))
    return done == "store"


def _store(
    session: Session, form: SharesForm, public_id: str, households: list[Household]
) -> None:
    ids = {one.public_id: one.id for one in households}
    told = {ids.get(one, 0): kg for one, kg in form.brought().items() if kg}
    service.write_shares(session, current_actor(), public_id, told, now=now())


def _drawn(
    form: SharesForm, found: DeliveryNote, households: list[Household], done: str
) -> ResponseReturnValue:
    names = {one.public_id: one for one in households}
    rows = [
        (row.form, names[str(row.form.household.data)])
        for row in form.rows.entries
        if str(row.form.household.data) in names
    ]
    told = sum(form.brought().values())
    page = render_template(
        "member_shares/note.html",
        form=form,
        rows=rows,
        note=found,
        contract=found.contract,
        told_kg=told,
        **sides(found.contract),
    )
    wrong = form.is_submitted() and (form.errors or form.form_errors or done == "store")
    return page, 422 if wrong else 200

"""What the pages of a chain's records share: a form about one chain, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.evidence import sent_files
from forms.monitoring import SayForm
from marketplace.domain.evidence import MOST_FILES
from marketplace.domain.photos import MOST_BYTES
from marketplace.services.chain_history import history_of
from marketplace.services.evidence import files_of
from marketplace.services.monitoring_records import ABOUT, access_record
from marketplace.web.access import current_actor
from marketplace.web.clock import now, today
from marketplace.web.labels_monitoring import CHAIN_EVENTS
from marketplace.web.plumbing import accepts_bytes
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.chains import Chain

View = TypeVar("View", bound=Callable[..., Any])
Find = Callable[[Session], tuple[Any, Any]]  # the chain, and the record or None


def takes_evidence(view: View) -> View:
    """Above `@idempotent`: lets files in, and prepares them before it begins."""

    @accepts_bytes(MOST_BYTES)
    @wraps(view)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            sent_files()
        return view(*args, **kwargs)

    return prepared  # type: ignore[return-value]


def clock() -> dict[str, Any]:
    """Today and this moment, as services ask for them."""
    day: date = today()
    moment: datetime = now()
    return {"today": day, "now": moment}


def written(
    template: str,
    form: FlaskForm,
    find: Find,
    act: Callable[[Session], object],
    done: str,
    *,
    back: str,
    **page: Any,
) -> ResponseReturnValue:
    """A page with a form about a chain; `act` carries it out, `back` is where to go."""
    with transaction() as session:
        chain, record = find(session)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                act(session)
            if outcome.done:
                flash(done, "ok")
                return redirect(back)
        return render_template(
            template, form=form, chain=chain, record=record, back=back, **page
        ), 422 if form.is_submitted() else 200


def asked_words(
    find: Find,
    act: Callable[[Session, str], object],
    done: str,
    *,
    back: str,
    title: str,
    hint: str = "",
    form: SayForm | None = None,
    danger: bool = False,
) -> ResponseReturnValue:
    """A page that asks for a few words, with evidence where the form takes some."""
    asked = form or SayForm()
    return written(
        "chains/say.html",
        asked,
        find,
        lambda session: act(session, asked.said()),
        done,
        back=back,
        title=title,
        hint=hint,
        danger=danger,
    )


def one_tap(
    act: Callable[[Session], object], done: str, back: str
) -> ResponseReturnValue:
    """Carry out what one button asks for; a refusal is told on the page behind it."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        act(session)
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(done, "ok")
    return redirect(back)


def record_page(
    template: str,
    model: type[Any],
    public_id: str,
    number: int,
    **more: Callable[[Session, Any], Any],
) -> ResponseReturnValue:
    """A record of a chain with its history; the template calls it by its kind.

    `more` names what else is looked up of the record.
    """
    with transaction(read_only=True) as session:
        me, about = current_actor(), ABOUT[model]
        record = access_record(session, me, public_id, model, number)
        return render_template(
            template,
            **{about: record},
            chain=record.chain,
            me=me,
            officer=me.is_officer,
            today=today(),
            **{name: look(session, record) for name, look in more.items()},
            **history(session, record.chain, about, number),
        )


def record_finder(model: type[Any], public_id: str, number: int) -> Find:
    """Finds the record that a form is about, with its chain."""

    def find(session: Session) -> tuple[Any, Any]:
        record = access_record(session, current_actor(), public_id, model, number)
        return record.chain, record

    return find


def chain_page(public_id: str) -> str:
    """Where the chain itself is."""
    return url_for("chains.show", public_id=public_id)


def history(
    session: Session, chain: Chain, about: str = "", number: int = 0
) -> dict[str, Any]:
    """What happened, as the reader may read it, with its files."""
    events = history_of(session, current_actor(), chain, about, number)
    worded = [one.id for one in events if one.worded]
    return {
        "events": events,
        "files": files_of(session, worded),
        "event_words": CHAIN_EVENTS,
    }


def init_app(app: Any) -> None:
    """Forms say how many files they take."""
    app.jinja_env.globals["most_files"] = MOST_FILES
    app.jinja_env.globals["file_hint"] = lambda: _(
        "Nhiều nhất %(most)s tệp: ảnh JPEG, PNG, WebP hoặc PDF.", most=MOST_FILES
    )

"""The frame around every page: navigation by role, counts, language, theme.

Other modules hand in what they know with `register_counts` and
`register_current`; an address that no blueprint serves is left out, so a page
never shows a dead link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    get_flashed_messages,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy
from werkzeug.routing import BuildError

from marketplace.web.access import public
from marketplace.web.addresses import here, safe_path
from marketplace.web.navigation import NAVIGATION, Item, Kind, kind_of

THEME = "theme"
THEMES = ("light", "dark", "nang")
YEAR = 365 * 24 * 3600

bp = Blueprint("shell", __name__)

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Organisation:
    """In whose name the person acts, and the others they may switch to."""

    name: str
    place: str
    kind: Kind
    public_id: str = ""
    others: tuple[Organisation, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry of the navigation as the template draws it."""

    icon: str
    text: str
    url: str
    active: bool = False
    count: int = 0
    hot: bool = False
    main: bool = False


@dataclass(frozen=True)
class Navigation:
    """The rail in groups and the five entries at the bottom of a phone."""

    groups: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    bar: tuple[Link, ...] = field(default=())


_counters: list[Callable[[], Counts]] = []
_finders: list[Callable[[], Organisation | None]] = []


def register_counts(count: Callable[[], Counts]) -> None:
    """`count` gives what waits for the current person, by endpoint.

    The key `notices.index` is the number of unread notices beside the bell.
    """
    _counters.append(count)


def register_current(find: Callable[[], Organisation | None]) -> None:
    """`find` gives the organisation of this request, or None."""
    _finders.append(find)


def counts() -> Counts:
    """All counts of this request, asked for once."""
    if "shell_counts" not in g:
        found: dict[str, int] = {}
        for count in _counters:
            found.update(count())
        g.shell_counts = found
    known: Counts = g.shell_counts
    return known


def current_org() -> Organisation | None:
    """The organisation of this request, asked for once."""
    if "shell_organisation" not in g:
        found = (find() for find in _finders)
        g.shell_organisation = next((one for one in found if one), None)
    known: Organisation | None = g.shell_organisation
    return known


def has_endpoint(endpoint: str) -> bool:
    """Whether a blueprint serves this; pages link to nothing else."""
    return endpoint in current_app.view_functions


def url_if(endpoint: str, **values: Any) -> str:
    """The address of `endpoint`, empty where nothing serves it."""
    if not has_endpoint(endpoint):
        return ""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""


def nav_for(kind: Kind) -> Navigation:
    """The navigation of a kind of role, with counts and the current page."""
    plan = NAVIGATION[kind]
    groups = tuple((str(title), _links(items)) for title, items in plan.groups)
    return Navigation(
        groups=tuple((title, links) for title, links in groups if links),
        bar=_links(plan.bar),
    )


def _links(items: Iterable[Item]) -> tuple[Link, ...]:
    known = counts() if current_org() else {}
    return tuple(
        Link(
            icon=item.icon,
            text=str(item.text),
            url=url,
            active=_is_here(item.endpoint),
            count=known.get(item.endpoint, 0),
            hot=item.hot,
            main=item.icon == "plus",
        )
        for item in items
        if (url := url_if(item.endpoint))
    )


def _is_here(endpoint: str) -> bool:
    """A list is also current on its records, except where they have an entry."""
    here = request.endpoint or ""
    if here == endpoint:
        return True
    noun, _, view = endpoint.partition(".")
    return (
        here.partition(".")[0] == noun
        and view in ("index", "queue", "runs", "overview")
        and not here.endswith(".new")
    )


def theme() -> str:
    """The chosen theme; empty follows the device."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


@bp.get("/giao-dien/<name>")
@public
def choose_theme(name: str) -> ResponseReturnValue:
    """Keep a theme for a year; any other name follows the device again."""
    response = redirect(safe_path(request.args.get("next")))
    if name not in THEMES:
        response.delete_cookie(THEME)
        return response
    secure = current_app.config["SETTINGS"].secure
    # Not HttpOnly: the script changes the theme without loading the page.
    response.set_cookie(THEME, name, max_age=YEAR, samesite="Lax", secure=secure)
    return response


@bp.get("/them")
@public
def more() -> ResponseReturnValue:
    """Everything the rail shows, for phones, where there is none."""
    return render_template("shell/more.html")


def role_kind() -> Kind:
    """htx, dn or huyen for who is signed in, else cong."""
    organisation = current_org()
    return organisation.kind if organisation else "cong"


def _navigation() -> Navigation:
    if "shell_navigation" not in g:
        g.shell_navigation = nav_for(role_kind())
    known: Navigation = g.shell_navigation
    return known


def _unread() -> int:
    return counts().get("notices.index", 0) if current_org() else 0


def messages_of_now(*, with_categories: bool = False) -> list[Any]:
    """What is told once, to whoever looks: what is fetched ahead takes nothing.

    The service worker asks for the forms that it keeps while a person reads or
    presses; a message that went into such an answer would be seen by nobody.
    """
    ahead = request.headers.get("Purpose") or request.headers.get("Sec-Purpose") or ""
    if ahead.startswith("prefetch"):
        return []
    return list(get_flashed_messages(with_categories))


def _context() -> dict[str, Any]:
    """Asked for only where a template uses it: error pages need no database."""
    if not has_request_context():  # a letter has no frame
        return {}
    return {
        "current_org": LocalProxy(current_org),
        "kind": LocalProxy(role_kind),
        "nav": LocalProxy(_navigation),
        "unread_count": LocalProxy(_unread),
        "theme": theme(),
        "here": here(),
    }


def init_app(app: Flask) -> None:
    """Give the frame to all templates of `app`."""
    app.context_processor(_context)
    app.jinja_env.globals.update(
        has_endpoint=has_endpoint,
        url_if=url_if,
        kind_of=kind_of,
        messages_of_now=messages_of_now,
    )

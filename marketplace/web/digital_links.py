"""GS1 Digital Link resolver: from the number on a box to what is known of it.

Answers 307 to the page by default, a link set (RFC 9264) when asked for all links,
400 to numbers that do not check, 404 to those that nobody here has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.gs1 import BadElement, DigitalLink, parse_link
from marketplace.services.gs1_keeping import place_by_gln
from marketplace.services.trade_items import item_by_gtin, lot_of_item
from marketplace.web.access import public
from marketplace.web.errors import error_page
from marketplace.web.limits import limiter
from marketplace.web.locale import asks_browser
from marketplace.web.public_pages import miss, missed
from models.database import transaction

bp = Blueprint("digital_links", __name__)

MISSES = "30/minute"
"""Beside the limit of all requests: who counts up numbers that are there hits."""
VOCABULARY = "https://ref.gs1.org/voc/"
LINK_SET = "application/linkset+json"
LANGUAGES = ["vi", "en"]


@dataclass(frozen=True)
class Resolved:
    """Where a link leads by default, and by what it is about, with a name."""

    name: str
    default: str
    links: dict[str, tuple[str, str]]


@bp.get("/01/<gtin>")
@bp.get("/01/<gtin>/<path:rest>")
@limiter.limit(MISSES, deduct_when=missed, override_defaults=False)
@public
@asks_browser
def goods(gtin: str, rest: str = "") -> ResponseReturnValue:  # noqa: ARG001 - read from the address
    """A trade item, or a lot of it; a serial narrows nothing that we keep."""
    return _resolve()


@bp.get("/414/<gln>")
@limiter.limit(MISSES, deduct_when=missed, override_defaults=False)
@public
@asks_browser
def location(gln: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address
    """A place of an organisation."""
    return _resolve()


@bp.get("/.well-known/gs1resolver")
@public
def description() -> ResponseReturnValue:
    """What this resolver can do, as GS1 asks resolvers to say of themselves."""
    return jsonify(
        {
            "name": _("Liên kết Sông Mã"),
            "resolverRoot": _base(),
            "supportedPrimaryKeys": ["01", "414"],
            "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
            "linkTypeDefaultCanBeLinkset": False,
        }
    )


def _resolve() -> ResponseReturnValue:
    try:
        # The raw path: a lot's number may hold a slash, sent as %2F.
        link = parse_link("https://x.vn" + _raw_path())
    except BadElement:
        return render_template("boxes/bad_code.html"), 400
    with transaction(read_only=True) as session:
        found = _find(session, link)
    if found is None:
        return error_page(404)
    wanted = request.args.get("linkType", "").replace("gs1:", VOCABULARY)
    asked_all = wanted in ("all", "linkset")
    if asked_all or request.accept_mimetypes.best == LINK_SET:
        return _open(_link_set(link, found))
    target = found.links[wanted][0] if wanted in found.links else found.default
    if wanted and wanted not in {*found.links, VOCABULARY + "defaultLink"}:
        return error_page(404)
    return _open(redirect(_hand_on(target), 307), link)


def _hand_on(target: str) -> str:
    """The target with what else was asked, such as a language, as resolvers do.

    Application identifiers, which are figures, are part of the number itself.
    """
    asked = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key != "linkType" and not key.isdecimal()
    ]
    joint = "&" if "?" in target else "?"
    return target + (joint + urlencode(asked) if asked else "")


def _raw_path() -> str:
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    return str(raw).partition("?")[0] if raw.startswith("/") else request.path


def _find(session: Session, link: DigitalLink) -> Resolved | None:
    ai, value = link.key
    if ai == "414":
        place = place_by_gln(session, value)
        page = url_for("boxes.place", gln=value)
        if place is None:
            return None
        name = (place.facility or place.organisation).name
        links = {"locationInfo": page, "certificationInfo": page + "#giay-to"}
        return _about(name, page, links)
    item = item_by_gtin(session, value)
    if item is None:
        return None
    code = dict(link.qualifiers).get("10", "")
    about = url_for("boxes.item", public_id=item.public_id)
    if not code:
        return _about(item.name_vi, about, {"pip": about})
    lot = lot_of_item(session, item, code)
    if lot is None:
        miss()
        unknown = url_for("boxes.item", public_id=item.public_id, lo=code)
        return _about(item.name_vi, unknown, {"pip": unknown})
    return _of_lot(item.name_vi, about, lot.public_id)


def _of_lot(name: str, about: str, public_id: str) -> Resolved:
    page = url_for("boxes.show", public_id=public_id)
    links = {
        "pip": about,
        "traceability": page,
        "certificationInfo": page + "#giay-to",
        "epcis": url_for("lot_standards.box_epcis", public_id=public_id),
        "dpp": url_for("lot_standards.box_passport", public_id=public_id),
    }
    return _about(name, page, links)


def _about(name: str, default: str, links: dict[str, str]) -> Resolved:
    titles = {
        "pip": "Product information",
        "traceability": "From the garden to here",
        "certificationInfo": "Certificates and codes",
        "locationInfo": "Whose place this is",
        "epcis": "EPCIS 2.0 events",
        "dpp": "Digital product passport",
    }
    known = {VOCABULARY + kind: (url, titles[kind]) for kind, url in links.items()}
    return Resolved(name, default, known)


def _link_set(link: DigitalLink, found: Resolved) -> Response:
    """All links of the identified thing, each with its language and type."""
    listed: dict[str, Any] = {
        kind: [_target(url, title)] for kind, (url, title) in found.links.items()
    }
    listed[VOCABULARY + "defaultLink"] = [_target(found.default, found.name)]
    anchor = {"anchor": _base() + link.path(), "itemDescription": found.name}
    response = jsonify({"linkset": [anchor | listed]})
    response.mimetype = LINK_SET
    return response


def _target(url: str, title: str) -> dict[str, Any]:
    href = _base() + url
    if url.endswith(".json"):
        return {"href": href, "title": title, "type": "application/ld+json"}
    return {"href": href, "title": title, "type": "text/html", "hreflang": LANGUAGES}


def _open(response: Any, link: DigitalLink | None = None) -> Response:
    """Readable from other sites, and pointing at the link set."""
    answer: Response = current_app.make_response(response)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.vary.update(("Accept", "Accept-Language"))
    if link is not None:
        where = f"<{_base()}{link.path()}?linkType=all>"
        answer.headers["Link"] = f'{where}; rel="linkset"; type="{LINK_SET}"'
    return answer


def _base() -> str:
    """The market's own address, not the one that the reader happens to use."""
    return str(current_app.config["BASE_URL"]).rstrip("/")

"""What the pages of papers share: which kind an address means, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.papers import counts_on
from marketplace.domain.words import CertificateScheme
from marketplace.services.paper_queue import Sieve
from marketplace.services.paper_rows import (
    Row,
    access_certificate,
    access_code,
    access_packing_code,
    holder_of,
    named_paper,
    paper_of,
    place_of,
)
from marketplace.services.units import communes_on
from marketplace.web.access import current_actor
from marketplace.web.clock import today
from marketplace.web.harvest_pages import last_day_of, paper_title
from marketplace.web.labels import label

if TYPE_CHECKING:
    from models.reference import AdminUnit

CERTIFICATE, AREA_CODE, PACKING_CODE = "chung-nhan", "ma-vung", "ma-dong-goi"
ANY_KIND = f"/<any('{CERTIFICATE}', '{AREA_CODE}', '{PACKING_CODE}'):kind>"
ACCESS: dict[str, Callable[..., Row]] = {
    CERTIFICATE: access_certificate,
    AREA_CODE: access_code,
    PACKING_CODE: access_packing_code,
}


def access_paper(
    session: Session, who: Any, kind: str, public_id: str, action: str = "read"
) -> Row:
    """The paper that an address means; NotFound for strangers."""
    return ACCESS[kind](session, who, public_id, action)


def kind_of_paper(row: Row) -> str:
    """The word of the address that says which kind of paper it is."""
    value = paper_of(row)
    if value.scheme is not None:
        return CERTIFICATE
    return PACKING_CODE if value.packing else AREA_CODE


def url_of_paper(row: Row) -> str:
    """The page of a paper."""
    kind = kind_of_paper(row)
    return url_for("papers.show", kind=kind, public_id=row.public_id)


def paper_heading(row: Row) -> str:
    """`OCOP, 4 sao` or the spelling of a code: what stands over its page."""
    number, value = named_paper(row)
    if value.scheme is None:
        return number
    name = str(label(value.scheme))
    if not value.stars:
        return name
    return f"{name}, {_('%(count)s sao', count=value.stars)}"


def sieve_of_address() -> Sieve:
    """What the address looks for; anything odd narrows nothing."""
    kind, unit = request.args.get("loai", ""), request.args.get("xa", "")
    known = unit.isascii() and unit.isdigit() and len(unit) < 9
    return Sieve(
        kind if kind in dict(kinds_of_papers()) else "",
        int(unit) if known else None,
        request.args.get("q", "")[:100],
    )


def kinds_of_papers() -> list[tuple[str, str]]:
    """All kinds of the register, to choose one from."""
    return [
        *((one.value, str(label(one))) for one in CertificateScheme),
        (AREA_CODE, _("Mã số vùng trồng")),
        (PACKING_CODE, _("Mã số cơ sở đóng gói")),
    ]


def scope_communes(session: Session) -> list[AdminUnit]:
    """The communes of today in the officer's scope."""
    scope = current_actor().scope_unit_ids
    return [unit for unit in communes_on(session, today()) if unit.id in scope]


def counts_today(row: Row) -> bool:
    """Whether the paper counts on the day that it is."""
    return counts_on(paper_of(row), today())


def init_app(app: Flask) -> None:
    """Give the words of papers to all templates."""
    app.jinja_env.globals.update(
        paper_title=paper_title,
        paper_heading=paper_heading,
        place_of_paper=place_of,
        last_day_of=last_day_of,
        kind_of_paper=kind_of_paper,
        url_of_paper=url_of_paper,
        counts_today=counts_today,
        holder_of=holder_of,
    )

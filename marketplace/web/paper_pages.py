"""What the pages of papers share: which kind an address means, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.papers import counts_on
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
from marketplace.web.clock import today
from marketplace.web.harvest_pages import last_day_of, paper_title
from marketplace.web.labels import label

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

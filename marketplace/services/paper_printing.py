"""Papers as PDF/A-3, set by Typst: what all of them have in common.

A paper is printed from frozen words, so that the same record gives the same bytes
every time. Its last page carries the digest and a QR code to the authenticity page.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
import typst

from marketplace.domain.canonical import short_digest
from marketplace.domain.formats import format_day
from marketplace.domain.words import Side
from marketplace.services.clockwork import HOME
from marketplace.services.contract_content import content_of
from models.contracts import Contract

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pdf"
NO_BREAK = "\u2011"  # a hyphen at which no line ends
QUIET_ZONE = 4  # modules of white around a code, ISO/IEC 18004


def print_paper(template: str, data: Mapping[str, Any]) -> bytes:
    """Set the template of `templates/pdf` with these words."""
    return typst.compile(
        str(FOLDER / template),
        font_paths=[str(FOLDER / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a"],
    )


def seal(digest: str, address: str) -> dict[str, str]:
    """What lets a reader check the paper: digest, QR code, where to ask by hand."""
    parts = urlsplit(address)
    return {
        "spelled": " ".join(digest[at : at + 8] for at in range(0, len(digest), 8)),
        "short": short_digest(digest),
        "site": parts.netloc + parts.path.rpartition("/")[0],
        "qr": qr_svg(address),
    }


def qr_svg(text: str) -> str:
    """The code as SVG; level M bears a stain or a fold."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, border=QUIET_ZONE, light="#fff")
    return drawn.getvalue().decode()


def made(at: datetime) -> list[int]:
    """The moment that the file carries as its own."""
    return list(at.timetuple()[:6])


def moment(at: datetime, lang: str) -> str:
    """A day with its hour in Vietnam: "05:30, 30/06/2026"."""
    home = at.astimezone(HOME)
    return f"{home:%H:%M}, {format_day(home.date(), lang)}"


def dateline(issuer: Mapping[str, Any], at: datetime, lang: str) -> str:
    """Place and day over an official paper of a party or an authority.

    An authority writes from its own unit; others from where their address ends.
    """
    place = issuer.get("place") or issuer["address"].rpartition(", ")[2]
    day = at.astimezone(HOME).date()
    if lang != "vi":
        return f"{place}, {format_day(day, lang)}"
    # Decree 30/2020: a nought before days below 10 and before January and February.
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def parties_of(
    content: Mapping[str, Any], words: Mapping[str, str], *, account: bool = False
) -> list[dict[str, Any]]:
    """Both parties as the contract names them, under their names as sides.

    Their bank accounts stand on papers that speak of money.
    """
    known = ("name", "address", "tax_code", "representative")
    rows = (*known, "account") if account else known
    return [
        {
            "heading": words[party["side"]],
            "rows": [[words[row], _of_party(party, row)] for row in rows if party[row]],
        }
        for party in content["parties"]
    ]


def signed_words(contract: Contract, digest: str) -> dict[str, Any]:
    """What the parties had signed when a paper was frozen that names this digest."""
    return content_of(next(one for one in contract.versions if one.digest == digest))


def place_to_sign(
    content: Mapping[str, Any], side: Side, words: Mapping[str, str]
) -> dict[str, str]:
    """Where the representative of a side puts the name, not signed yet."""
    party = next(p for p in content["parties"] if p["side"] == side)
    return {
        "side": words[side],
        "organisation": party["name"],
        "name": party["representative"],
        "signed_at": "",
    }


def _of_party(party: Mapping[str, Any], row: str) -> str:
    if row == "representative":
        return f"{party['representative']}, {party['position']}"
    return str(party[row])

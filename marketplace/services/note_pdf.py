"""The delivery note (phiếu giao nhận) as a PDF, from the words both sides confirm."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.formats import format_kg, format_number
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_content import content_of
from marketplace.services.note_words import NOTE
from marketplace.services.paper_printing import (
    dateline,
    made,
    moment,
    parties_of,
    print_paper,
    seal,
)
from marketplace.services.paper_words import PAPER
from marketplace.services.photo_papers import photo_list
from marketplace.services.signing import current_version
from models.deliveries import DeliveryNote


def note_number(note: DeliveryNote) -> str:
    """How papers name a note of a contract: "03/PGN"."""
    return f"{note.number:02d}/PGN"


def note_pdf(session: Session, note: DeliveryNote, lang: str, address: str) -> bytes:
    """PDF/A-3 of a note, its content attached; `address` leads to its digest.

    A note that is void, or waits for the other side, says so above everything else.
    """
    content = json.loads(note.content)
    contract = content_of(current_version(session, note.contract))
    words = PAPER[lang] | NOTE[lang]
    at = datetime.fromisoformat(content["delivered_at"])
    data = {
        "lang": lang,
        "words": words,
        "title": words["title"],
        "subtitle": f"{words['under']} {content['contract']}",
        "issuer": contract["parties"][0]["name"],
        "number": note_number(note),
        "mark": f"{words['mark']} {note_number(note)}, {content['contract']}",
        "made": made(note.written_at),
        "dateline": dateline(contract["parties"][0], at, lang),
        "warning": _warning(note, words),
        "parties": parties_of(contract, words),
        "facts": _facts(content, contract, lang, words),
        "lots": _lots(content["lots"], lang, words),
        "photos": photo_list(session, [note], lang),
        "signatures": [_confirmation(note, contract, side, lang) for side in Side],
        "content": note.content,
        "seal": seal(note.digest, address),
    }
    return print_paper("note.typ", data)


def _warning(note: DeliveryNote, words: dict[str, str]) -> str:
    if note.state is NoteState.VOID:
        return f"{words['void']}: {note.void_reason}"
    return words["pending"] if note.state is NoteState.WRITTEN else ""


def _facts(
    content: dict[str, Any], contract: dict[str, Any], lang: str, words: dict[str, str]
) -> list[list[str]]:
    degrees = content["temperature_c"]
    cold = f"{format_number(Decimal(degrees), lang)} °C" if degrees else ""
    delivered = moment(datetime.fromisoformat(content["delivered_at"]), lang)
    rows = [
        [words["product"], contract["subject"][f"name_{lang}"]],
        [words["line"], str(content["line"])],
        [words["delivered_at"], delivered],
        [words["place"], content["place"]],
        [words["vehicle"], content["vehicle"]],
        [words["temperature"], cold],
        [words["remark"], content["remark"]],
    ]
    return [[name, value] for name, value in rows if value]


def _lots(
    lots: list[dict[str, Any]], lang: str, words: dict[str, str]
) -> dict[str, Any]:
    def weights(gross: int, tare: int) -> list[str]:
        return [format_kg(kg, lang) for kg in (gross, tare, gross - tare)]

    rows = [
        [str(number), lot["code"], *weights(lot["gross_kg"], lot["tare_kg"])]
        for number, lot in enumerate(lots, 1)
    ]
    gross, tare = (sum(lot[name] for lot in lots) for name in ("gross_kg", "tare_kg"))
    return {
        "head": [words[name] for name in ("row", "lot", "gross", "tare", "net")],
        "rows": rows,
        "totals": [["", words["total"], *weights(gross, tare)]],
    }


def _confirmation(
    note: DeliveryNote, contract: dict[str, Any], side: Side, lang: str
) -> dict[str, str]:
    party = next(p for p in contract["parties"] if p["side"] == side)
    stands = next((one for one in note.confirmations if one.side is side), None)
    return {
        "side": NOTE[lang][side],
        "organisation": party["name"],
        "name": stands.user.name if stands else "",
        "signed_at": moment(stands.at, lang) if stands else "",
    }

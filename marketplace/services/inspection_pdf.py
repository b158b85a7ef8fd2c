"""The inspection record (biên bản nghiệm thu) as a PDF, with what became of claims."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.canonical import short_digest
from marketplace.domain.formats import format_kg, format_price
from marketplace.domain.words_delivery import ClaimState, Outcome
from marketplace.services.contract_content import content_of
from marketplace.services.dispute_records import ended_claim, list_claims
from marketplace.services.inspections import claim_until, current_inspection
from marketplace.services.note_pdf import note_number
from marketplace.services.note_words import INSPECTION
from marketplace.services.paper_printing import (
    NO_BREAK,
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
from models.inspections import Claim, Inspection

Words = dict[str, str]


def inspection_pdf(
    session: Session, inspection: Inspection, lang: str, address: str
) -> bytes:
    """PDF/A-3 of a finding, its content attached; `address` leads to its digest."""
    note = inspection.note
    content = json.loads(inspection.content)
    contract = content_of(current_version(session, note.contract))
    words = PAPER[lang] | INSPECTION[lang]
    replaced = current_inspection(session, note) is not inspection
    claims = list_claims(session, note)
    data = {
        "lang": lang,
        "words": words,
        **_names(inspection, contract, words),
        "made": made(inspection.at),
        "dateline": dateline(contract["parties"][1], inspection.at, lang),
        "warning": words["replaced"] if replaced else "",
        "grounds": _grounds(inspection, words),
        "parties": parties_of(contract, words),
        "facts": _facts(session, inspection, content, contract, lang),
        "parts": _parts(content["parts"], lang, words),
        "claims": [_claim(claim, lang, words) for claim in claims],
        "photos": photo_list(session, [note, inspection, *claims], lang),
        "signatures": _signatures(inspection, content, lang, words),
        "content": inspection.content,
        "seal": seal(inspection.digest, address),
    }
    return print_paper("inspection.typ", data)


def _names(inspection: Inspection, contract: dict[str, Any], words: Words) -> Words:
    """Who issues it (the receiver, who inspects), its number, and both on each page."""
    number = f"{inspection.note.number:02d}.{inspection.number}/BBNT"
    return {
        "title": words["title"],
        "subtitle": "",
        "issuer": contract["parties"][1]["name"],
        "number": number,
        "mark": f"{words['mark']} {number}, {contract['number']}",
    }


def _grounds(inspection: Inspection, words: Words) -> str:
    note = inspection.note
    return words["grounds"].format(
        contract=note.contract.number,
        note=note_number(note),
        check=short_digest(note.digest).replace("-", NO_BREAK),
    )


def _facts(
    session: Session,
    inspection: Inspection,
    content: dict[str, Any],
    contract: dict[str, Any],
    lang: str,
) -> list[list[str]]:
    note, words = inspection.note, INSPECTION[lang]
    rows = [
        [words["product"], contract["subject"][f"name_{lang}"]],
        [words["delivered_at"], moment(note.delivered_at, lang)],
        [words["place"], note.place],
        [words["net"], format_kg(note.net_kg, lang)],
        [words["round"], str(content["inspection"])],
        [words["at"], moment(inspection.at, lang)],
        [words["by"], _author(content, words)],
        [words["why"], content["reason"]],
        [words["claim_until"], _claimable_until(session, inspection, lang)],
    ]
    return [[name, value] for name, value in rows if value]


def _claimable_until(session: Session, inspection: Inspection, lang: str) -> str:
    """Nothing where the finding is the end of a claim."""
    if ended_claim(session, inspection):
        return ""
    return moment(claim_until(session, inspection), lang)


def _author(content: dict[str, Any], words: Words) -> str:
    by = content["by"]
    if by:
        return f"{by['person']}, {by['organisation']}"
    return words["silence"] if content["inspection"] == 1 else words["agreed"]


def _parts(parts: list[dict[str, Any]], lang: str, words: Words) -> dict[str, Any]:
    rows = [
        [
            str(number),
            part[f"name_{lang}"] or "–",
            words[part["outcome"]],
            format_kg(part["kg"], lang),
            _deduction(part["deduction_vnd"], lang),
            part["reason"] or "–",
        ]
        for number, part in enumerate(parts, 1)
    ]
    head = ("row", "grade", "outcome", "kg", "deduction", "reason")
    return {
        "head": [words[name] for name in head],
        "rows": rows,
        "totals": [_total(parts, outcome, lang, words) for outcome in Outcome],
    }


def _deduction(deduction_vnd: int, lang: str) -> str:
    return format_price(deduction_vnd, lang) if deduction_vnd else "–"


def _total(
    parts: list[dict[str, Any]], outcome: Outcome, lang: str, words: Words
) -> list[str]:
    kg = sum(part["kg"] for part in parts if part["outcome"] == outcome)
    return ["", words[f"total_{outcome}"], "", format_kg(kg, lang), "", ""]


def _claim(claim: Claim, lang: str, words: Words) -> list[str]:
    """Who disputed the finding, when and why; and its end."""
    raised = words["raised"].format(
        side=words[f"side_{claim.raised_by}"],
        at=moment(claim.raised_at, lang),
        reason=claim.reason,
    )
    if claim.closed_at is None:
        waits = claim.state is ClaimState.MEDIATION
        return [raised, words["mediation" if waits else "open"]]
    end = words[f"claim_{claim.state}"].format(
        at=moment(claim.closed_at, lang),
        outcome=claim.outcome.reason if claim.outcome else "",
    )
    return [raised, end]


def _signatures(
    inspection: Inspection, content: dict[str, Any], lang: str, words: Words
) -> list[Words]:
    """The one who wrote it; nobody where hours passed or both sides agreed."""
    by = content["by"]
    if by is None:
        return []
    buyer = inspection.by_organisation_id == inspection.note.contract.buyer_id
    return [
        {
            "side": words["buyer_signs" if buyer else "officer_signs"],
            "organisation": by["organisation"],
            "name": by["person"],
            "signed_at": moment(inspection.at, lang),
        }
    ]

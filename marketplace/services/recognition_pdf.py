"""A recognition or confirmation of a chain as a PDF, from its frozen words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.domain.formats import format_day, format_kg, format_number
from marketplace.services.paper_printing import (
    dateline,
    made,
    moment,
    print_paper,
    seal,
)
from marketplace.services.paper_words import PAPER
from marketplace.services.recognition_papers import is_over, is_replaced
from marketplace.services.recognition_words import RECOGNITION
from models.chains import Recognition
from models.recognition_papers import RecognitionPaper

Words = dict[str, str]
Content = Mapping[str, Any]


def recognition_pdf(paper: RecognitionPaper, lang: str, address: str) -> bytes:
    """PDF/A-3 of the paper, its content attached; `address` leads to its digest.

    One that was withdrawn, replaced or has ended says so above everything else.
    """
    content: Content = json.loads(paper.content)
    words = PAPER[lang] | RECOGNITION[lang]
    number = content["number"]
    data = {
        "lang": lang,
        "words": words,
        "title": words[content["kind"]],
        "subtitle": content["chain"],
        "number": number,
        "mark": f"{words['number']} {number}",
        "issuer": content["issuer"]["name"],
        "made": made(paper.at),
        "dateline": dateline(content["issuer"], paper.at, lang),
        "warning": _warning(paper.recognition, lang, words),
        "lead": _lead(content["lead"], words),
        "scope": _scope(content, lang, words),
        "validity": _validity(content, lang, words),
        "partners": _partners(content, words),
        "signatures": [_signature(paper, content, lang, words)],
        "content": paper.content,
        "seal": seal(paper.digest, address),
    }
    return print_paper("recognition.typ", data)


def _warning(row: Recognition, lang: str, words: Words) -> str:
    if row.withdrawn_on:
        day = format_day(row.withdrawn_on, lang)
        return words["withdrawn"].format(day=day, reason=row.withdrawn_reason)
    if is_replaced(row):
        return words["replaced"]
    return words["over"] if is_over(row) else ""


def _lead(lead: Content, words: Words) -> list[list[str]]:
    names = ("name", "address", "tax_code")
    return [[words[name], lead[name]] for name in names if lead[name]]


def _scope(content: Content, lang: str, words: Words) -> list[list[str]]:
    stages = ", ".join(words[stage] for stage in content["stages"])
    area = format_number(Decimal(content["area_ha"]), lang)
    rows = [
        [words["chain"], content["chain"]],
        [words["product"], content["product"][lang]],
        [words["commune"], content["commune"]],
        [words["stages"], stages],
        [words["area"], f"{area} ha"],
        [words["kg"], format_kg(content["kg"], lang)],
    ]
    return [row for row in rows if row[1]]


def _validity(content: Content, lang: str, words: Words) -> list[list[str]]:
    valid = words["no_end"]
    if content["valid_to"]:
        day = format_day(date.fromisoformat(content["valid_to"]), lang)
        valid = words["until"].format(day=day)
    issued = format_day(date.fromisoformat(content["issued_on"]), lang)
    rows = [[words["issued"], issued], [words["valid"], valid]]
    if content["proposed_by"]:
        rows.append([words["proposed_by"], content["proposed_by"]])
    return rows


def _partners(content: Content, words: Words) -> dict[str, Any]:
    return {
        "head": [words[name] for name in ("row", "name", "address", "tax_code")],
        "rows": [
            [str(number), one["name"], one["address"], one["tax_code"]]
            for number, one in enumerate(content["partners"], 1)
        ],
    }


def _signature(
    paper: RecognitionPaper, content: Content, lang: str, words: Words
) -> dict[str, str]:
    return {
        "side": words["officer"],
        "organisation": content["issuer"]["name"],
        "name": content["decided_by"],
        "signed_at": moment(paper.at, lang),
    }

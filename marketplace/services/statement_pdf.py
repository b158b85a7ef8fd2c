"""A statement of account (biên bản đối chiếu công nợ) as a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.domain.formats import format_day, format_kg, format_vnd
from marketplace.domain.settlement_lines import LineKind
from marketplace.domain.words import Side
from marketplace.services.paper_printing import (
    dateline,
    made,
    parties_of,
    place_to_sign,
    print_paper,
    seal,
    signed_words,
)
from marketplace.services.paper_words import PAPER
from marketplace.services.season_papers import season_table
from marketplace.services.season_words import SEASONS
from marketplace.services.statement_content import KILOGRAMS
from marketplace.services.statement_words import STATEMENT
from models.statements import IssuedStatement

Words = dict[str, str]
Content = Mapping[str, Any]


def statement_pdf(
    issued: IssuedStatement, lang: str, address: str, *, replaced: bool = False
) -> bytes:
    """PDF/A-3 of an issued statement, its content attached.

    `address` leads to its digest; `replaced` says that a newer one was issued.
    """
    content: Content = json.loads(issued.content)
    contract = signed_words(issued.contract, content["signed_digest"])
    words = PAPER[lang] | SEASONS[lang] | STATEMENT[lang]
    issuer = next(p for p in contract["parties"] if p["side"] == issued.side)
    data = {
        "lang": lang,
        "words": words,
        **_head(issued, content, lang, words),
        "issuer": issuer["name"],
        "made": made(issued.at),
        "dateline": dateline(issuer, issued.at, lang),
        "warnings": _warnings(content, replaced, words),
        "parties": parties_of(contract, words, account=True),
        "facts": [[words[name], format_kg(content["kg"][name], lang)]
                  for name in KILOGRAMS],
        "seasons": season_table(content, lang),
        "entries": _entries(content, lang, words),
        "debts": _debts(content["debts"], lang, words),
        "balance": _balance(content, lang, words),
        "signatures": [place_to_sign(contract, side, words) for side in Side],
        "content": issued.content,
        "seal": seal(issued.digest, address),
    }  # fmt: skip
    return print_paper("statement.typ", data)


def _head(issued: IssuedStatement, content: Content, lang: str, words: Words) -> Words:
    number = words["numbered"].format(number=issued.number)
    until = format_day(issued.as_of, lang)
    return {
        "title": words["title"],
        "subtitle": words["until"].format(day=until),
        "number": number,
        "mark": f"{words['mark']} {number}, {content['contract']}",
        "grounds": words["grounds"].format(contract=content["contract"]),
    }


def _warnings(content: Content, replaced: bool, words: Words) -> list[str]:
    told = {"provisional": content["provisional"], "replaced": replaced}
    return [words[name] for name, holds in told.items() if holds]


def _entries(content: Content, lang: str, words: Words) -> dict[str, Any]:
    rows = [
        [
            str(number),
            format_day(date.fromisoformat(line["day"]), lang),
            line[lang],
            words["unpriced"] if line["vnd"] is None else format_vnd(line["vnd"], lang),
        ]
        for number, line in enumerate(content["lines"], 1)
    ]
    sums = content["vnd"]
    return {
        "head": [words[name] for name in ("row", "day", "what", "amount")],
        "rows": rows,
        "totals": [
            ["", "", words["owed"], format_vnd(sums["owed_vnd"], lang)],
            ["", "", words["covered"], format_vnd(-sums["covered_vnd"], lang)],
        ],
    }


def _debts(debts: list[dict[str, Any]], lang: str, words: Words) -> dict[str, Any]:
    sums = ("principal_vnd", "open_vnd", "interest_vnd")
    return {
        "head": [words[name] for name in ("due", "principal", "open", "interest")],
        "rows": [
            [
                format_day(date.fromisoformat(one["due_on"]), lang),
                *(format_vnd(one[name], lang) for name in sums),
            ]
            for one in debts
        ],
    }


def _balance(content: Content, lang: str, words: Words) -> str:
    sums = content["vnd"]
    balance = sums["balance_vnd"]
    kinds = {line["kind"] for line in content["lines"] if line["vnd"]}
    credit = "owes" if LineKind.SELLER_PENALTY in kinds else "credit"
    key = "pays" if balance > 0 else credit if balance < 0 else "even"
    return words[key].format(
        amount=format_vnd(abs(balance), lang),
        late=format_vnd(sums["overdue_vnd"], lang),
    )

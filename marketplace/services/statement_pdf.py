"""A statement of account (biên bản đối chiếu công nợ) as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from marketplace.domain.formats import format_day, format_kg, format_vnd
from marketplace.domain.settlement import Statement
from marketplace.domain.settlement_debts import SettledDebt
from marketplace.domain.settlement_lines import LineKind, StatementLine
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.paper_printing import made, parties_of, print_paper, seal
from marketplace.services.paper_words import PAPER
from marketplace.services.statement_words import STATEMENT
from models.contracts import Contract

Words = dict[str, str]
# A message of the domain and what fills it, in the language of the paper.
Say = Callable[[str, Mapping[str, object]], str]
KILOGRAMS = ("promised_kg", "delivered_kg", "accepted_kg", "rejected_kg", "unpriced_kg")


@dataclass(frozen=True)
class Sealed:
    """The stored form of a statement: canonical text, digest, authenticity page."""

    content: str
    digest: str
    address: str


def statement_pdf(
    contract: Contract,
    statement: Statement,
    lang: str,
    say: Say,
    sealed: Sealed | None = None,
) -> bytes:
    """PDF/A-3 of the account of a contract on the statement's day.

    Without `sealed` nothing vouches for it, and it carries neither digest nor code.
    """
    version = next(
        v for v in contract.versions if v.version == contract.current_version
    )
    content, words = content_of(version), PAPER[lang] | STATEMENT[lang]
    until = format_day(statement.today, lang)
    data = {
        "lang": lang,
        "words": words,
        "title": words["title"],
        "subtitle": words["until"].format(day=until),
        "number": contract.number,
        "mark": f"{words['mark']} {until}, {contract.number}",
        "made": made(datetime.combine(statement.today, time(), tzinfo=UTC)),
        "warning": words["provisional"] if statement.provisional else "",
        "grounds": words["grounds"].format(contract=contract.number),
        "parties": parties_of(content, words, account=True),
        "facts": _kilograms(statement, lang, words),
        "entries": _entries(statement, lang, words, say),
        "debts": _debts(statement.debts, lang, words),
        "balance": _balance(statement, lang, words),
        "signatures": [_place_to_sign(content, side, words) for side in Side],
        "content": sealed.content if sealed else "",
        "seal": seal(sealed.digest, sealed.address) if sealed else None,
    }
    return print_paper("statement.typ", data)


def _kilograms(statement: Statement, lang: str, words: Words) -> list[list[str]]:
    totals = statement.totals
    return [[words[name], format_kg(getattr(totals, name), lang)] for name in KILOGRAMS]


def _entries(statement: Statement, lang: str, words: Words, say: Say) -> dict[str, Any]:
    rows = [
        [
            str(number),
            format_day(line.day, lang),
            say(line.message, line.params),
            _amount(line, lang, words),
        ]
        for number, line in enumerate(statement.lines, 1)
    ]
    totals = statement.totals
    return {
        "head": [words[name] for name in ("row", "day", "what", "amount")],
        "rows": rows,
        "totals": [
            ["", "", words["owed"], format_vnd(totals.owed_vnd, lang)],
            ["", "", words["covered"], format_vnd(-totals.covered_vnd, lang)],
        ],
    }


def _amount(line: StatementLine, lang: str, words: Words) -> str:
    if line.kind is LineKind.UNPRICED:
        return words["unpriced"]
    return format_vnd(line.signed_vnd, lang)


def _debts(debts: tuple[SettledDebt, ...], lang: str, words: Words) -> dict[str, Any]:
    return {
        "head": [words[name] for name in ("due", "principal", "open", "interest")],
        "rows": [
            [
                format_day(one.debt.due_on, lang),
                format_vnd(one.debt.principal_vnd, lang),
                format_vnd(one.open_principal_vnd, lang),
                format_vnd(one.open_interest_vnd, lang),
            ]
            for one in debts
        ],
    }


def _balance(statement: Statement, lang: str, words: Words) -> str:
    balance = statement.balance_vnd
    key = "pays" if balance > 0 else "credit" if balance < 0 else "even"
    return words[key].format(
        amount=format_vnd(abs(balance), lang),
        late=format_vnd(statement.totals.overdue_vnd, lang),
    )


def _place_to_sign(content: dict[str, Any], side: Side, words: Words) -> Words:
    party = next(p for p in content["parties"] if p["side"] == side)
    return {
        "side": words[side],
        "organisation": party["name"],
        "name": party["representative"],
        "signed_at": "",
    }

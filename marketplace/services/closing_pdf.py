"""The closing record (biên bản thanh lý) as a PDF, from the words both confirm."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.domain.canonical import short_digest
from marketplace.domain.formats import format_day, format_kg, format_number, format_vnd
from marketplace.domain.words import Side
from marketplace.services.closing_content import KILOGRAMS
from marketplace.services.closing_words import CLOSING
from marketplace.services.days import day_of
from marketplace.services.paper_printing import (
    NO_BREAK,
    made,
    moment,
    parties_of,
    place_to_sign,
    print_paper,
    seal,
    signed_words,
)
from marketplace.services.paper_words import PAPER
from marketplace.services.season_papers import season_table
from marketplace.services.season_words import SEASONS
from models.closings import ClosingConfirmation

Words = dict[str, str]
Content = Mapping[str, Any]
NUMBER = "01/BBTL"  # a contract is closed once
SHARES = ("fulfilled", "on_time", "rejected")
ADDED = ("priced_vnd", "buyer_penalties_vnd", "interest_vnd", "refunds_vnd")
TAKEN_OFF = (
    "deductions_vnd",
    "advances_vnd",
    "offset_vnd",
    "seller_penalties_vnd",
    "paid_vnd",
    "waived_vnd",
)


def closing_pdf(
    confirmations: Sequence[ClosingConfirmation], lang: str, address: str
) -> bytes:
    """PDF/A-3 of one closing, by the one or two who stand by it, content attached.

    `address` leads to its digest. Before the second confirmation it says so.
    """
    row = confirmations[0]
    content: Content = json.loads(row.content)
    contract = signed_words(row.contract, content["signed_digest"])
    words = PAPER[lang] | SEASONS[lang] | CLOSING[lang]
    data = {
        "lang": lang,
        "words": words,
        **_head(row, content, lang, words),
        "made": made(max(one.at for one in confirmations)),
        "warning": words["pending"] if len(confirmations) < len(Side) else "",
        "parties": parties_of(contract, words, account=True),
        "ending": _ending(content, _ended(content, confirmations), lang, words),
        "facts": _goods(content, lang, words),
        "sums": _sums(content["vnd"], lang, words),
        **_tables(content, lang, words),
        "balance": [
            _balance(content["vnd"], lang, words),
            words["done"],
        ],
        "signatures": [_stands(contract, confirmations, side, lang) for side in Side],
        "content": row.content,
        "seal": seal(row.digest, address),
    }
    return print_paper("closing.typ", data)


def _head(row: ClosingConfirmation, content: Content, lang: str, words: Words) -> Words:
    names = {"contract": content["contract"], "day": format_day(row.as_of, lang)}
    check = short_digest(content["signed_digest"]).replace("-", NO_BREAK)
    return {
        "title": words["title"],
        "subtitle": words["under"].format(**names),
        "number": NUMBER,
        "mark": f"{words['mark']} {content['contract']}",
        "grounds": words["grounds"].format(**names, check=check),
    }


def _ended(content: Content, by: Sequence[ClosingConfirmation]) -> str:
    """The day of its end; of one carried out, that of the second confirmation."""
    both = len(by) == len(Side)
    closed = day_of(max(one.at for one in by)).isoformat() if both else ""
    return content["ended_on"] or closed


def _ending(content: Content, ended: str, lang: str, words: Words) -> list[list[str]]:
    rows = [
        [words["state"], words[content["state"]]],
        [words["ended_on"], _day(ended, lang) if ended else ""],
        [words["reason"], content["reason"]],
        [words["for_breach"], words["yes" if content["for_breach"] else "no"]],
    ]
    return [[name, value] for name, value in rows if value]


def _goods(content: Content, lang: str, words: Words) -> list[list[str]]:
    weights = [[words[one], format_kg(content["kg"][one], lang)] for one in KILOGRAMS]
    tenths = content["tenths_of_percent"]
    return weights + [
        [words[f"share_{one}"], f"{format_number(Decimal(tenths[one]) / 10, lang)}%"]
        for one in SHARES
        if tenths[one] is not None
    ]


def _sums(sums: Mapping[str, int], lang: str, words: Words) -> dict[str, Any]:
    """What the buyer owes and what counts against it; what is nought stays out."""
    # Closings of former days know no refunds, and only few let a rest go.
    signed = [(name, sums.get(name, 0)) for name in ADDED]
    signed += [(name, -sums.get(name, 0)) for name in TAKEN_OFF]
    rows = [[words[name], format_vnd(vnd, lang)] for name, vnd in signed if vnd]
    balance = format_vnd(sums["balance_vnd"], lang)
    return {
        "head": [words["what"], words["amount"]],
        "rows": rows,
        "totals": [[words["balance_vnd"], balance]],
    }


def _tables(content: Content, lang: str, words: Words) -> dict[str, Any]:
    return {
        "seasons": season_table(content, lang),
        "entries": _entries(content["entries"], lang, words),
        "invoices": _invoices(content["invoices"], lang, words),
        "majeure": _majeure(content.get("majeure", []), lang, words),
    }


def _entries(entries: list[list[Any]], lang: str, words: Words) -> dict[str, Any]:
    head = ("row", "day", "what", "owed_by", "amount")
    rows = [
        [
            str(number),
            _day(day, lang),
            words[f"kind_{kind}"],
            words[f"side_{owed_by}"],
            format_vnd(vnd, lang),
        ]
        for number, (_, kind, vnd, day, owed_by) in enumerate(entries, 1)
    ]
    return {"head": [words[name] for name in head], "rows": rows}


def _invoices(invoices: list[list[Any]], lang: str, words: Words) -> dict[str, Any]:
    rows = [
        [_day(day, lang), f"{symbol} {number}", format_vnd(vnd, lang)]
        for symbol, number, day, vnd in invoices
    ]
    head = ("issued_on", "invoice", "amount")
    return {"head": [words[name] for name in head], "rows": rows}


def _majeure(told: list[list[Any]], lang: str, words: Words) -> dict[str, Any]:
    """What was told of force majeure, whom it struck, and what became of it."""
    head = ("day", "event", "struck", "lost_kg", "postponed_kg", "became")
    rows = []
    for _number, kind, by, began, state, late, *kilograms in told:
        became = words[f"became_{state}"] + (f" ({words['late']})" if late else "")
        event = [_day(began, lang), words[f"majeure_{kind}"], words[f"side_{by}"]]
        rows.append([*event, *(format_kg(kg, lang) for kg in kilograms), became])
    return {"head": [words[name] for name in head], "rows": rows}


def _balance(sums: Mapping[str, int], lang: str, words: Words) -> str:
    balance = sums["balance_vnd"]
    credit = "owes" if sums["seller_penalties_vnd"] else "credit"
    key = "pays" if balance > 0 else credit if balance < 0 else "even"
    return words[key].format(amount=format_vnd(abs(balance), lang))


def _day(written: str, lang: str) -> str:
    return format_day(date.fromisoformat(written), lang)


def _stands(
    contract: Content,
    confirmations: Sequence[ClosingConfirmation],
    side: Side,
    lang: str,
) -> Words:
    place = place_to_sign(contract, side, CLOSING[lang])
    one = next((row for row in confirmations if row.side is side), None)
    if one is None:
        return place
    return place | {"name": one.user.name, "signed_at": moment(one.at, lang)}

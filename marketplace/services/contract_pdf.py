"""A contract as a PDF, made from its frozen words by Typst."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from marketplace.domain.amendments import price_of
from marketplace.domain.clause_filling import grounds_of
from marketplace.domain.clauses import CLAUSES
from marketplace.domain.formats import format_day, format_kg, format_vnd
from marketplace.domain.season_content import spans_of
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.paper_printing import (
    made,
    moment,
    parties_of,
    print_paper,
    seal,
)
from marketplace.services.paper_words import PAPER
from models.contracts import ContractVersion

WORDS = {
    "vi": {
        "title": "Hợp đồng liên kết tiêu thụ nông sản",
        "opening": "Hai bên thống nhất ký hợp đồng này với các điều khoản sau.",
        "ground": "Căn cứ",
        "seller": "BÊN BÁN (Bên A)",
        "buyer": "BÊN MUA (Bên B)",
        "article": "Điều",
        "tranche": "Đợt",
        "days": "Ngày giao",
        "kg": "Khối lượng",
        "amount": "Thành tiền",
        "total": "Cộng",
        "season": "Vụ %(year)s",
        "season_total": "Cả vụ",
        "signed": "Đã ký điện tử",
        "unsigned": "(chưa ký)",
        "attachment": "Nội dung đã ký, dạng máy đọc được",
        "version": "bản %(version)s, theo phụ lục số %(number)s",
    },
    "en": {
        "title": "Linkage contract for the sale of farm produce",
        "opening": "The parties agree on the following clauses. The Vietnamese text "
        "prevails.",
        "ground": "Under",
        "seller": "SELLER (Party A)",
        "buyer": "BUYER (Party B)",
        "article": "Article",
        "tranche": "No.",
        "days": "Delivery",
        "kg": "Quantity",
        "amount": "Amount",
        "total": "Total",
        "season": "Season %(year)s",
        "season_total": "Season",
        "signed": "Signed electronically",
        "unsigned": "(not signed)",
        "attachment": "The signed content, machine readable",
        "version": "version %(version)s, as amended by No. %(number)s",
    },
}


def contract_pdf(version: ContractVersion, lang: str, address: str) -> bytes:
    """PDF/A-3 with the canonical content attached; the same words, every time.

    `address` is that of the authenticity page of the version's digest.
    """
    return print_paper("contract.typ", _data(version, lang, address))


def _data(version: ContractVersion, lang: str, address: str) -> dict[str, Any]:
    """Everything the page shows, as plain text in that language."""
    content, words = content_of(version), PAPER[lang] | WORDS[lang]
    return {
        "lang": lang,
        "words": words,
        "title": words["title"],
        "made": made(version.made_at),
        "number": _number(content, words),
        "mark": f"{words['number']} {_number(content, words)}",
        "seal": seal(version.digest, address),
        "content": version.content,
        "grounds": [f"{words['ground']} {g}" for g in grounds_of(content, lang)],
        "opening": words["opening"],
        "parties": parties_of(content, words, account=True),
        "clauses": _clauses(content, lang),
        "signatures": [signature_of(version, content, side, lang) for side in Side],
    }


def _number(content: dict[str, Any], words: dict[str, str]) -> str:
    """The contract's own, and which version this is once it was amended."""
    head = content.get("amendment")
    if not head:
        return str(content["number"])
    version = words["version"] % {"version": head["version"], "number": head["number"]}
    return f"{content['number']} ({version})"


def _clauses(content: dict[str, Any], lang: str) -> list[dict[str, Any]]:
    shown = [
        (key, clause)
        for key, clause in content["clauses"].items()
        if key not in ("parties", "legal_grounds")
    ]
    order = [key for key, _ in _in_order(shown)]
    return [
        _clause(content, key, content["clauses"][key], number, lang)
        for number, key in enumerate(order, 1)
    ]


def _in_order(shown: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Storage sorts keys; people read in the order of the template or checklist."""
    place = {clause.key: number for number, clause in enumerate(CLAUSES, 1)}
    return sorted(shown, key=lambda pair: pair[1].get("position", place[pair[0]]))


def _clause(
    content: dict[str, Any], key: str, clause: dict[str, str], number: int, lang: str
) -> dict[str, Any]:
    heading = f"{WORDS[lang]['article']} {number}. {clause[f'title_{lang}']}"
    result: dict[str, Any] = {"heading": heading, "text": [clause[f"legal_{lang}"]]}
    if key == "delivery":
        result["tables"] = list(_tables(content, lang))
    return result


def _tables(content: dict[str, Any], lang: str) -> Iterator[dict[str, Any]]:
    """The plan, for each season that the contract binds; the whole sum comes last."""
    every, words = content["delivery"]["tranches"], WORDS[lang]
    spans = spans_of(content)
    whole = _total(words["total"], content["quantity"]["kg"], content, lang)
    if not spans:
        yield _deliveries(content, every, lang) | {"title": "", "totals": [whole]}
    for place, span in enumerate(spans):
        code = span.code if place else ""
        rows = [row for row in every if row.get("season", "") == code]
        kg = sum(row["kg"] for row in rows)
        vnd = sum(row["kg"] * price_of(row, content["price"]) for row in rows)
        sums = [_total(words["season_total"], kg, {"value_vnd": vnd}, lang)]
        if span is spans[-1]:
            sums.append(whole)
        title = words["season"] % {"year": span.year}
        yield _deliveries(content, rows, lang) | {"title": title, "totals": sums}


def _total(name: str, kg: int, content: Mapping[str, Any], lang: str) -> list[str]:
    return [name, "", format_kg(kg, lang), format_vnd(content["value_vnd"], lang)]


def _deliveries(
    content: dict[str, Any], planned: list[dict[str, Any]], lang: str
) -> dict[str, Any]:
    words, price = WORDS[lang], content["price"]
    rows = [
        [
            str(row["number"]),
            _days(row, lang),
            format_kg(row["kg"], lang),
            format_vnd(row["kg"] * price_of(row, price), lang),
        ]
        for row in planned
    ]
    head = [words[name] for name in ("tranche", "days", "kg", "amount")]
    return {"head": head, "rows": rows}


def _days(row: dict[str, Any], lang: str) -> str:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    shown = format_day(first, lang)
    return shown if first == last else f"{shown} – {format_day(last, lang)}"


def signature_of(
    version: ContractVersion, content: dict[str, Any], side: Side, lang: str
) -> dict[str, str]:
    """The place of a side's signature on paper, signed or still empty."""
    party = next(p for p in content["parties"] if p["side"] == side)
    signed = next((s for s in version.signatures if s.side is side), None)
    return {
        "side": WORDS[lang][side],
        "organisation": party["name"],
        "name": signed.user.name if signed else party["representative"],
        "signed_at": moment(signed.signed_at, lang) if signed else "",
    }

"""An amendment (phụ lục) as a PDF: old beside new, from the words both sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.amendment_changes import changes_between, clause_changes
from marketplace.domain.clause_filling import grounds_of
from marketplace.domain.formats import format_day
from marketplace.domain.words import Side
from marketplace.domain.words_amendments import AmendmentReason, AmendmentState
from marketplace.services.amendment_words import AMENDMENT, ANNEX, REASONS
from marketplace.services.amendments import amended_words
from marketplace.services.contract_content import content_of
from marketplace.services.contract_pdf import signature_of
from marketplace.services.paper_printing import made, parties_of, print_paper, seal
from marketplace.services.paper_words import PAPER
from models.amendments import Amendment

Content = dict[str, Any]


def annex_number(amendment: Amendment) -> str:
    """How papers name an amendment of a contract: "01/PLHĐ"."""
    return ANNEX % amendment.number


def amendment_pdf(
    session: Session, amendment: Amendment, lang: str, address: str
) -> bytes:
    """PDF/A-3 with the whole amended contract attached; the same words, every time.

    One that waits, or came to nothing, says so above everything else. `address` is
    that of the authenticity page of its digest.
    """
    data = _data(amendment, amended_words(session, amendment), lang)
    data["seal"] = seal(amendment.wording.digest, address)
    return print_paper("amendment.typ", data)


def _data(amendment: Amendment, old: Content, lang: str) -> dict[str, Any]:
    version = amendment.wording
    new, words = content_of(version), PAPER[lang] | AMENDMENT[lang]
    number = annex_number(amendment)
    return {
        "lang": lang,
        "words": words,
        "title": words["title"],
        "subtitle": f"{words['number']} {number}, {words['of']} {new['number']}",
        "mark": f"{words['mark']} {number}, {new['number']}",
        "made": made(version.made_at),
        "warning": _warning(amendment, words),
        "grounds": _grounds(new, words, lang),
        "opening": words["opening"],
        "parties": parties_of(new, words),
        "reason": _reason(new, words, lang),
        "changes": _changes(old, new, words, lang),
        "clauses": _clauses(old, new, words, lang),
        "effect": _effect(new, words, lang),
        "signatures": [signature_of(version, new, side, lang) for side in Side],
        "content": version.content,
    }


def _warning(amendment: Amendment, words: dict[str, str]) -> str:
    if amendment.state is AmendmentState.SIGNED:
        return ""
    said = words[str(amendment.state)]
    return f"{said}: {amendment.answer}" if amendment.answer else said


def _grounds(new: Content, words: dict[str, str], lang: str) -> list[str]:
    articles = [one[f"name_{lang}"] for one in new["amendment"]["reason"]["grounds"]]
    return [f"{words['ground']} {one}" for one in (*grounds_of(new, lang), *articles)]


def _reason(new: Content, words: dict[str, str], lang: str) -> list[list[str]]:
    head = new["amendment"]
    reason = REASONS[lang][AmendmentReason(head["reason"]["code"])]
    day = format_day(date.fromisoformat(head["proposed_on"]), lang)
    rows = [
        [words["reason"], reason],
        [words["text"], head["text"]],
        [words["proposed_by"], words[f"by_{head['proposed_by']}"]],
        [words["proposed_on"], day],
        [words["version"], f"{head['amends']['version']} → {head['version']}"],
        [words["amends"], f"{head['amends']['digest'][:16].upper()}…"],
    ]
    return [row for row in rows if row[1]]


def _changes(
    old: Content, new: Content, words: dict[str, str], lang: str
) -> dict[str, Any]:
    changes = changes_between(old, new, lang)
    return {
        "head": [words["what"], words["old"], words["new"]],
        "rows": [[one.name, one.old, one.new] for one in changes],
    }


def _clauses(
    old: Content, new: Content, words: dict[str, str], lang: str
) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "table": {
                "head": [words["old"], words["new"]],
                "rows": [[one.old or "–", one.new]],
            },
        }
        for one in clause_changes(old, new, lang)
    ]


def _effect(new: Content, words: dict[str, str], lang: str) -> list[str]:
    """From when it binds, and that the rest stays."""
    day = new["price"].get("applies_from")
    lines = [words["binds"]]
    if day:
        shown = format_day(date.fromisoformat(day), lang)
        lines.append(words["price_from"] % {"day": shown})
    return [*lines, words["rest"]]

"""What the price clause adds where grades are paid more, or less."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marketplace.domain.formats import format_number
from marketplace.domain.price_terms import TermUnit

Content = Mapping[str, Any]
_SAID = {"vi": " Theo loại: %(terms)s.", "en": " By grade: %(terms)s."}
_UNIT = {"vi": " đ/kg", "en": " VND/kg"}


def term_words(row: Mapping[str, str], lang: str) -> str:
    """A grade and what it adds to the price or takes off."""
    amount = Decimal(row["amount"])
    sign = "−" if amount < 0 else "+"
    unit = "%" if row["unit"] == TermUnit.PERCENT else _UNIT[lang]
    return f"{row['grade']} {sign}{format_number(abs(amount), lang)}{unit}"


def with_grades(
    clauses: dict[str, dict[str, Any]], content: Content
) -> dict[str, dict[str, Any]]:
    """The clauses with the terms of grades, where the price has any."""
    rows = content.get("price", {}).get("grade_terms", ())
    if not rows or "price" not in clauses:
        return clauses
    words = dict(clauses["price"])
    for lang, said in _SAID.items():
        terms = ", ".join(term_words(row, lang) for row in rows)
        for kind in ("plain", "legal"):
            words[f"{kind}_{lang}"] += said % {"terms": terms}
    return {**clauses, "price": words}

"""The words of a template, filled from the content of a contract.

Beside what `clauses` tests, the words read the names that people see:
`name_vi` and `name_en` of subject and grades (`name` serves both), `name` of
areas and certificates, and `recital` and `place` as they stand. Where the
content is silent, the words say "theo phụ lục" (as in the annex).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.domain.clause_grades import with_grades
from marketplace.domain.clause_numbers import clause_numbers
from marketplace.domain.clause_seasons import with_seasons
from marketplace.domain.clause_tests import stages_of
from marketplace.domain.clause_words import (
    COMMITMENT,
    FORUM,
    SCHEMES,
    SILENT,
    STAGES,
)
from marketplace.domain.formats import (
    format_day,
    format_ha,
    format_kg,
    format_number,
    format_price,
    format_vnd,
)
from marketplace.domain.template_places import fill_places
from marketplace.domain.template_texts import ClauseText
from marketplace.domain.words import (
    ClauseNeed,
    PriceMode,
    Side,
    Stage,
)

Content = Mapping[str, Any]

_LANGS = ("vi", "en")


def fill_clauses(
    content: Content, texts: Sequence[ClauseText]
) -> dict[str, dict[str, Any]]:
    """The clauses this content needs, with titles and words in both languages.

    A deposit clause is there when an advance is agreed. Put the answer into
    the content as `clauses` before it is checked and hashed; `position` is the
    place of a clause among them.
    """
    params = {lang: clause_params(content, lang) for lang in _LANGS}
    wanted = [text for text in texts if _wanted(text, content)]
    clauses = {
        text.clause.key: _filled(text, params) | {"position": position}
        for position, text in enumerate(wanted, 1)
    }
    return with_seasons(with_grades(clauses, content), content)


def clause_params(content: Content, lang: str) -> dict[str, str]:
    """Every name that a clause text may hold, as words of that language."""
    return {
        **_people(content, lang),
        **_goods(content, lang),
        **_money(content, lang),
        **_time(content, lang),
        **clause_numbers(content),
    }


def _wanted(text: ClauseText, content: Content) -> bool:
    clause = text.clause
    if text.way and text.way != _mode(content):
        return False
    if clause.need is not ClauseNeed.OPTIONAL:
        return clause.applies_to(content)
    if clause.key == "advance_deposit" and not content.get("advance", {}).get("vnd"):
        return False
    return text.included


def _mode(content: Content) -> PriceMode:
    return PriceMode(content.get("price", {}).get("mode", "fixed"))


def _filled(
    text: ClauseText, params: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    clause = text.clause
    words: dict[str, Any] = {
        "title_vi": clause.title_vi,
        "title_en": clause.title_en,
    }
    for lang in _LANGS:
        for kind in ("plain", "legal"):
            name = f"{kind}_{lang}"
            words[name] = fill_places(getattr(text, name), params[lang])
    return words


def grounds_of(content: Content, lang: str) -> list[str]:
    """The law it rests on; contracts of former days name it in Vietnamese alone."""
    own = content.get("legal_grounds_en") if lang == "en" else None
    return list(own or content.get("legal_grounds", ()))


def _people(content: Content, lang: str) -> dict[str, str]:
    sides = {party.get("side"): party for party in content.get("parties", ())}
    seller, buyer = sides.get(Side.SELLER, {}), sides.get(Side.BUYER, {})
    forum = content.get("dispute", {}).get("forum", "")
    return {
        "seller": str(seller.get("name", "")),
        "buyer": str(buyer.get("name", "")),
        "seller_full": _party(seller, lang),
        "buyer_full": _party(buyer, lang),
        "grounds": "; ".join(grounds_of(content, lang)) or SILENT[lang],
        "forum": FORUM.get(forum, {}).get(lang, str(forum)),
    }


def _party(party: Content, lang: str) -> str:
    tax, by = ("mã số thuế", "đại diện") if lang == "vi" else ("tax code", "by")
    fields = (
        str(party.get("name", "")),
        str(party.get("address", "")),
        f"{tax} {party.get('tax_code', '')}",
        f"{by} {party.get('representative', '')}, {party.get('position', '')}",
    )
    return ", ".join(fields)


def _goods(content: Content, lang: str) -> dict[str, str]:
    linkage, quality = content.get("linkage", {}), content.get("quality", {})
    stages = stages_of(content)
    wanted = [_name(row, lang) for row in quality.get("grades", ())]
    wanted += [_name(row, lang) for row in quality.get("standards", ())]
    safety = [_paper(row, lang) for row in _certificates(content)]
    inputs = content.get("inputs", {})
    return {
        "form": str(linkage.get("form", "")),
        "stages": ", ".join(STAGES[lang][stage] for stage in Stage if stage in stages),
        "product": _name(content.get("subject", {}), lang),
        "areas": "; ".join(_area(row, lang) for row in content.get("areas", ())),
        "quality": ", ".join(wanted) or SILENT[lang],
        "safety": ", ".join(safety) or COMMITMENT[lang],
        "ratio": str(content.get("processing", {}).get("ratio", SILENT[lang])),
        "inputs": _name(inputs.get("items", SILENT[lang]), lang),
        "inputs_price": _name(inputs.get("price", SILENT[lang]), lang),
        "inputs_settlement": _name(inputs.get("settlement", SILENT[lang]), lang),
    }


def _money(content: Content, lang: str) -> dict[str, str]:
    price, quantity = content.get("price", {}), content.get("quantity", {})
    payment = content.get("payment", {})
    return {
        "kg": format_kg(quantity.get("kg", 0), lang),
        "tolerance_pct": str(quantity.get("tolerance_pct", 0)),
        "price": format_price(price.get("price_vnd", 0), lang),
        "share_pct": str(price.get("share_pct", 0)),
        "reference": _name(price.get("reference", SILENT[lang]), lang),
        "reference_day": _name(price.get("reference_day_rule", SILENT[lang]), lang),
        "advance": format_vnd(content.get("advance", {}).get("vnd", 0), lang),
        "penalty_pct": str(content.get("breach", {}).get("penalty_pct", 0)),
        "days": str(payment.get("days", 0)),
        "late_interest_pct": format_number(
            Decimal(payment.get("late_interest_pct", 0)), lang
        ),
        "hours": str(content.get("acceptance", {}).get("hours", 0)),
        "majeure_hours": str(content.get("force_majeure", {}).get("hours", 0)),
    }


def _time(content: Content, lang: str) -> dict[str, str]:
    delivery, term = content.get("delivery", {}), content.get("term", {})
    until = _day(term.get("until"))
    last = until - timedelta(days=1) if until else None
    tranches = [_tranche(row, lang) for row in delivery.get("tranches", ())]
    return {
        "place": str(delivery.get("place") or SILENT[lang]),
        "tranches": "; ".join(tranches) or SILENT[lang],
        "first_day": _shown(_day(term.get("first_day")), lang),
        "last_day": _shown(last, lang),
    }


def _tranche(row: Content, lang: str) -> str:
    first, last = (
        _shown(_day(row.get(key)), lang) for key in ("first_day", "last_day")
    )
    days = first if first == last else f"{first} – {last}"
    return f"{days}: {format_kg(row.get('kg', 0), lang)}"


def _area(row: Content, lang: str) -> str:
    name = _name(row, lang)
    if "area_m2" not in row:
        return name
    return f"{name} ({format_ha(Decimal(row['area_m2']) / 10_000, lang)})"


def _certificates(content: Content) -> Collection[Any]:
    rows: Collection[Any] = content.get("food_safety", {}).get("certificates", ())
    return rows


def _paper(row: object, lang: str) -> str:
    """A certificate as people call it: its scheme in words, then its number."""
    scheme, space, number = _name(row, lang).partition(" ")
    return f"{SCHEMES[lang].get(scheme, scheme)}{space}{number}"


def _name(row: object, lang: str) -> str:
    """A plain text, or the name of a record in this language."""
    if not isinstance(row, Mapping):
        return str(row)
    return str(row.get(f"name_{lang}") or row.get("name") or row.get("product", ""))


def _day(value: object) -> date | None:
    """Contents come fresh (days) or out of storage (ISO text)."""
    return date.fromisoformat(value) if isinstance(value, str) else _as_date(value)


def _as_date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _shown(day: date | None, lang: str) -> str:
    return format_day(day, lang) if day else SILENT[lang]

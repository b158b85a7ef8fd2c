"""The default words of a seasonal off-take contract, filled from its content.

Beside what `clauses` tests, the words read the names that people see:
`name_vi` and `name_en` of subject and grades (`name` serves both), `name` of
areas and certificates, and `recital` and `place` as they stand. Where the
content is silent, the words say "theo phụ lục" (as in the annex).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.domain import clause_texts_en, clause_texts_vi
from marketplace.domain.clause_tests import stages_of
from marketplace.domain.clauses import CLAUSES, Clause
from marketplace.domain.formats import (
    format_day,
    format_ha,
    format_kg,
    format_price,
    format_vnd,
)
from marketplace.domain.words import (
    CertificateScheme,
    ClauseNeed,
    PriceMode,
    Side,
    Stage,
)

Content = Mapping[str, Any]

_TEXTS = {"vi": clause_texts_vi.TEXTS, "en": clause_texts_en.TEXTS}
_SILENT = {"vi": "theo phụ lục", "en": "as in the annex"}
_COMMITMENT = {"vi": "bản cam kết sản xuất an toàn", "en": "a safety commitment"}
_FORUM = {
    "court": {"vi": "Tòa án có thẩm quyền", "en": "the competent court"},
    "arbitration": {"vi": "Trọng tài thương mại", "en": "commercial arbitration"},
}
_STAGES = {
    "vi": {
        Stage.INPUT: "cung ứng vật tư",
        Stage.PRODUCTION_HARVEST: "sản xuất và thu hoạch",
        Stage.PROCESSING: "sơ chế hoặc chế biến",
        Stage.CONSUMPTION: "tiêu thụ",
    },
    "en": {
        Stage.INPUT: "supply of inputs",
        Stage.PRODUCTION_HARVEST: "production and harvest",
        Stage.PROCESSING: "packing or processing",
        Stage.CONSUMPTION: "consumption",
    },
}
# The other schemes are called by their code.
_SCHEMES = {
    "vi": {
        CertificateScheme.VIETGAP.value: "VietGAP",
        CertificateScheme.GLOBALGAP.value: "GlobalG.A.P.",
        CertificateScheme.ORGANIC_TCVN.value: "Hữu cơ TCVN",
        CertificateScheme.FOOD_SAFETY.value: "Cơ sở đủ điều kiện an toàn thực phẩm",
        CertificateScheme.SAFETY_COMMITMENT.value: "Bản cam kết sản xuất an toàn",
        CertificateScheme.ISO22000.value: "ISO 22000",
    },
    "en": {
        CertificateScheme.VIETGAP.value: "VietGAP",
        CertificateScheme.GLOBALGAP.value: "GlobalG.A.P.",
        CertificateScheme.ORGANIC_TCVN.value: "Organic TCVN",
        CertificateScheme.FOOD_SAFETY.value: "Food-safety eligible facility",
        CertificateScheme.SAFETY_COMMITMENT.value: "Safety commitment",
        CertificateScheme.ISO22000.value: "ISO 22000",
    },
}
DEFAULT_OPTIONAL = ("risk_sharing", "hardship")


def fill_clauses(
    content: Content, optional: Collection[str] = DEFAULT_OPTIONAL
) -> dict[str, dict[str, str]]:
    """The clauses this content needs, with titles and words in both languages.

    A deposit clause is there when an advance is agreed. Put the answer into
    the content as `clauses` before it is checked and hashed.
    """
    params = {lang: clause_params(content, lang) for lang in _TEXTS}
    return {
        clause.key: _filled(clause, content, params)
        for clause in CLAUSES
        if _wanted(clause, content, optional)
    }


def clause_params(content: Content, lang: str) -> dict[str, str]:
    """Every name that a clause text may hold, as words of that language."""
    return {
        **_people(content, lang),
        **_goods(content, lang),
        **_money(content, lang),
        **_time(content, lang),
    }


def _wanted(clause: Clause, content: Content, optional: Collection[str]) -> bool:
    if clause.need is not ClauseNeed.OPTIONAL:
        return clause.applies_to(content)
    if clause.key == "advance_deposit":
        return bool(content.get("advance", {}).get("vnd"))
    return clause.key in optional


def _filled(
    clause: Clause, content: Content, params: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    words = {"title_vi": clause.title_vi, "title_en": clause.title_en}
    key = clause.key
    if key == "price":
        key = f"price.{PriceMode(content.get('price', {}).get('mode', 'fixed'))}"
    for lang, texts in _TEXTS.items():
        plain, legal = texts[key]
        words[f"plain_{lang}"] = plain % params[lang]
        words[f"legal_{lang}"] = legal % params[lang]
    return words


def _people(content: Content, lang: str) -> dict[str, str]:
    sides = {party.get("side"): party for party in content.get("parties", ())}
    seller, buyer = sides.get(Side.SELLER, {}), sides.get(Side.BUYER, {})
    forum = content.get("dispute", {}).get("forum", "")
    return {
        "seller": str(seller.get("name", "")),
        "buyer": str(buyer.get("name", "")),
        "seller_full": _party(seller, lang),
        "buyer_full": _party(buyer, lang),
        "grounds": "; ".join(content.get("legal_grounds", ())) or _SILENT[lang],
        "forum": _FORUM.get(forum, {}).get(lang, str(forum)),
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
        "stages": ", ".join(_STAGES[lang][stage] for stage in Stage if stage in stages),
        "product": _name(content.get("subject", {}), lang),
        "areas": "; ".join(_area(row, lang) for row in content.get("areas", ())),
        "quality": ", ".join(wanted) or _SILENT[lang],
        "safety": ", ".join(safety) or _COMMITMENT[lang],
        "ratio": str(content.get("processing", {}).get("ratio", _SILENT[lang])),
        "inputs": _name(inputs.get("items", _SILENT[lang]), lang),
        "inputs_price": _name(inputs.get("price", _SILENT[lang]), lang),
        "inputs_settlement": _name(inputs.get("settlement", _SILENT[lang]), lang),
    }


def _money(content: Content, lang: str) -> dict[str, str]:
    price, quantity = content.get("price", {}), content.get("quantity", {})
    return {
        "kg": format_kg(quantity.get("kg", 0), lang),
        "tolerance_pct": str(quantity.get("tolerance_pct", 0)),
        "price": format_price(price.get("price_vnd", 0), lang),
        "share_pct": str(price.get("share_pct", 0)),
        "reference": _name(price.get("reference", _SILENT[lang]), lang),
        "reference_day": _name(price.get("reference_day_rule", _SILENT[lang]), lang),
        "advance": format_vnd(content.get("advance", {}).get("vnd", 0), lang),
        "penalty_pct": str(content.get("breach", {}).get("penalty_pct", 0)),
        "days": str(content.get("payment", {}).get("days", 0)),
        "hours": str(content.get("acceptance", {}).get("hours", 0)),
    }


def _time(content: Content, lang: str) -> dict[str, str]:
    delivery, term = content.get("delivery", {}), content.get("term", {})
    until = _day(term.get("until"))
    last = until - timedelta(days=1) if until else None
    tranches = [_tranche(row, lang) for row in delivery.get("tranches", ())]
    return {
        "place": str(delivery.get("place") or _SILENT[lang]),
        "tranches": "; ".join(tranches) or _SILENT[lang],
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
    return f"{_SCHEMES[lang].get(scheme, scheme)}{space}{number}"


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
    return format_day(day, lang) if day else _SILENT[lang]

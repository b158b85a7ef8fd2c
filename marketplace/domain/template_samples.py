"""A made-up contract of each form, to read the words of a template with."""

from __future__ import annotations

from typing import Any

from marketplace.domain.linkage import STAGES_OF_FORM
from marketplace.domain.words import ChainKind, LinkageForm, PriceMode, Side, Stage

NUMBERS = {
    "move_hours": 48,
    "receive_days": 3,
    "visit_days": 1,
    "deposit_days": 5,
    "gap_pct": 15,
    "gap_weeks": 2,
    "loss_pct": 30,
    "talk_days": 7,
    "proof_days": 7,
    "remedy_days": 7,
    "settle_days": 30,
    "trace_months": 24,
}


def sample_content(form: LinkageForm, mode: PriceMode) -> dict[str, Any]:
    """A content that has every clause of the form; nobody in it exists."""
    content: dict[str, Any] = {
        "chain_kind": ChainKind.SAFE_SUPPLY,
        "parties": [
            _party(Side.SELLER, "HTX Nông nghiệp Mẫu", "5599000010"),
            _party(Side.BUYER, "Công ty TNHH Thu mua Mẫu", "5599000028"),
        ],
        "legal_grounds": ["98/2018/NĐ-CP"],
        "linkage": {"form": form, "stages": sorted(STAGES_OF_FORM[form])},
        "subject": {"product": "longan", "name_vi": "Nhãn", "name_en": "Longan"},
        "areas": [{"name": "Bản Mẫu", "area_m2": 50_000}],
        "quantity": {"kg": 20_000, "tolerance_pct": 5},
        "quality": {"grades": [{"name_vi": "Loại 1", "name_en": "Grade 1"}]},
        "price": _price(mode),
        "delivery": {"place": "Kho Mẫu, Hà Nội", "tranches": _tranches()},
        "acceptance": {"hours": 24},
        "payment": {"days": 7, "late_interest_pct": "10"},
        "advance": {"vnd": 29_000_000},
        "term": {"first_day": "2026-06-01", "until": "2026-10-01"},
        "food_safety": {"certificates": ["VietGAP-TT-00-00-00-0000"]},
        "force_majeure": {"hours": 48},
        "breach": {"penalty_pct": 8},
        "dispute": {"forum": "court"},
        "numbers": dict(NUMBERS),
    }
    return content | _of_stages(form)


def _party(side: Side, name: str, tax_code: str) -> dict[str, str]:
    return {
        "side": side,
        "name": name,
        "address": "Xã Mẫu, Sơn La",
        "tax_code": tax_code,
        "representative": "Nguyễn Văn Mẫu",
        "position": "Giám đốc",
    }


def _price(mode: PriceMode) -> dict[str, Any]:
    market = {"name_vi": "Chợ đầu mối Long Biên", "name_en": "Long Bien market"}
    day = {"name_vi": "ngày giao hàng", "name_en": "the day of delivery"}
    return {
        "mode": mode,
        "price_vnd": 14_500,
        "share_pct": 50,
        "reference": market,
        "reference_day_rule": day,
    }


def _tranches() -> list[dict[str, Any]]:
    days = ("2026-07-20", "2026-08-03")
    return [{"first_day": day, "last_day": day, "kg": 10_000} for day in days]


def _of_stages(form: LinkageForm) -> dict[str, Any]:
    stages = STAGES_OF_FORM[form]
    more: dict[str, Any] = {}
    if Stage.INPUT in stages:
        more["inputs"] = {
            "items": {"name_vi": "phân bón hữu cơ", "name_en": "organic fertiliser"},
            "price": {"name_vi": "giá nhập kho", "name_en": "cost price"},
            "settlement": {
                "name_vi": "trừ dần vào tiền hàng",
                "name_en": "set off against the goods",
            },
        }
    if Stage.PROCESSING in stages:
        more["processing"] = {"ratio": "8 : 1"}
    return more

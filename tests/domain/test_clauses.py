"""The checklist of a contract, clause by clause."""

import copy
from datetime import date

import pytest

from marketplace.domain.canonical import digest_of
from marketplace.domain.clause_filling import clause_params, fill_clauses
from marketplace.domain.clause_texts_en import TEXTS as ENGLISH
from marketplace.domain.clause_texts_vi import TEXTS as VIETNAMESE
from marketplace.domain.clauses import CLAUSE_BY_KEY, CLAUSES, missing_clauses
from marketplace.domain.template_places import fill_places
from marketplace.domain.template_samples import NUMBERS
from marketplace.domain.template_texts import first_texts
from marketplace.domain.words import ClauseNeed


def party(side, name, tax_code):
    return {
        "side": side,
        "name": name,
        "address": "Xã Sông Mã, Sơn La",
        "tax_code": tax_code,
        "representative": "Lò Văn Một",
        "position": "Giám đốc",
    }


def full_content():
    content = {
        "chain_kind": "safe_supply",
        "parties": [
            party("seller", "HTX Bảo Minh", "5599000010"),
            party("buyer", "Siêu thị Sao Xanh", "5599000028"),
        ],
        "legal_grounds": ["98/2018/NĐ-CP"],
        "linkage": {
            "form": "F1",
            "stages": ["input", "production_harvest", "processing", "consumption"],
        },
        "subject": {"product": "longan", "name_vi": "nhãn", "name_en": "longan"},
        "areas": [{"name": "Bản Mòn", "area_m2": 125_000}, {"name": "Bản Hai"}],
        "quantity": {"kg": 48_000, "tolerance_pct": 10},
        "quality": {"grades": [{"name_vi": "loại 1", "name_en": "grade 1"}]},
        "inputs": {"items": "phân bón", "price": "giá gốc", "settlement": "trừ dần"},
        "processing": {"ratio": "10:1"},
        "price": {"mode": "fixed", "price_vnd": 14_500},
        "delivery": {
            "place": "Đông Anh",
            "tranches": [
                {"first_day": "2026-07-28", "last_day": "2026-07-28", "kg": 10_000},
                {
                    "first_day": date(2026, 8, 4),
                    "last_day": date(2026, 8, 6),
                    "kg": 38_000,
                },
            ],
        },
        "acceptance": {"hours": 4},
        "payment": {"days": 7, "late_interest_pct": "10.5"},
        "force_majeure": {"hours": 48},
        "advance": {"vnd": 69_600_000},
        "term": {"first_day": date(2026, 7, 2), "until": date(2026, 10, 1)},
        "food_safety": {"certificates": ["VietGAP-TT-13-09-68-0096"]},
        "breach": {"penalty_pct": 8},
        "dispute": {"forum": "court"},
        "numbers": dict(NUMBERS),
    }
    content["clauses"] = fill_clauses(content, first_texts(optional=CLAUSE_BY_KEY))
    return content


def keys(findings):
    return [finding.params["key"] for finding in findings]


def test_a_full_content_lacks_nothing_and_can_be_hashed():
    content = full_content()

    assert missing_clauses(content) == []
    assert len(digest_of(content)) == 64
    assert len(content["clauses"]) == len(CLAUSES) == 29


def test_an_empty_content_lacks_every_mandatory_clause():
    mandatory = [c.key for c in CLAUSES if c.need is ClauseNeed.MANDATORY]

    assert keys(missing_clauses({})) == mandatory
    assert all(str(finding) for finding in missing_clauses({}))


@pytest.mark.parametrize("key", [c.key for c in CLAUSES])
def test_a_clause_without_words_is_missing_unless_optional(key):
    content = full_content()
    content["clauses"][key]["legal_vi"] = " "

    optional = CLAUSE_BY_KEY[key].need is ClauseNeed.OPTIONAL

    assert keys(missing_clauses(content)) == ([] if optional else [key])


WRONG = [
    ("parties", "parties", []),
    ("parties", "parties.0.tax_code", "5599000011"),
    ("parties", "parties.0.address", " "),
    ("parties", "parties.0.tax_code", "5599000028"),
    ("parties", "parties.1.side", "seller"),
    ("legal_grounds", "legal_grounds", []),
    ("linkage_form", "linkage.form", "F3"),
    ("subject", "subject.product", ""),
    ("area_list", "areas", []),
    ("quantity", "quantity.kg", 0),
    ("quantity", "quantity.kg", True),
    ("quantity", "quantity.tolerance_pct", 31),
    ("quantity", "quantity.tolerance_pct", None),
    ("quality", "quality", {}),
    ("inputs", "inputs.price", ""),
    ("processing", "processing.ratio", None),
    ("price", "price.price_vnd", 0),
    ("price", "price.mode", "dear"),
    ("price", "price.mode", "market"),
    ("price", "price.mode", "floor"),
    ("delivery", "delivery.place", ""),
    ("delivery", "delivery.tranches", []),
    ("delivery", "delivery.tranches.0.kg", 0),
    ("delivery", "delivery.tranches.0.first_day", "2026-07-29"),
    ("acceptance", "acceptance.hours", 0),
    ("payment", "payment.days", 91),
    ("advance_deposit", "advance.vnd", 48_000 * 14_500 + 1),
    ("term", "term.until", date(2026, 7, 2)),
    ("food_safety", "food_safety", {}),
    ("breach", "breach.penalty_pct", 9),
    ("dispute", "dispute.forum", ""),
]


@pytest.mark.parametrize(("key", "path", "value"), WRONG)
def test_one_wrong_statement_fails_its_clause_alone(key, path, value):
    content = copy.deepcopy(full_content())
    if key == "quantity":
        content["advance"]["vnd"] = 0
    *parents, last = path.split(".")
    inner = content
    for parent in parents:
        inner = inner[int(parent)] if parent.isdigit() else inner[parent]
    inner[last] = value

    assert keys(missing_clauses(content)) == [key]


@pytest.mark.parametrize(
    "price",
    [
        {"mode": "floor", "price_vnd": 14_500, "share_pct": 50},
        {"mode": "market"},
    ],
)
def test_a_moving_price_needs_its_reference_and_day(price):
    content = full_content()
    content["price"] = price | {
        "reference": "chợ Long Biên",
        "reference_day_rule": "thứ Hai",
    }
    content["clauses"] |= {"price": fill_clauses(content, first_texts())["price"]}
    content["advance"] = {"vnd": 0}

    assert missing_clauses(content) == []
    assert "chợ Long Biên" in content["clauses"]["price"]["legal_vi"]


def test_a_stage_that_is_not_joined_needs_no_clause():
    content = full_content()
    content["chain_kind"] = None
    content["linkage"] = {"form": "F3", "stages": ["production_harvest", "consumption"]}
    content["advance"] = {}

    filled = fill_clauses(content, first_texts())

    absent = {"inputs", "processing", "traceability", "advance_deposit", "exclusivity"}
    assert not absent & filled.keys()
    assert "area_list" in filled


def test_the_words_state_what_was_agreed():
    content = full_content()
    words = content["clauses"]

    assert words["quantity"]["plain_vi"] == "Tổng 48.000 kg, được hơn kém 10%."
    assert words["quantity"]["plain_en"] == "48,000 kg in all, give or take 10%."
    assert "28/07/2026: 10.000 kg" in words["delivery"]["legal_vi"]
    assert "4 Aug 2026 – 6 Aug 2026: 38,000 kg" in words["delivery"]["legal_en"]
    assert "30/09/2026" in words["term"]["plain_vi"]
    assert "Bản Mòn (12,5 ha)" in words["area_list"]["plain_vi"]
    assert "lãi 10,5% một năm" in words["payment"]["legal_vi"]
    assert "interest of 10.5% a year" in words["payment"]["legal_en"]
    assert "trong 48 giờ" in words["force_majeure"]["plain_vi"]
    assert "Tòa án có thẩm quyền" in words["dispute"]["legal_vi"]


def test_silence_is_filled_without_a_hole():
    filled = fill_clauses({}, first_texts())

    assert "theo phụ lục" in filled["term"]["plain_vi"]
    assert "bản cam kết" in filled["food_safety"]["legal_vi"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_text_fills_in_both_languages(lang):
    texts = {"vi": VIETNAMESE, "en": ENGLISH}[lang]
    params = clause_params(full_content(), lang)

    assert VIETNAMESE.keys() == ENGLISH.keys()
    assert {key.split(".")[0] for key in texts} == set(CLAUSE_BY_KEY)
    for plain, legal in texts.values():
        filled = fill_places(plain, params) + fill_places(legal, params)
        assert not {"{", "}"} & set(filled)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("scheme", ["FOOD_SAFETY", "SAFETY_COMMITMENT", "ORGANIC_TCVN"])
def test_certificates_are_called_by_their_words_and_not_by_our_codes(scheme, lang):
    content = full_content() | {
        "food_safety": {"certificates": [f"{scheme} 0214/2023"]}
    }

    words = fill_clauses(content, first_texts())["food_safety"]

    assert scheme not in str(words)
    assert " 0214/2023" in str(words)

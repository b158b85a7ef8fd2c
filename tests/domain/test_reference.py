"""The reference files agree with each other and with the words of the domain."""

import csv
import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import marketplace.domain
from marketplace.domain.chain_params import ChainParams
from marketplace.domain.papers import REMINDER_DAYS
from marketplace.domain.seasons import HarvestMonths, check_months, find_season
from marketplace.domain.windows import Window
from marketplace.domain.words import CertificateScheme, Market, SeasonClass, Severity
from marketplace.domain.yields import YieldBand

FOLDER = Path(marketplace.domain.__file__).parent.parent / "reference"
FILES = sorted(path.stem for path in FOLDER.glob("*.csv"))
CONFIDENCE = {
    "read",
    "memory_high",
    "memory_medium",
    "memory_low",
    "decision",
    "approximate",
    "sample",
}


def rows(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def day(text):
    return date.fromisoformat(text) if text else None


def params(prefix):
    return {
        row["code"]: json.loads(row["params"])
        for row in rows("rules")
        if row["code"].startswith(prefix)
    }


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_a_table_without_a_torn_row(name):
    found = rows(name)

    assert found
    assert all(None not in row and None not in row.values() for row in found)


@pytest.mark.parametrize("name", FILES)
def test_every_source_is_listed_and_every_confidence_known(name):
    known = {row["tag"] for row in rows("sources")}

    for row in rows(name):
        if name != "declared_baselines":
            assert set(re.findall(r"\[(S\d+)\]", row.get("source", ""))) <= known
        if "confidence" in row:
            assert row["confidence"] in CONFIDENCE


@pytest.mark.parametrize("name", FILES)
def test_every_validity_begins_before_it_ends(name):
    for row in rows(name):
        until = day(row.get("valid_to", ""))
        assert until is None or day(row["valid_from"]) < until


def test_two_rows_of_a_rule_never_hold_on_one_day():
    spans = {}
    for row in rows("rules"):
        Severity(row["severity"])
        span = day(row["valid_from"]), day(row["valid_to"]) or date.max
        spans.setdefault(row["code"], []).append(span)

    for found in spans.values():
        found.sort()
        ends = [until for _, until in found[:-1]]
        assert all(
            end <= first for end, (first, _) in zip(ends, found[1:], strict=True)
        )


def test_every_name_leads_somewhere():
    products = {row["code"] for row in rows("products")}
    groups = {row["code"] for row in rows("product_groups")}
    law = {row["ref"] for row in rows("legal_bases")}

    assert {row["group"] for row in rows("products")} <= groups
    for name in ("varieties", "grades", "market_requirements", "market_references"):
        assert {row["product"] for row in rows(name)} <= products
    markets = {row["code"] for row in rows("price_markets")}
    assert {row["market"] for row in rows("market_references")} <= markets
    assert {row["legal_basis"] for row in rows("rules")} - {""} <= law
    assert {p["product"] for p in params("season.").values()} <= products
    for prefix in ("yield.", "price_band."):
        assert {code.removeprefix(prefix) for code in params(prefix)} <= products
    assert {Market(row["market"]) for row in rows("market_requirements")} == set(Market)


def test_keys_are_not_doubled():
    keys = {
        "products": ("code",),
        "product_groups": ("code",),
        "varieties": ("product", "code"),
        "grades": ("product", "rank"),
        "legal_bases": ("ref",),
        "rules": ("code", "valid_from"),
        "declared_baselines": ("metric", "area_group", "on", "source"),
        "market_references": ("product", "market", "week_offset"),
        "price_markets": ("code",),
        "sources": ("tag",),
        "provinces": ("code",),
    }
    for name, columns in keys.items():
        counted = Counter(tuple(row[c] for c in columns) for row in rows(name))
        assert max(counted.values()) == 1, name


def test_two_hundred_units_became_seventy_five():
    units = rows("admin_units")
    kinds = {row["new_code"]: row["new_type"].lower() for row in units}

    assert len({row["old_code"] for row in units}) == len(units) == 200
    assert Counter(kinds.values()) == {"xã": 67, "phường": 8}


def test_nineteen_units_of_the_former_district_became_nine():
    ours = [row for row in rows("admin_units") if row["old_district_code"] == "126"]
    new = {row["new_code"] for row in ours}

    assert (len(ours), len(new)) == (19, 9)
    assert {row["old_name"] for row in ours if row["new_code"] == "04168"} == {
        "Thị trấn Sông Mã",
        "Xã Nà Nghịu",
    }
    assert new == {row["code"] for row in rows("unit_places")}


@pytest.mark.parametrize("name", ["unit_places", "provinces"])
def test_every_place_lies_in_the_country(name):
    for row in rows(name):
        assert 8 < float(row["latitude"]) < 23.5
        assert 102 < float(row["longitude"]) < 110


def test_the_declared_numbers_add_up_where_they_should():
    said = {
        row["metric"]: row["value"]
        for row in rows("declared_baselines")
        if row["on"] in ("2025-06-30", "2022-12-31")
    }

    markets = [int(said[f"export_codes_{market}"]) for market in ("US", "CN", "AU")]
    groups = [int(v) for k, v in said.items() if k.startswith("safe_supply_group_")]
    confirmed, stopped = said["safe_supply_confirmed"], said["safe_supply_stopped"]
    assert markets == [12, 25, 13]
    assert sum(markets) == int(said["export_codes"]) == 50
    assert sum(groups) == int(confirmed) - int(stopped) == 240
    assert len(groups) == 11


def test_the_headline_numbers_are_those_of_the_article():
    said = {
        row["metric"]: row["value"]
        for row in rows("declared_baselines")
        if (row["area_group"], row["on"]) == ("D126", "2025-06-30")
    }

    assert (said["product_development"], said["safe_supply"]) == ("8", "31")
    assert (said["cooperatives"], said["vietgap_cooperatives"]) == ("75", "52")
    assert said["vietgap_area"] == "hơn 982"
    assert said["vietgap_certified_area"] == "hơn 600"


def test_the_province_has_a_history():
    counts = {
        row["on"][:4]: int(row["value"])
        for row in rows("declared_baselines")
        if (row["metric"], row["area_group"]) == ("safe_supply", "P14")
    }

    assert [counts[year] for year in ("2018", "2021", "2022", "2023")] == [
        61,
        219,
        240,
        254,
    ]


def months():
    return [
        HarvestMonths(
            row["product"],
            row["variety"],
            SeasonClass(row["class"]),
            row["first_month"],
            row["last_month"],
        )
        for row in params("season.").values()
    ]


def test_every_product_and_variety_has_a_season():
    found = months()
    year = Window(date(2026, 1, 1), date(2026, 12, 31))

    for row in rows("products"):
        assert find_season(found, row["code"], None, year), row["code"]
    for row in rows("varieties"):
        assert find_season(found, row["product"], row["code"], year), row["code"]


def test_early_longan_in_may_is_not_odd():
    may = Window(date(2026, 5, 1), date(2026, 5, 31))

    assert check_months(months(), "longan", "t6", may) == []
    assert check_months(months(), "longan", "mien_thiet", may) != []


def test_every_band_rises():
    for band in params("yield.").values():
        values = [band[f"{name}_t_per_ha"] for name in ("low", "high", "most")]
        assert values == sorted(values)
        assert YieldBand("x", *map(Decimal, values)).low_t_per_ha > 0
    for band in params("price_band.").values():
        assert 0 < band["low_vnd"] < band["high_vnd"]


def test_the_parameters_of_chains_are_the_defaults_of_this_version():
    (row,) = params("chain.parameters").values()

    assert ChainParams.from_rule(row) == ChainParams()


def test_every_scheme_has_a_term_and_reminders_agree():
    terms = params("certificate.")

    for scheme in CertificateScheme:
        term = terms[f"certificate.{scheme.name}"]
        assert 0 < term["usual_months"] <= term["most_months"]
    assert terms["certificate.reminders"]["days"] == list(REMINDER_DAYS)


def test_ranks_of_a_product_start_at_one_without_a_gap():
    ranks = {}
    for row in rows("grades"):
        ranks.setdefault(row["product"], []).append(int(row["rank"]))

    assert set(ranks) == {row["code"] for row in rows("products")}
    assert all(found == list(range(1, len(found) + 1)) for found in ranks.values())


def test_every_product_has_weekly_references_up_to_this_week():
    weeks = {}
    for row in rows("market_references"):
        assert 0 < int(row["low_vnd"]) <= int(row["high_vnd"])
        weeks.setdefault(row["product"], set()).add(int(row["week_offset"]))

    assert set(weeks) == {row["code"] for row in rows("products")}
    assert all(found == set(range(-12, 1)) for found in weeks.values())

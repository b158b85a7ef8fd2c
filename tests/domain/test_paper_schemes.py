"""The rules of schemes as they stand in the reference data, at their edges."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketplace.domain
from marketplace.domain.areas import check_code
from marketplace.domain.paper_schemes import (
    NO_RULE,
    SchemeRule,
    check_number,
    check_ocop_issuer,
    check_surveillance,
    level_of_issuer,
)
from marketplace.domain.papers import REMINDER_DAYS, check_term, reminder_due
from marketplace.domain.words import CertificateScheme, Market, Severity

SCHEME = CertificateScheme
RULES = Path(marketplace.domain.__file__).parent.parent / "reference" / "rules.csv"
ISSUED = date(2024, 2, 29)


def rule_on(code, on):
    """Severity and parameters of the row in force on that day, or None."""
    with RULES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            first, until = row["valid_from"], row["valid_to"] or "9999-12-31"
            if row["code"] == code and first <= on.isoformat() < until:
                return Severity(row["severity"]), json.loads(row["params"])
    return None


def scheme_on(scheme, on=ISSUED):
    severity, params = rule_on(f"certificate.{scheme.value}", on)
    return SchemeRule.from_rule(params, severity)


def terms(scheme, expires, issued=ISSUED):
    known = scheme_on(scheme, issued)
    months = {
        "usual_months": known.usual_months,
        "most_months": known.most_months,
    }
    found = check_term(scheme, issued, expires, **months)
    return [(one.code, one.forbids) for one in found]


@pytest.mark.parametrize(
    ("scheme", "last", "over"),
    [
        (SCHEME.VIETGAP, date(2026, 2, 28), ("CE-02", False)),
        (SCHEME.VIETGAP, date(2027, 2, 28), ("CE-02", True)),
        (SCHEME.GLOBALGAP, date(2025, 2, 28), ("CE-04", True)),
        (SCHEME.ORGANIC_TCVN, date(2026, 2, 28), ("CE-05", False)),
        (SCHEME.FOOD_SAFETY, date(2027, 2, 28), ("CE-06", True)),
        (SCHEME.OCOP, date(2027, 2, 28), ("CE-08", True)),
        (SCHEME.HACCP, date(2027, 2, 28), ("CE-10", False)),
        (SCHEME.ISO22000, date(2027, 2, 28), ("CE-10", False)),
    ],
)
def test_the_longest_term_ends_on_a_day_and_not_one_later(scheme, last, over):
    usual = terms(scheme, last)

    assert over not in usual
    assert terms(scheme, last + timedelta(days=1)) == [over]


def test_a_paper_from_before_the_first_rule_is_not_measured_by_it():
    assert rule_on("certificate.VIETGAP", date(2011, 12, 31)) is None
    assert check_number(SCHEME.VIETGAP, "99/2011", NO_RULE) == []


@pytest.mark.parametrize(
    ("scheme", "number", "code"),
    [
        (SCHEME.GLOBALGAP, "8939999000017", None),
        (SCHEME.GLOBALGAP, "8939999000018", "CE-04"),
        (SCHEME.GLOBALGAP, "40503730", "CE-04"),
        (SCHEME.VIETGAP, "VietGAP-TT-13-09-68-0096", None),
        (SCHEME.VIETGAP, "99/2026", "CE-03"),
        (SCHEME.HACCP, "anything", None),
    ],
)
def test_only_a_number_with_a_check_digit_is_refused(scheme, number, code):
    findings = check_number(scheme, number, scheme_on(scheme))

    assert [f.code for f in findings] == ([code] if code else [])
    assert any(f.forbids for f in findings) is (code == "CE-04")


@pytest.mark.parametrize(
    ("stars", "issuer", "issued", "found"),
    [
        (3, "UBND huyện Sông Mã", date(2025, 7, 5), None),
        (3, "UBND huyện Sông Mã", date(2025, 7, 6), True),
        (3, "UBND tỉnh Sơn La", date(2025, 7, 5), True),
        (3, "UBND tỉnh Sơn La", date(2025, 7, 6), None),
        (4, "Sở Nông nghiệp và Môi trường", date(2025, 7, 5), None),
        (5, "Bộ Nông nghiệp và Môi trường", date(2025, 7, 6), None),
        (5, "UBND tỉnh Sơn La", date(2025, 7, 6), True),
        (4, "Hội đồng đánh giá", date(2025, 7, 6), False),
    ],
)
def test_who_gives_ocop_stars_follows_the_law_of_the_day(stars, issuer, issued, found):
    _severity, params = rule_on("CE-09", issued)

    findings = check_ocop_issuer(stars, issuer, params)

    assert [one.forbids for one in findings] == ([] if found is None else [found])


def test_a_name_that_speaks_of_no_level_says_none():
    assert level_of_issuer("Trung tâm Chứng nhận Mẫu") is None
    assert rule_on("CE-09", date(2023, 2, 23)) is None


@pytest.mark.parametrize(
    ("scheme", "supervised", "days", "overdue"),
    [
        (SCHEME.HACCP, None, 365, False),
        (SCHEME.HACCP, None, 366, True),
        (SCHEME.ISO22000, ISSUED + timedelta(days=300), 665, False),
        (SCHEME.ISO22000, ISSUED + timedelta(days=300), 666, True),
        (SCHEME.FOOD_SAFETY, None, 1000, False),
    ],
)
def test_surveillance_is_due_so_many_days_after_the_last(
    scheme, supervised, days, overdue
):
    day = ISSUED + timedelta(days=days)

    found = check_surveillance(scheme, ISSUED, supervised, day, scheme_on(scheme))

    assert [(one.code, one.forbids) for one in found] == (
        [("CE-10", False)] if overdue else []
    )


@pytest.mark.parametrize(
    ("code", "market", "what", "on", "rule"),
    [
        ("VN-14-126-04198-01-24", Market.DOMESTIC, "area", date(2025, 6, 30), None),
        ("VN-14-04198-01-25", Market.DOMESTIC, "area", date(2025, 6, 30), "GA-05"),
        ("VN-14-04198-01-25", Market.DOMESTIC, "area", date(2025, 7, 1), None),
        ("VN-14-126-04198-01-24", Market.DOMESTIC, "area", date(2025, 7, 1), None),
        ("VN-SLOR-0012", Market.CN, "area", ISSUED, None),
        ("VN-SLPH-012", Market.CN, "packing", ISSUED, None),
        ("VN-SLOR-0012", Market.CN, "packing", ISSUED, "GA-06"),
        ("SL.14.12.01", Market.US, "area", ISSUED, None),
        ("whatever", Market.AU, "area", ISSUED, "GA-06"),
        ("whatever", Market.NZ, "packing", ISSUED, "GA-06"),
        ("whatever", Market.DOMESTIC, "area", ISSUED, "GA-05"),
    ],
)
def test_an_unusual_code_is_only_shown(code, market, what, on, rule):
    known = "GA-05" if market is Market.DOMESTIC else f"GA-06.{market.value}"
    _severity, params = rule_on(known, on)

    findings = check_code(code, market, params[what])

    assert [one.code for one in findings] == ([rule] if rule else [])
    assert not any(one.forbids for one in findings)


def test_each_reminder_falls_on_its_day():
    due = [reminder_due(left, REMINDER_DAYS) for left in (181, 180, 91, 90, 30, 7, 0)]

    assert due == [None, 180, 180, 90, 30, 7, 7]
    assert reminder_due(-1, REMINDER_DAYS) is None


@given(nights=st.sets(st.integers(0, 400), min_size=1))
def test_whatever_nights_are_missed_each_threshold_speaks_once_at_most(nights):
    """The clock runs down from 400 days; only some of its nights happen."""
    sent = []
    for left in sorted(nights, reverse=True):
        due = reminder_due(left, REMINDER_DAYS)
        if due is not None and due not in sent:
            sent.append(due)

    assert sent == sorted(sent, reverse=True)
    assert (7 in sent) == any(left <= 7 for left in nights)

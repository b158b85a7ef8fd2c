"""The rule of a scheme on a day: term, surveillance, number, and who gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.identity import is_gs1_number
from marketplace.domain.text import fold
from marketplace.domain.words import CertificateScheme, Severity
from marketplace.domain.words_papers import IssuerLevel

GGN = "gs1-13"
_CODES = {
    CertificateScheme.VIETGAP: "CE-03",
    CertificateScheme.GLOBALGAP: "CE-04",
    CertificateScheme.HACCP: "CE-10",
    CertificateScheme.ISO22000: "CE-10",
}
# How offices of a level sign, without marks; the first that is found says it.
_SIGNS = (
    (IssuerLevel.CENTRAL, r"\b(trung uong|bo (nong|cong|khoa|y)\b|thu tuong)"),
    (IssuerLevel.PROVINCE, r"\b(tinh|so (nong|cong)\b)"),
    (IssuerLevel.DISTRICT, r"\b(huyen|thi xa)\b"),
)


@dataclass(frozen=True)
class SchemeRule:
    """What a dated rule says of a scheme.

    Months of the usual and of the longest term; days between two surveillances
    and before the end at which a new paper is to be asked for; the pattern of its
    number (a warning) or the kind of its check digit (an error). Empty: not ruled.
    """

    usual_months: int | None = None
    most_months: int | None = None
    surveillance_days: int | None = None
    renew_days: int | None = None
    number_pattern: str = ""
    number_example: str = ""
    check_digits: str = ""

    @classmethod
    def from_rule(cls, params: Mapping[str, Any], severity: Severity) -> SchemeRule:
        """A row of the rules; where it only warns there is no longest term."""
        known = {name: params[name] for name in cls.__annotations__ if name in params}
        if severity is not Severity.ERROR:
            known["most_months"] = None
        return cls(**known)


NO_RULE = SchemeRule()


def check_number(
    scheme: CertificateScheme,
    number: str,
    known: SchemeRule,
    field: str | None = "number",
) -> list[Finding]:
    """CE-03: certifiers number in their own way; CE-04: a check digit must fit."""
    if known.check_digits == GGN and not (len(number) == 13 and is_gs1_number(number)):
        message = N_("Số GGN có 13 số đúng, ví dụ 8939999000017")
        return [Finding("CE-04", Severity.ERROR, message, {}, field)]
    if known.number_pattern and not re.fullmatch(known.number_pattern, number):
        message = N_("Số giấy này thường có dạng %(example)s. Xem lại từng chữ")
        params = {"example": known.number_example}
        code = _CODES.get(scheme, "CE-01")
        return [Finding(code, Severity.WARNING, message, params, field)]
    return []


def check_surveillance(
    scheme: CertificateScheme,
    issued_on: date,
    supervised_on: date | None,
    today: date,
    known: SchemeRule,
) -> list[Finding]:
    """CE-10: its issuer looks again at what it certifies, once in so many days."""
    every = known.surveillance_days
    if every is None or (today - (supervised_on or issued_on)).days <= every:
        return []
    message = N_("Giấy này quá hạn giám sát định kỳ, mỗi %(days)s ngày một lần")
    code = _CODES.get(scheme, "CE-01")
    return [Finding(code, Severity.WARNING, message, {"days": every})]


def level_of_issuer(issuer: str) -> IssuerLevel | None:
    """The level of the State that an issuer's name speaks of, if it names one."""
    words = fold(issuer)
    found = (level for level, sign in _SIGNS if re.search(sign, words))
    return next(found, None)


def ocop_issuer_level(stars: int, params: Mapping[str, Any]) -> IssuerLevel:
    """CE-09: who certifies so many stars, by the rule of the day of issue."""
    names = {3: "three_star_issuer", 4: "four_star_issuer", 5: "five_star_issuer"}
    return IssuerLevel(params[names[stars]])


def check_ocop_issuer(
    stars: int,
    issuer: str,
    params: Mapping[str, Any],
    field: str | None = "issuer",
) -> list[Finding]:
    """CE-09: an error if another level has signed, a warning if none is named."""
    wanted, found = ocop_issuer_level(stars, params), level_of_issuer(issuer)
    if found is wanted:
        return []
    severity = Severity.ERROR if found else Severity.WARNING
    return [Finding("CE-09", severity, _ISSUED_BY[wanted], {"stars": stars}, field)]


_ISSUED_BY = {
    IssuerLevel.DISTRICT: N_("OCOP %(stars)s sao cấp ngày này là của cấp huyện"),
    IssuerLevel.PROVINCE: N_("OCOP %(stars)s sao cấp ngày này là của cấp tỉnh"),
    IssuerLevel.CENTRAL: N_("OCOP %(stars)s sao cấp ngày này là của trung ương"),
}

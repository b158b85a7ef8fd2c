"""Certificates and growing-area codes: when one counts, what one may say."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.words import CertificateScheme, Market, PaperState, Severity

EXPIRING_DAYS = 30
REMINDER_DAYS = (180, 90, 30, 7)
# Nobody has said yet that the paper is as it is written here.
UNSEEN = (PaperState.PENDING, PaperState.RETURNED)


@dataclass(frozen=True)
class Paper:
    """A certificate (`scheme`) or an area or packing code (`market`).

    It is valid from `first_day` to `last_day`, both included; without a last
    day it has no term. `ended_on` is the first day on which it is suspended or
    revoked: the days before still count.
    """

    state: PaperState
    first_day: date
    last_day: date | None
    verified_on: date | None
    ended_on: date | None = None
    scheme: CertificateScheme | None = None
    market: Market | None = None
    packing: bool = False
    stars: int | None = None


def counts_on(paper: Paper, day: date) -> bool:
    """CE-01, GA-07: valid, verified, and neither suspended nor revoked that day."""
    return any(first <= day <= last for first, last in counting_days(paper, day, day))


def counting_days(paper: Paper, first: date, last: date) -> list[tuple[date, date]]:
    """The days within `first` and `last` on which the paper counts.

    An empty list or one pair, both days included.
    """
    if paper.state in UNSEEN or paper.verified_on is None:
        return []
    stopped = paper.state in (PaperState.SUSPENDED, PaperState.REVOKED)
    if stopped and paper.ended_on is None:
        return []
    begin = max(first, paper.first_day, paper.verified_on)
    end = min(last, paper.last_day or last)
    if paper.ended_on is not None:
        end = min(end, paper.ended_on - timedelta(days=1))
    return [(begin, end)] if begin <= end else []


def days_left(paper: Paper, day: date) -> int | None:
    """Days until the last one; negative once it is over, None without a term."""
    return (paper.last_day - day).days if paper.last_day else None


def reminder_due(left_days: int, thresholds: Iterable[int]) -> int | None:
    """CE-11: the threshold that so many days before the last one fall under.

    The nearest that is not passed yet, so that a night that was missed is made
    good by the next; None while it is too early, and once the paper is over.
    """
    reached = [days for days in thresholds if 0 <= left_days <= days]
    return min(reached, default=None)


def check_term(
    scheme: CertificateScheme,
    issued_on: date,
    expires_on: date,
    *,
    usual_months: int | None,
    most_months: int | None,
    field: str | None = "expires_on",
) -> list[Finding]:
    """CE-01, -02, -04, -05, -06, -08, -10: the term of a scheme, in months.

    Above `usual_months` is a warning, above `most_months` an error.
    """
    if issued_on >= expires_on:
        message = N_("Ngày hết hạn phải sau ngày cấp")
        return [Finding("CE-01", Severity.ERROR, message, {}, field)]
    if most_months is not None and expires_on > add_months(issued_on, most_months):
        message = N_("Giấy này dài nhất %(months)s tháng")
        return [_term(scheme, Severity.ERROR, message, most_months, field)]
    if usual_months is not None and expires_on > add_months(issued_on, usual_months):
        message = N_("Giấy này thường dài %(months)s tháng. Xem lại ngày")
        return [_term(scheme, Severity.WARNING, message, usual_months, field)]
    return []


def check_stars(stars: int | None, field: str | None = "stars") -> list[Finding]:
    """CE-08: a certified OCOP product has three to five stars."""
    if stars in (3, 4, 5):
        return []
    return [Finding("CE-08", Severity.ERROR, N_("OCOP có 3, 4 hoặc 5 sao"), {}, field)]


def ocop_stars(score: int) -> int | None:
    """CE-08: stars of a score of 0 to 100; None below certification."""
    if score < 50:
        return None
    return 3 if score < 70 else 4 if score < 90 else 5


def needs_food_safety_certificate(held: Iterable[CertificateScheme]) -> bool:
    """CE-07: a management system of the HACCP class exempts from it."""
    exempting = {CertificateScheme.HACCP, CertificateScheme.ISO22000}
    return not exempting & set(held)


def register_key(number: str, issuer: str = "") -> str:
    """What makes a paper one of a kind, however its number was typed.

    Large and small letters are the same and blanks do not count: "VG 12/ a" is
    "vg12/A". The same number of another issuer is another paper.
    """
    parts = (number, issuer) if issuer else (number,)
    folded = (unicodedata.normalize("NFKC", part).casefold() for part in parts)
    return "|".join("".join(part.split()) for part in folded)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _term(
    scheme: CertificateScheme,
    severity: Severity,
    message: str,
    months: int,
    field: str | None,
) -> Finding:
    code = _TERM_CODES.get(scheme, "CE-01")
    return Finding(code, severity, message, {"months": months}, field)


_TERM_CODES = {
    CertificateScheme.VIETGAP: "CE-02",
    CertificateScheme.GLOBALGAP: "CE-04",
    CertificateScheme.ORGANIC_TCVN: "CE-05",
    CertificateScheme.FOOD_SAFETY: "CE-06",
    CertificateScheme.OCOP: "CE-08",
    CertificateScheme.HACCP: "CE-10",
    CertificateScheme.ISO22000: "CE-10",
}

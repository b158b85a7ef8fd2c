"""Who is who: tax codes, telephone numbers, GS1 numbers, e-mail, names."""

from __future__ import annotations

import re
import unicodedata

from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import OrganisationKind

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_TAX_CODE = re.compile(r"(\d{10})(?:-?(\d{3}))?")
_NOISE = re.compile(r"[\s.\u00a0]+")

# Natural persons may use their 12-digit personal number since 1 July 2025.
_PERSONAL_KINDS = frozenset(
    {
        OrganisationKind.HOUSEHOLD_BUSINESS,
        OrganisationKind.FARM_HOUSEHOLD,
        OrganisationKind.FARM,
    }
)


def tax_check_digit(nine: str) -> int | None:
    """Tenth digit of a tax code, or None where no such code is issued."""
    total = sum(w * int(d) for w, d in zip(_TAX_WEIGHTS, nine, strict=True))
    digit = 10 - total % 11
    return digit if digit < 10 else None


def normalise_tax_code(
    text: str, kind: OrganisationKind | None = None, field: str = "tax_code"
) -> str:
    """Give `NNNNNNNNNN` or `NNNNNNNNNN-NNN`; refuse a wrong check digit.

    A personal number of 12 digits passes for households and farms only.
    """
    typed = _NOISE.sub("", _ascii_digits(text))
    if re.fullmatch(r"\d{12}", typed):
        if kind not in _PERSONAL_KINDS:
            raise Refused(N_("Số định danh cá nhân chỉ dùng cho hộ, trang trại"), field)
        return typed
    match = _TAX_CODE.fullmatch(typed)
    if match is None:
        raise Refused(
            N_("Mã số thuế có 10 số, hoặc 10 số và 3 số chi nhánh, ví dụ 5599000010"),
            field,
        )
    body, branch = match.groups()
    if tax_check_digit(body[:9]) != int(body[9]) or branch == "000":
        raise Refused(N_("Mã số thuế không đúng, xem lại từng số"), field)
    return f"{body}-{branch}" if branch else body


def tax_province(tax_code: str) -> str:
    """Province of registration at issue; it never changes with the seat."""
    return tax_code[:2]


def legal_entity(tax_code: str) -> str:
    """What a branch shares with its head: the first ten (or twelve) digits."""
    return tax_code.partition("-")[0]


def normalise_phone(text: str, field: str = "phone") -> str:
    """Give `+84…`; a Vietnamese number has 10 digits and starts with 0."""
    typed = re.sub(r"[\s().\-\u00a0]+", "", _ascii_digits(text))
    national = re.sub(r"^(\+84|0084|84(?=\d{9}$))0?", "0", typed)
    # 03 05 07 08 09 are mobile; 02 is a fixed line of 11 digits.
    if not re.fullmatch(r"0[35789]\d{8}|02\d{9}", national):
        raise Refused(N_("Số điện thoại có 10 số, ví dụ 0987 654 321"), field)
    return "+84" + national[1:]


def format_phone(phone: str) -> str:
    """National form in groups: `0987 654 321`."""
    national = "0" + phone.removeprefix("+84")
    return f"{national[:-6]} {national[-6:-3]} {national[-3:]}"


def gs1_check_digit(body: str) -> int:
    """Modulo-10 digit that follows `body` in a GTIN, GLN or GGN."""
    weighted = (int(d) * (3, 1)[i % 2] for i, d in enumerate(reversed(body)))
    return -sum(weighted) % 10


def is_gs1_number(text: str) -> bool:
    """Whether this is a number of 8, 12, 13 or 14 digits that checks."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text):
        return False
    return gs1_check_digit(text[:-1]) == int(text[-1])


def normalise_gln(text: str, field: str = "gln") -> str:
    """Give the 13 digits of a GLN or GGN; refuse a wrong check digit."""
    typed = _NOISE.sub("", _ascii_digits(text))
    if len(typed) != 13 or not is_gs1_number(typed):
        raise Refused(N_("Mã GS1 có 13 số đúng, ví dụ 8939999000017"), field)
    return typed


def fold_email(text: str, field: str = "email") -> str:
    """Lower case, no spaces around, an ASCII domain; refuse what is no address."""
    typed = unicodedata.normalize("NFC", text).strip().casefold()
    local, at, domain = typed.rpartition("@")
    wrong = Refused(N_("E-mail chưa đúng, ví dụ htx@example.vn"), field)
    if not at or not re.fullmatch(r"[^\s@\"<>(),:;\\\[\]]{1,64}", local):
        raise wrong
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise wrong from None
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if not re.fullmatch(rf"({label}\.)+[a-z][a-z0-9-]*[a-z0-9]", ascii_domain):
        raise wrong
    if not local.isprintable() or local.strip(".") != local or ".." in local:
        raise wrong
    return f"{local}@{ascii_domain}"


def _ascii_digits(text: str) -> str:
    """Full-width and other decimal digits as 0 to 9."""
    if text.isascii():
        return text.strip()
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.strip()
    )

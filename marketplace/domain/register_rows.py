"""One row of a register as values; whatever cannot be read is said at its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import fold_email, normalise_phone
from marketplace.domain.names import clean_text
from marketplace.domain.offer_sheet import MARKETS, SCHEMES
from marketplace.domain.register_sheets import Column, Register, columns_of
from marketplace.domain.text import fold
from marketplace.domain.typed import parse_count, parse_day, parse_ha, parse_vnd
from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    Market,
    OrganisationKind,
)

MISSING = N_("Ô này không được để trống")
_EMPTY = frozenset({"", "-", "–", "0", "khong", "khong co", "none", "n/a"})
_LONGEST_EMPTY = 20  # marks on each letter included; folding is dear

ORGANISATION_KINDS: Mapping[str, OrganisationKind] = {
    "hop tac xa": OrganisationKind.COOPERATIVE,
    "htx": OrganisationKind.COOPERATIVE,
    "cooperative": OrganisationKind.COOPERATIVE,
    "lien hiep hop tac xa": OrganisationKind.COOP_UNION,
    "cooperative union": OrganisationKind.COOP_UNION,
    "lien hiep htx": OrganisationKind.COOP_UNION,
    "to hop tac": OrganisationKind.COOP_GROUP,
    "tht": OrganisationKind.COOP_GROUP,
    "cooperative group": OrganisationKind.COOP_GROUP,
    "ho nong dan": OrganisationKind.FARM_HOUSEHOLD,
    "trang trai": OrganisationKind.FARM,
    "farm": OrganisationKind.FARM,
    "ho kinh doanh": OrganisationKind.HOUSEHOLD_BUSINESS,
    "household business": OrganisationKind.HOUSEHOLD_BUSINESS,
    "doanh nghiep": OrganisationKind.ENTERPRISE,
    "cong ty": OrganisationKind.ENTERPRISE,
    "enterprise": OrganisationKind.ENTERPRISE,
    "sieu thi": OrganisationKind.RETAILER,
    "supermarket": OrganisationKind.RETAILER,
    "nha xuat khau": OrganisationKind.EXPORTER,
    "co so che bien": OrganisationKind.PROCESSOR,
    "processor": OrganisationKind.PROCESSOR,
}
CHAIN_KINDS: Mapping[str, ChainKind] = {
    "an toan": ChainKind.SAFE_SUPPLY,
    "safe": ChainKind.SAFE_SUPPLY,
    "chuoi an toan": ChainKind.SAFE_SUPPLY,
    "chuoi cung ung an toan": ChainKind.SAFE_SUPPLY,
    "safe supply": ChainKind.SAFE_SUPPLY,
    "phat trien san pham": ChainKind.PRODUCT_DEVELOPMENT,
    "chuoi phat trien san pham": ChainKind.PRODUCT_DEVELOPMENT,
    "chuoi lien ket": ChainKind.PRODUCT_DEVELOPMENT,
    "lien ket": ChainKind.PRODUCT_DEVELOPMENT,
    "product development": ChainKind.PRODUCT_DEVELOPMENT,
}
_MORE_MARKETS: Mapping[str, Market] = {
    "noi dia": Market.DOMESTIC,
    "trong nuoc": Market.DOMESTIC,
    "domestic": Market.DOMESTIC,
    "hoa ky": Market.US,
    "united states": Market.US,
    "usa": Market.US,
    "niu di lan": Market.NZ,
}
_MORE_SCHEMES: Mapping[str, CertificateScheme] = {
    "ocop": CertificateScheme.OCOP,
    "cam ket an toan thuc pham": CertificateScheme.SAFETY_COMMITMENT,
    "cam ket": CertificateScheme.SAFETY_COMMITMENT,
    "commitment": CertificateScheme.SAFETY_COMMITMENT,
    "food safety": CertificateScheme.FOOD_SAFETY,
    "co so du dieu kien attp": CertificateScheme.FOOD_SAFETY,
    "haccp": CertificateScheme.HACCP,
}


def paper_key(number: str) -> str:
    """A number of a paper for comparing: neither case nor spaces tell two apart."""
    return "".join(number.split()).casefold()


@dataclass
class ReadRecord:
    """A row: its number in the file, what was typed, what it means, what is wrong."""

    number: int
    cells: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Refused] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value of a field, None if its cell is empty or not mapped."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """What was typed, without the dashes that stand for nothing."""
        typed = self.cells.get(name, "").strip()
        short = len(typed) <= _LONGEST_EMPTY
        return "" if short and fold(typed) in _EMPTY else typed

    def sound(self, *names: str) -> bool:
        """Whether nothing is wrong in any of these cells so far."""
        return self.errors.keys().isdisjoint(names)

    @contextmanager
    def told_at(self, name: str) -> Iterator[None]:
        """Whatever is refused within is said at its cell, and the row goes on."""
        try:
            yield
        except Refused as refusal:
            self.errors.setdefault(refusal.field or name, refusal)


def read_record(
    register: Register, number: int, cells: Mapping[str, str], lang: str = "vi"
) -> ReadRecord:
    """Every cell on its own: a value, nothing, or a message."""
    read = ReadRecord(number, cells)
    for column in columns_of(register):
        typed = read.text(column.field)
        if not typed:
            if column.required:
                read.errors[column.field] = Refused(MISSING, column.field)
            continue
        try:
            _check_text(typed, column)
            read.values[column.field] = _parse(register, column.field, typed, lang)
        except Refused as refusal:
            read.errors[column.field] = refusal
    return read


def _check_text(typed: str, column: Column) -> None:
    """Refused if it holds hidden signs, or more than its field keeps."""
    clean_text(typed, field=column.field)
    if len(typed) > column.most:
        raise Refused(N_("Dài nhất %(most)s chữ"), column.field, most=column.most)


def _parse(register: Register, name: str, typed: str, lang: str) -> Any:
    if name == "kind":
        chain = register is Register.CHAINS
        return _chain_kind(typed) if chain else _organisation_kind(typed)
    parse = _PARSERS.get(name)
    return parse(typed, lang) if parse else typed


def _organisation_kind(text: str) -> OrganisationKind:
    found = ORGANISATION_KINDS.get(fold(text))
    if found is None:
        raise Refused(N_("Không rõ loại hình này, ví dụ Hợp tác xã"))
    return found


def _chain_kind(text: str) -> ChainKind:
    found = CHAIN_KINDS.get(fold(text))
    if found is None:
        raise Refused(N_("Ghi An toàn hoặc Phát triển sản phẩm"))
    return found


def _market(text: str) -> Market:
    found = {**MARKETS, **_MORE_MARKETS}.get(fold(text))
    if found is None:
        raise Refused(N_("Không rõ thị trường này, ví dụ Trung Quốc, Mỹ, Nội địa"))
    return found


def _scheme(text: str) -> CertificateScheme:
    found = {**SCHEMES, **_MORE_SCHEMES}.get(fold(text))
    if found is None:
        raise Refused(N_("Không rõ chứng nhận này, ví dụ VietGAP, GlobalGAP, OCOP"))
    return found


_PARSERS: Mapping[str, Callable[[str, str], Any]] = {
    "market": lambda text, _lang: _market(text),
    "scheme": lambda text, _lang: _scheme(text),
    "phone": lambda text, _lang: normalise_phone(text),
    "email": lambda text, _lang: fold_email(text),
    "official_members": lambda text, lang: parse_count(text, lang=lang),
    "stars": lambda text, lang: parse_count(text, lang=lang),
    "charter_capital_vnd": lambda text, lang: parse_vnd(text, lang=lang),
    "revenue_vnd": lambda text, lang: parse_vnd(text, lang=lang),
    "total_area_ha": lambda text, lang: parse_ha(text, lang=lang),
    "area_ha": lambda text, lang: parse_ha(text, lang=lang),
    "founded_on": lambda text, _lang: parse_day(text),
    "valid_from": lambda text, _lang: parse_day(text),
    "last_day": lambda text, _lang: parse_day(text),
    "supervised_on": lambda text, _lang: parse_day(text),
    "issued_on": lambda text, _lang: parse_day(text),
    "expires_on": lambda text, _lang: parse_day(text),
}


def read_skipped(text: str) -> frozenset[int]:
    """Row numbers of "3, 60-62"; Refused if it is no such list."""
    wrong = Refused(N_("Ghi số dòng, ví dụ 3, 60-62"), "skipped")
    found: set[int] = set()
    for part in text.replace(";", ",").split(","):
        first, dash, last = part.strip().partition("-")
        if not part.strip():
            continue
        if not first.strip().isdecimal() or (dash and not last.strip().isdecimal()):
            raise wrong
        begin, end = int(first), int(last or first)
        if not begin <= end <= begin + 10_000:
            raise wrong
        found.update(range(begin, end + 1))
    return frozenset(found)

"""What an organisation says of itself, checked before it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.domain.admin_units import Resolution
from marketplace.domain.errors import N_, Refused
from marketplace.domain.identity import normalise_tax_code
from marketplace.domain.names import clean_text, skeleton
from marketplace.domain.text import fold, short_name
from marketplace.domain.words import OrganisationKind
from marketplace.services.rules import rule
from marketplace.services.units import resolve_commune
from models.organisations import Organisation
from models.reference import AdminUnit

OPEN_KINDS = tuple(k for k in OrganisationKind if k is not OrganisationKind.AUTHORITY)

# What an officer compared with the papers; a change is compared again.
IDENTITY_FIELDS = (
    "name",
    "kind",
    "tax_code",
    "unit_id",
    "official_members",
    "legal_representative",
)


@dataclass(frozen=True)
class Profile:
    """What an organisation says of itself; amounts in đồng, area in hectares."""

    kind: OrganisationKind
    name: str
    commune: str
    tax_code: str = ""
    address: str = ""
    phone: str | None = None
    email: str | None = None
    official_members: int | None = None
    charter_capital_vnd: int | None = None
    revenue_vnd: int | None = None
    total_area_ha: Decimal | None = None
    founded_on: date | None = None
    legal_representative: str = ""
    representative_title: str = ""
    bank_account: str = ""
    gln: str | None = None


def fill_organisation(
    session: Session,
    organisation: Organisation,
    profile: Profile,
    *,
    today: date,
) -> None:
    """Write a checked profile into the row; Refused names the field that is wrong."""
    if profile.kind not in OPEN_KINDS:
        raise Refused(N_("Chọn một trong các loại tổ chức"), "kind")
    _fill_name(session, organisation, profile)
    _fill_tax_code(session, organisation, profile)
    check_members(session, profile.kind, profile.official_members, today)
    place = resolve_commune(session, profile.commune, today=today)
    unit = session.get_one(AdminUnit, place.current.id)
    write_profile(organisation, profile, place, unit)


def write_profile(
    organisation: Organisation, profile: Profile, place: Resolution, unit: AdminUnit
) -> None:
    """Write what needs no look at other rows; `unit` is where the place is today."""
    organisation.kind = profile.kind
    organisation.unit_id = unit.id
    organisation.declared_unit_id = place.unit.id if place.renamed else None
    organisation.unit = unit
    organisation.latitude = organisation.unit.latitude
    organisation.longitude = organisation.unit.longitude
    for field in (
        "address",
        "legal_representative",
        "representative_title",
        "bank_account",
    ):
        setattr(organisation, field, clean_text(getattr(profile, field), field=field))
    for field in (
        "phone", "email", "official_members", "charter_capital_vnd", "revenue_vnd",
        "total_area_ha", "founded_on", "gln",
    ):  # fmt: skip
        setattr(organisation, field, getattr(profile, field))


def _fill_name(session: Session, organisation: Organisation, profile: Profile) -> None:
    name = check_name(profile.name)
    if _taken(session, organisation, Organisation.skeleton == skeleton(name)):
        raise Refused(
            N_(
                "Đã có tổ chức tên giống như vậy. Nếu là tổ chức của mình, tìm và chọn tên đó"
            ),
            "name",
        )
    write_name(organisation, name)


def check_name(text: str) -> str:
    """The name in its normal form; Refused if it is too short to be one."""
    name = clean_text(text, field="name")
    if len(fold(name)) < 3:
        raise Refused(N_("Nhập tên đầy đủ như trên giấy đăng ký"), "name")
    return name


def write_name(organisation: Organisation, name: str) -> None:
    """A checked name, and all that it is found by."""
    organisation.name, organisation.skeleton = name, skeleton(name)
    organisation.name_folded, organisation.short_name = fold(name), short_name(name)


def _fill_tax_code(
    session: Session, organisation: Organisation, profile: Profile
) -> None:
    code = tax_code_of(profile)
    if code and _taken(session, organisation, Organisation.tax_code == code):
        raise Refused(
            N_("Mã số thuế này đã thuộc một tổ chức khác trên sàn"), "tax_code"
        )
    organisation.tax_code = code


def tax_code_of(profile: Profile) -> str | None:
    """The tax code in its normal form; Refused if it is wrong, or missing."""
    if profile.tax_code.strip():
        return normalise_tax_code(profile.tax_code, profile.kind)
    if profile.kind not in _WITHOUT_TAX_CODE:
        raise Refused(N_("Nhập mã số thuế, ví dụ 5599000010"), "tax_code")
    return None


_WITHOUT_TAX_CODE = frozenset(
    {
        OrganisationKind.COOP_GROUP,
        OrganisationKind.FARM_HOUSEHOLD,
        OrganisationKind.FARM,
    }
)


def _taken(
    session: Session, organisation: Organisation, same: ColumnElement[bool]
) -> bool:
    with session.no_autoflush:
        found = session.scalar(select(Organisation.id).where(same).limit(1))
    return found is not None and found != organisation.id


def check_members(
    session: Session, kind: OrganisationKind, members: int | None, today: date
) -> None:
    """ORG-05: a cooperative has so many members, or is none."""
    if kind is not OrganisationKind.COOPERATIVE:
        return
    least = int(rule(session, "ORG-05", today)["least_members"])
    if members is None or members < least:
        raise Refused(
            N_("Hợp tác xã có từ %(least)d thành viên chính thức trở lên"),
            "official_members",
            least=least,
        )

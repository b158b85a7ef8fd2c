"""Organisations: what they say of themselves, and what must be right about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.identity import normalise_tax_code
from marketplace.domain.names import clean_text, skeleton
from marketplace.domain.text import fold, short_name
from marketplace.domain.words import OrganisationKind, OrganisationState
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

_NOT_YET = {
    OrganisationState.DRAFT: N_(
        "Hồ sơ tổ chức chưa gửi đi xác minh. Gửi xong sẽ đăng được"
    ),
    OrganisationState.PENDING: N_(
        "Tổ chức đang chờ cơ quan xác minh, thường trong 2 ngày làm việc. Bản nháp vẫn giữ"
    ),
    OrganisationState.CHANGE_REQUESTED: N_(
        "Cơ quan yêu cầu bổ sung hồ sơ tổ chức. Bổ sung rồi gửi lại để đăng được"
    ),
    OrganisationState.REJECTED: N_("Hồ sơ tổ chức bị từ chối, nên chưa đăng được"),
    OrganisationState.SUSPENDED: N_("Tổ chức đang bị tạm khóa, nên chưa đăng được"),
}


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


def access_organisation(
    session: Session, who: Actor | None, public_id: str, action: str = "read"
) -> Organisation:
    """The organisation of a page; NotFound for what this actor may not see.

    `read`: its own people, officers of its place, and everybody once verified.
    `write`: its own people. `officiate`: officers of its place.
    """
    organisation = session.scalars(
        select(Organisation)
        .where(Organisation.public_id == public_id)
        .options(joinedload(Organisation.unit))
    ).first()
    if organisation is None:
        raise NotFound
    own = who is not None and who.organisation_id == organisation.id
    officer = who is not None and oversees(who, organisation)
    everybody = organisation.state is OrganisationState.VERIFIED
    allowed = {"read": own or officer or everybody, "write": own, "officiate": officer}
    if not allowed[action]:
        raise NotFound
    return organisation


def oversees(who: Actor, organisation: Organisation) -> bool:
    """Whether the officer's scope covers it; other provinces are everybody's."""
    outside = organisation.unit.level == "province"
    return who.is_officer and (outside or organisation.unit_id in who.scope_unit_ids)


def own_organisation(session: Session, who: Actor) -> Organisation:
    """The organisation in whose name the actor acts."""
    return session.get_one(Organisation, who.organisation_id)


def require_verified(session: Session, who: Actor | int) -> Organisation:
    """The organisation, if it is verified; else Refused with what is missing."""
    organisation_id = who.organisation_id if isinstance(who, Actor) else who
    organisation = session.get_one(Organisation, organisation_id)
    if organisation.state is not OrganisationState.VERIFIED:
        raise Refused(_NOT_YET[organisation.state])
    return organisation


def search_register(
    session: Session, text: str, *, limit: int = 8
) -> Sequence[Organisation]:
    """Known organisations by name, commune (old or new) or tax code.

    Diacritics do not matter; those whose own name begins so come first.
    """
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    declared = select(AdminUnit.id).where(AdminUnit.name_folded.contains(wanted))
    found = session.scalars(
        select(Organisation)
        .where(
            Organisation.kind != OrganisationKind.AUTHORITY,
            Organisation.state == OrganisationState.VERIFIED,
            or_(
                Organisation.name_folded.contains(wanted, autoescape=True),
                Organisation.tax_code == wanted.replace(" ", ""),
                Organisation.unit_id.in_(declared),
                Organisation.declared_unit_id.in_(declared),
            ),
        )
        .options(joinedload(Organisation.unit), joinedload(Organisation.declared_unit))
        .order_by(Organisation.name_folded.contains(wanted).desc(), Organisation.name)
        .limit(limit)
    )
    return found.all()


def list_organisations(
    session: Session,
    who: Actor,
    *,
    text: str = "",
    state: OrganisationState | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[Organisation], int]:
    """The organisations of an officer's scope by name, and how many."""
    wanted = select(Organisation).where(
        Organisation.kind != OrganisationKind.AUTHORITY, within_scope(who)
    )
    if text:
        folded = fold(text)
        code = folded.replace(" ", "")
        wanted = wanted.where(
            Organisation.name_folded.contains(folded, autoescape=True)
            | (Organisation.tax_code == code)
        )
    if state is not None:
        wanted = wanted.where(Organisation.state == state)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = wanted.options(joinedload(Organisation.unit))
    page = page.order_by(Organisation.name_folded, Organisation.id)
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def within_scope(who: Actor) -> ColumnElement[bool]:
    """Organisations that this officer oversees."""
    outside = select(AdminUnit.id).where(AdminUnit.level == "province")
    return Organisation.unit_id.in_(who.scope_unit_ids) | Organisation.unit_id.in_(
        outside
    )


def fill_organisation(
    session: Session, organisation: Organisation, profile: Profile, *, today: date
) -> None:
    """Write a checked profile into the row; Refused names the field that is wrong."""
    if profile.kind not in OPEN_KINDS:
        raise Refused(N_("Chọn một trong các loại tổ chức"), "kind")
    _fill_name(session, organisation, profile)
    _fill_tax_code(session, organisation, profile)
    _check_members(session, profile, today)
    place = resolve_commune(session, profile.commune, today=today)
    organisation.kind = profile.kind
    organisation.unit_id = place.current.id
    organisation.declared_unit_id = place.unit.id if place.renamed else None
    organisation.unit = session.get_one(AdminUnit, place.current.id)
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
    name = clean_text(profile.name, field="name")
    if len(fold(name)) < 3:
        raise Refused(N_("Nhập tên đầy đủ như trên giấy đăng ký"), "name")
    bones = skeleton(name)
    if _taken(session, organisation, Organisation.skeleton == bones):
        raise Refused(
            N_(
                "Đã có tổ chức tên giống như vậy. Nếu là tổ chức của mình, tìm và chọn tên đó"
            ),
            "name",
        )
    organisation.name, organisation.skeleton = name, bones
    organisation.name_folded, organisation.short_name = fold(name), short_name(name)


def _fill_tax_code(
    session: Session, organisation: Organisation, profile: Profile
) -> None:
    code = None
    if profile.tax_code.strip():
        code = normalise_tax_code(profile.tax_code, profile.kind)
        if _taken(session, organisation, Organisation.tax_code == code):
            raise Refused(
                N_("Mã số thuế này đã thuộc một tổ chức khác trên sàn"), "tax_code"
            )
    elif profile.kind not in _WITHOUT_TAX_CODE:
        raise Refused(N_("Nhập mã số thuế, ví dụ 5599000010"), "tax_code")
    organisation.tax_code = code


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


def _check_members(session: Session, profile: Profile, today: date) -> None:
    if profile.kind is not OrganisationKind.COOPERATIVE:
        return
    least = int(rule(session, "ORG-05", today)["least_members"])
    if profile.official_members is None or profile.official_members < least:
        raise Refused(
            N_("Hợp tác xã có từ %(least)d thành viên chính thức trở lên"),
            "official_members",
            least=least,
        )

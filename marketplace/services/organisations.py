"""Organisations: what they say of themselves, and what must be right about it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.text import fold
from marketplace.domain.words import OrganisationKind, OrganisationState
from marketplace.services.units import lies_within
from models.organisations import Organisation
from models.reference import AdminUnit

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
    named = Organisation.name_folded.contains(wanted, autoescape=True)
    found = session.scalars(
        select(Organisation)
        .where(
            Organisation.kind != OrganisationKind.AUTHORITY,
            Organisation.state == OrganisationState.VERIFIED,
            named | (Organisation.tax_code == wanted.replace(" ", "")) | _in(wanted),
        )
        .options(joinedload(Organisation.unit), joinedload(Organisation.declared_unit))
        .order_by(named.desc(), Organisation.name)
        .limit(limit)
    )
    return found.all()


def _in(place: str) -> ColumnElement[bool]:
    """Organisations of a commune, by its name of today or the one they gave."""
    units = select(AdminUnit.id).where(
        AdminUnit.name_folded.contains(place, autoescape=True)
    )
    return Organisation.unit_id.in_(units) | Organisation.declared_unit_id.in_(units)


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
        Organisation.kind != OrganisationKind.AUTHORITY, within_scope(session, who)
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


def within_scope(session: Session, who: Actor) -> ColumnElement[bool]:
    """Organisations that this officer oversees."""
    outside = select(AdminUnit.id).where(AdminUnit.level == "province")
    near = lies_within(session, Organisation.unit_id, who.scope_unit_ids)
    return near | Organisation.unit_id.in_(outside)

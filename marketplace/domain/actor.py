"""Who acts: one person, in one organisation, in one role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in one organisation."""

    DIRECTOR = "director"
    STAFF = "staff"
    BUYER = "buyer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Actor:
    """The person and the organisation in whose name a use case runs.

    An officer's scope is the set of `admin_units` ids (communes, old and new)
    that lie in the unit or area group of the membership.
    """

    user_id: int
    organisation_id: int
    role: Role
    scope_unit_ids: frozenset[int] = frozenset()

    @property
    def is_officer(self) -> bool:
        return self.role is Role.OFFICER

    @property
    def may_sign(self) -> bool:
        """Only who represents the organisation binds it."""
        return self.role in (Role.DIRECTOR, Role.ADMINISTRATOR)

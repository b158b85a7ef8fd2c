"""What the market knows already, looked up once for a whole register.

Columns and no objects: a nation has twenty thousand cooperatives, and a file may
speak of each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.names import skeleton
from marketplace.domain.register_rows import paper_key
from marketplace.domain.text import fold
from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    HarvestState,
    Market,
    OrganisationKind,
    OrganisationState,
)
from models.chains import Chain, Recognition
from models.harvests import Harvest
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode

CertificateKey = tuple[CertificateScheme, str, str]
ChainKey = tuple[ChainKind, int, int]


class Party(NamedTuple):
    """An organisation as far as a register needs it."""

    id: int
    unit_id: int
    short_name: str


@dataclass
class Parties:
    """Organisations by what people call them; only those verified hold papers."""

    skeletons: set[str] = field(default_factory=set)
    tax_codes: set[str] = field(default_factory=set)
    _by_code: dict[str, Party] = field(default_factory=dict)
    _by_skeleton: dict[str, Party] = field(default_factory=dict)
    _by_name: dict[str, list[Party]] = field(default_factory=dict)

    def add_holder(self, party: Party, code: str | None, bones: str, name: str) -> None:
        """One that is verified and may hold what a register lists."""
        if code:
            self._by_code[code] = party
        self._by_skeleton[bones] = party
        self._by_name.setdefault(name, []).append(party)

    def of_code(self, code: str) -> Party | None:
        """The one with this tax code in its normal form."""
        return self._by_code.get(code)

    def of_name(self, name: str) -> Party | None:
        """The one that is called so; two of a name without its marks are nobody."""
        if found := self._by_skeleton.get(skeleton(name)):
            return found
        alike = self._by_name.get(fold(name), [])
        return alike[0] if len(alike) == 1 else None


def known_parties(session: Session) -> Parties:
    """All organisations; a register never writes one that is here already."""
    row = Organisation
    wanted = select(
        row.id, row.unit_id, row.short_name, row.tax_code, row.skeleton,
        row.name_folded, row.state, row.kind,
    )  # fmt: skip
    found = Parties()
    for id_, unit, short, code, bones, name, state, kind in session.execute(wanted):
        found.skeletons.add(bones)
        if code:
            found.tax_codes.add(code)
        holds = kind is not OrganisationKind.AUTHORITY
        if holds and state is OrganisationState.VERIFIED:
            found.add_holder(Party(id_, unit, short), code, bones, name)
    return found


def known_codes(session: Session) -> dict[tuple[Market, str], int]:
    """Whose each growing-area code is, by its market and number."""
    wanted = select(
        GrowingAreaCode.market, GrowingAreaCode.code, GrowingArea.organisation_id
    ).join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
    rows = session.execute(wanted)
    return {(market, paper_key(code)): owner for market, code, owner in rows}


def known_gardens(session: Session) -> dict[tuple[int, str], int]:
    """Ids of the growing areas by owner and name."""
    row = GrowingArea
    wanted = select(row.organisation_id, row.name, row.id)
    return {(owner, name): id_ for owner, name, id_ in session.execute(wanted)}


def certificate_key(
    scheme: CertificateScheme, issuer: str, number: str
) -> CertificateKey:
    """What makes two certificates one: case and spaces tell nothing apart."""
    return scheme, fold(issuer), paper_key(number)


def known_certificates(session: Session) -> dict[CertificateKey, int]:
    """Whose each certificate is, by scheme, issuer and number."""
    row = Certificate
    wanted = select(row.scheme, row.issuer, row.number, row.organisation_id)
    return {
        certificate_key(scheme, issuer, number): owner
        for scheme, issuer, number, owner in session.execute(wanted)
    }


def known_chains(session: Session) -> dict[ChainKey, int]:
    """Ids of the chains by kind, lead and product group."""
    row = Chain
    wanted = select(row.kind, row.lead_id, row.group_id, row.id)
    return {
        (kind, lead, group): id_ for kind, lead, group, id_ in session.execute(wanted)
    }


def known_numbers(session: Session, issuer_id: int) -> dict[str, int]:
    """The chain of each number that an authority has given out."""
    wanted = select(Recognition.number, Recognition.chain_id).where(
        Recognition.issuer_id == issuer_id
    )
    return {paper_key(number): chain for number, chain in session.execute(wanted)}


def sellers_with_goods(session: Session) -> frozenset[int]:
    """Who has harvests that a new paper may come to cover."""
    wanted = select(Harvest.organisation_id).where(
        Harvest.state.in_((HarvestState.DRAFT, HarvestState.OPEN))
    )
    return frozenset(session.scalars(wanted.distinct()))

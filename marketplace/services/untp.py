"""Product passports of lots and conformity credentials of certificates (UNTP)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from marketplace.domain.papers import counts_on
from marketplace.domain.untp import (
    Named,
    Paper,
    ProductFacts,
    conformity,
    passport,
)
from marketplace.domain.words import CertificateScheme, PaperState
from marketplace.services.box_papers import certificates_on, sources_of
from marketplace.services.epcis_uris import area_uri, class_uri, facility_uri, party_uri
from marketplace.services.paper_rows import paper_of
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Certificate

NAMES: Mapping[CertificateScheme, str] = {
    CertificateScheme.VIETGAP: "VietGAP (TCVN 11892-1:2017)",
    CertificateScheme.GLOBALGAP: "GLOBALG.A.P.",
    CertificateScheme.ORGANIC_TCVN: "TCVN 11041 (organic)",
    CertificateScheme.FOOD_SAFETY: "Food safety certificate (Viet Nam)",
    CertificateScheme.SAFETY_COMMITMENT: "Food safety commitment (Viet Nam)",
    CertificateScheme.OCOP: "OCOP (Viet Nam)",
    CertificateScheme.HACCP: "HACCP",
    CertificateScheme.ISO22000: "ISO 22000",
}
_SAFETY = frozenset(
    {
        CertificateScheme.FOOD_SAFETY,
        CertificateScheme.SAFETY_COMMITMENT,
        CertificateScheme.HACCP,
        CertificateScheme.ISO22000,
    }
)
_BY_AUTHORITY = frozenset({CertificateScheme.FOOD_SAFETY, CertificateScheme.OCOP})


def passport_of(session: Session, lot: Lot, base: str) -> dict[str, Any]:
    """The Digital Product Passport of a lot, for anybody: what its public page says."""
    sources = sources_of(session, lot)
    papers, covered = certificates_on(session, sources)
    item = lot.sold_as.item if lot.sold_as else None
    name = item.name_vi if item else lot.product.name_vi
    gardens = {area.id: area for area, _day in sources.places}
    grown = gardens.popitem()[1] if len(gardens) == 1 and sources.whole else None
    return passport(
        ProductFacts(
            product=Named(class_uri(lot, base), name, lot.code),
            batch=lot.code,
            description=f"{lot.product.name_vi} / {lot.product.name_en}",
            maker=_party(lot.organisation, base),
            place=Named(area_uri(grown, base), grown.unit.name) if grown else None,
            made_on=lot.made_on,
            best_before=lot.best_before,
            kg=None,
            hs_code=lot.product.hs_code,
            events=f"{base}/q/{lot.public_id}/epcis.json",
            page=f"{base}/q/{lot.public_id}",
            papers=tuple(_paper(one, base) for one in papers) if covered else (),
            whole=sources.whole,
        ),
        base,
    )


def credential_of(
    certificate: Certificate, base: str, *, today: date
) -> dict[str, Any]:
    """The Digital Conformity Credential of a certificate that an officer verified.

    NotFound for one that nobody has verified: nothing is attested yet.
    """
    if certificate.verified_at is None or certificate.state in (
        PaperState.PENDING,
        PaperState.RETURNED,
    ):
        raise NotFound
    holder = certificate.organisation
    areas = [certificate.area, *(one.area for one in certificate.further)]
    sites = [certificate.facility, *(one.facility for one in certificate.further)]
    return conformity(
        _paper(certificate, base),
        _party(holder, base),
        [
            *(Named(area_uri(one, base), one.name) for one in areas if one),
            *(Named(facility_uri(one, base), one.name) for one in sites if one),
        ],
        base,
        until=certificate.expires_on,
        counts=counts_on(paper_of(certificate), today),
    )


def _paper(certificate: Certificate, base: str) -> Paper:
    scheme = certificate.scheme
    name = NAMES[scheme]
    safety = scheme in _SAFETY
    return Paper(
        id=f"{base}/giay-to/chung-nhan/{certificate.public_id}",
        title=f"{name} {certificate.number}",
        standard=Named(f"{base}/ns/schemes/{scheme.value}", name),
        issuer=Named(_urn(certificate.issuer), certificate.issuer),
        issued_on=certificate.issued_on,
        topic="social.safety" if safety else "governance.compliance",
        declared=scheme is CertificateScheme.SAFETY_COMMITMENT,
        by_authority=scheme in _BY_AUTHORITY,
    )


def _party(organisation: Organisation, base: str) -> Named:
    return Named(
        party_uri(organisation, base), organisation.name, organisation.tax_code or ""
    )


def _urn(name: str) -> str:
    """An address for whoever has none: the same for the same name."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"issuer:{name}").urn

"""Credentials of UNTP 0.6.1 (UN Transparency Protocol): product passport, conformity.

Both are W3C Verifiable Credentials 2.0 in JSON-LD, and unsigned: whoever has a key may
envelope them. Dates become the moments at which they begin and end in Viet Nam.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
VOCABULARY = "https://test.uncefact.org/vocabulary/untp"
EVENTS_LINK = "https://test.uncefact.org/vocabulary/linkTypes/dte"
VERSION = "0.6.1"


@dataclass(frozen=True)
class Named:
    """A party, a place or a thing: its address, its name, its number in a register."""

    id: str
    name: str
    registered: str = ""

    def told(self) -> dict[str, str]:
        """As UNTP writes whatever has an id and a name."""
        number = {"registeredId": self.registered} if self.registered else {}
        return {"id": self.id, "name": self.name, **number}


@dataclass(frozen=True)
class Paper:
    """A certificate: what it says, by which standard, from a day to a day."""

    id: str
    title: str
    standard: Named
    issuer: Named
    issued_on: date
    topic: str
    declared: bool = False
    by_authority: bool = False


@dataclass(frozen=True)
class ProductFacts:
    """What a passport says of a lot; `whole` if all of it was picked in known gardens."""

    product: Named
    batch: str
    description: str
    maker: Named
    place: Named | None
    made_on: date
    best_before: date | None
    kg: int | None
    hs_code: str
    events: str
    page: str
    papers: tuple[Paper, ...] = ()
    whole: bool = True


def passport(facts: ProductFacts, base: str) -> dict[str, Any]:
    """A Digital Product Passport of a lot."""
    return {
        **_envelope("dpp", "DigitalProductPassport", f"{facts.page}/dpp", base),
        "validFrom": _from(facts.made_on),
        **({"validUntil": _until(facts.best_before)} if facts.best_before else {}),
        "credentialSubject": {
            "type": ["ProductPassport"],
            "id": facts.product.id,
            "product": _product(facts),
            "granularityLevel": "batch",
            "conformityClaim": [_claim(one) for one in facts.papers],
            "traceabilityInformation": [_traced(facts)],
            **({"materialsProvenance": [_material(facts)]} if facts.whole else {}),
        },
    }


def _traced(facts: ProductFacts) -> dict[str, Any]:
    return {
        "type": ["TraceabilityPerformance"],
        "valueChainProcess": "Growing and packing",
        "traceabilityEvent": [_events(facts.events)],
    }


def _material(facts: ProductFacts) -> dict[str, Any]:
    return {
        "type": ["Material"],
        "name": facts.product.name,
        "originCountry": "VN",
        "massFraction": 1,
        "hazardous": False,
    }


def _product(facts: ProductFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": ["Product"],
        **facts.product.told(),
        "batchNumber": facts.batch,
        "description": facts.description,
        "producedByParty": facts.maker.told(),
        "productionDate": facts.made_on.isoformat(),
        "countryOfProduction": "VN",
        "furtherInformation": [
            {"type": ["Link"], "linkURL": facts.page, "linkName": facts.product.name}
        ],
    }
    if facts.place:
        told["producedAtFacility"] = facts.place.told()
    if facts.kg:
        weight = {"type": ["Measure"], "value": facts.kg, "unit": "KGM"}
        told["dimensions"] = {"type": ["Dimension"], "weight": weight}
    if facts.hs_code:
        told["productCategory"] = [_category(facts.hs_code, facts.product.name)]
    return told


def _category(code: str, name: str) -> dict[str, Any]:
    return {
        "type": ["Classification"],
        "id": f"urn:wco:hs:{code}",
        "code": code,
        "name": name,
        "schemeName": "Harmonized System",
    }


def _events(url: str) -> dict[str, Any]:
    return {
        "type": ["SecureLink", "Link"],
        "linkURL": url,
        "linkName": "EPCIS 2.0 events",
        "linkType": EVENTS_LINK,
    }


def _claim(paper: Paper) -> dict[str, Any]:
    """Only papers that counted when the lot was picked are claimed."""
    return {
        "type": ["Claim", "Declaration"],
        "id": paper.id,
        "description": paper.title,
        "referenceStandard": _standard(paper),
        "assessmentDate": paper.issued_on.isoformat(),
        "conformance": True,
        "conformityTopic": paper.topic,
    }


def conformity(
    paper: Paper,
    holder: Named,
    places: Iterable[Named],
    base: str,
    *,
    until: date,
    counts: bool,
) -> dict[str, Any]:
    """A Digital Conformity Credential of a certificate; `until` is its last day."""
    return {
        **_envelope(
            "dcc", "DigitalConformityCredential", f"{paper.id}/credential", base
        ),
        "validFrom": _from(paper.issued_on),
        "validUntil": _until(until),
        "credentialSubject": {
            "type": ["ConformityAttestation", "Attestation"],
            "id": paper.id,
            "name": paper.title,
            "assessorLevel": "Self" if paper.declared else "3rdParty",
            "assessmentLevel": "GovtApproval" if paper.by_authority else "Unspecified",
            "attestationType": "declaration" if paper.declared else "certification",
            "issuedToParty": holder.told(),
            "assessment": [_assessment(paper, holder, places, counts)],
        },
    }


def _assessment(
    paper: Paper, holder: Named, places: Iterable[Named], counts: bool
) -> dict[str, Any]:
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": f"{paper.id}/assessment",
        "name": paper.title,
        "assessmentDate": paper.issued_on.isoformat(),
        "referenceStandard": _standard(paper),
        "conformityTopic": paper.topic,
        "conformance": counts,
        "assessedFacility": [
            {"type": ["FacilityVerification"], "facility": one.told()} for one in places
        ],
        "assessedOrganisation": holder.told(),
        "auditor": paper.issuer.told(),
    }


def _standard(paper: Paper) -> dict[str, Any]:
    return {
        "type": ["Standard"],
        "id": paper.standard.id,
        "name": paper.standard.name,
        "issuingParty": paper.issuer.told(),
    }


def _envelope(kind: str, name: str, id_: str, base: str) -> Mapping[str, Any]:
    return {
        "@context": [CREDENTIALS, f"{VOCABULARY}/{kind}/{VERSION}/"],
        "type": [name, "VerifiableCredential"],
        "id": id_,
        "issuer": {
            "type": ["CredentialIssuer"],
            "id": "did:web:" + urlsplit(base).netloc.replace(":", "%3A"),
            "name": urlsplit(base).netloc,
        },
    }


def _from(day: date) -> str:
    return f"{day.isoformat()}T00:00:00+07:00"


def _until(day: date) -> str:
    """The end of the last day."""
    return f"{(day + timedelta(days=1)).isoformat()}T00:00:00+07:00"

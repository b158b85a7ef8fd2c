"""The words of EPCIS 2.0 and of the Core Business Vocabulary (CBV) 2.0.

Standard words stand bare in JSON; `WORD_OF_FIELD` says which ones a field knows and
what stands before them in their full address.
"""

from __future__ import annotations

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
CONTEXTS = (
    "https://ref.gs1.org/standards/epcis/",
    "https://gs1.github.io/EPCIS/",
    "https://id.gs1.org/epcis-context",
)
"""Where the context of EPCIS may be fetched from; documents name one of these."""

PREFIXES = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
"""Prefixes that the context of EPCIS itself declares."""

EVENT_TYPES = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)

BIZ_STEPS = frozenset(
    {
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    }
)
DISPOSITIONS = frozenset(
    {
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    }
)
TRANSACTIONS = frozenset(
    {
        "bol",
        "cert",
        "desadv",
        "inv",
        "pedigree",
        "po",
        "poc",
        "prodorder",
        "recadv",
        "rma",
        "testprd",
        "testres",
        "upevt",
    }
)
PARTIES = frozenset({"owning_party", "possessing_party", "location"})
ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})

CBV = PREFIXES["cbv"]
WORD_OF_FIELD = {
    "bizStep": (f"{CBV}BizStep-", BIZ_STEPS),
    "disposition": (f"{CBV}Disp-", DISPOSITIONS),
    "bizTransaction": (f"{CBV}BTT-", TRANSACTIONS),
    "source": (f"{CBV}SDT-", PARTIES),
    "destination": (f"{CBV}SDT-", PARTIES),
    "reason": (f"{CBV}ER-", ERROR_REASONS),
}
_URNS = {
    "urn:epcglobal:cbv:bizstep:": f"{CBV}BizStep-",
    "urn:epcglobal:cbv:disp:": f"{CBV}Disp-",
    "urn:epcglobal:cbv:btt:": f"{CBV}BTT-",
    "urn:epcglobal:cbv:sdt:": f"{CBV}SDT-",
    "urn:epcglobal:cbv:er:": f"{CBV}ER-",
}


def full_word(field: str, value: str) -> str:
    """The full address of a standard word; other values as they are."""
    for urn, start in _URNS.items():
        if value.startswith(urn):
            return start + value.removeprefix(urn)
    start, known = WORD_OF_FIELD[field]
    if value.startswith("cbv:"):
        return CBV + value.removeprefix("cbv:")
    return start + value if value in known else value


def bare_word(field: str, value: str) -> str:
    """The word as it stands in JSON, whichever way it was spelled."""
    start, _ = WORD_OF_FIELD[field]
    return full_word(field, value).removeprefix(start)

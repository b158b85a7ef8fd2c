"""How a contract names the law that it rests on, in both languages."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.services.rules import legal_bases_in_force
from models.reference import LegalBasis

GROUNDS = (
    "91/2015/QH13",
    "36/2005/QH11",
    "98/2018/NĐ-CP",
    "17/2023/QH15",
    "20/2023/QH15",
)
# A law carries its kind in its name; what else there is tells it by its number.
CITED = {
    "vi": {
        "law": "{name} số {ref}",
        "decree": "Nghị định số {ref} về {about}",
        "other": "{ref} ({name})",
    },
    "en": {
        "law": "{name} No. {ref}",
        "decree": "Decree No. {ref} ({name})",
        "other": "{ref} ({name})",
    },
}


def contract_grounds(session: Session, on: date) -> dict[str, list[str]]:
    """The law that a contract rests on, as it stands on a day, in both languages."""
    laws = legal_bases_in_force(session, on, GROUNDS)
    return {
        "legal_grounds": [cite_law(basis, "vi") for basis in laws],
        "legal_grounds_en": [cite_law(basis, "en") for basis in laws],
    }


def cite_law(basis: LegalBasis, lang: str) -> str:
    """A law with its name before its number, as grounds of a contract are written.

    Where no English name is known, the Vietnamese one stands in quotes.
    """
    name = basis.subject_vi
    if lang == "en":
        name = basis.subject_en or f"“{basis.subject_vi}”"
    about = name[:1].lower() + name[1:]
    return CITED[lang][_kind(basis.ref)].format(ref=basis.ref, name=name, about=about)


def _kind(ref: str) -> str:
    """By the letters of its number: those of the National Assembly, or a decree."""
    letters = ref.rpartition("/")[2]
    if letters.startswith("QH"):
        return "law"
    return "decree" if letters.startswith("NĐ") else "other"

"""Grounds of a contract name the law first and its number after it."""

from __future__ import annotations

from marketplace.services.contract_content import content_of
from marketplace.services.contract_pdf import contract_pdf
from marketplace.services.law_words import cite_law, contract_grounds
from models.reference import LegalBasis
from tests.deals import Deals
from tests.factories import TODAY
from tests.printed import Printed


def test_a_law_stands_before_its_number_in_both_languages(session):
    grounds = contract_grounds(session, TODAY)

    assert "Luật Thương mại số 36/2005/QH11" in grounds["legal_grounds"]
    assert "Commercial Law No. 36/2005/QH11" in grounds["legal_grounds_en"]
    assert any(
        one.startswith("Nghị định số 98/2018/NĐ-CP về khuyến khích")
        for one in grounds["legal_grounds"]
    )


def test_without_an_english_name_the_vietnamese_one_stands_in_quotes():
    basis = LegalBasis(ref="1/2020/QH14", subject_vi="Luật Giống", subject_en="")

    assert cite_law(basis, "en") == "“Luật Giống” No. 1/2020/QH14"


def test_a_new_contract_prints_its_grounds_so(session, make):
    version = Deals(session, make).drawn().versions[0]

    vietnamese, english = (
        Printed(contract_pdf(version, lang, "https://example.vn")).text
        for lang in ("vi", "en")
    )

    assert "Căn cứ Luật Thương mại số 36/2005/QH11" in vietnamese
    assert "Under Commercial Law No. 36/2005/QH11" in english
    assert (
        "Luật Thương mại số 36"
        in (content_of(version)["clauses"]["legal_grounds"]["legal_vi"])
    )

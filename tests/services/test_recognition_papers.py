"""Papers of recognition: frozen when decided, genuine by their code, withdrawn or not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.authenticity import RecordKind, Standing
from marketplace.domain.errors import NotFound
from marketplace.domain.words import ChainKind
from marketplace.services.authenticity import find_genuine, may_open
from marketplace.services.chain_decisions import (
    recognise_chain,
    withdraw_recognition,
)
from marketplace.services.recognition_papers import access_paper, freeze_recognition
from marketplace.services.recognition_pdf import recognition_pdf
from models.chains import Chain
from models.recognition_papers import RecognitionPaper
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched
from tests.printed import Printed
from tests.services.test_chains import in_force  # noqa: F401 - a fixture

ADDRESS = "https://cho.example.vn/xac-thuc/"


@pytest.fixture
def recognised(session, make, in_force):  # noqa: F811
    """A product-development chain, recognised today."""
    chain = session.scalars(
        sa.select(Chain).where(Chain.kind == ChainKind.PRODUCT_DEVELOPMENT)
    ).one()
    return recognise_chain(
        session, make.officer(), chain.public_id, today=TODAY, now=NOW
    )


def paper_of(session, make, chain):
    return access_paper(session, make.officer(), chain.public_id, 1)


def test_a_recognition_is_a_paper_with_its_words_and_code(session, make, recognised):
    paper = paper_of(session, make, recognised)

    printed = Printed(recognition_pdf(paper, "vi", ADDRESS + paper.digest))

    content = json.loads(paper.content)
    assert content["number"] in printed.text
    assert recognised.lead.name in printed.text
    place = recognised.recognitions[0].issuer.unit.name
    assert f"{place}, ngày 02 tháng 3 năm 2026" in printed.text
    assert recognised.contracts[0].contract.buyer.name in printed.text
    assert content["lead"]["address"].endswith(", Sơn La")
    assert "GIẤY CÔNG NHẬN CHUỖI" in printed.text
    assert printed.codes() == [ADDRESS + paper.digest]
    assert printed.attached("recognition.json") == paper.content
    again = recognition_pdf(paper, "vi", ADDRESS + paper.digest)
    assert again == printed.pdf


def test_the_paper_is_there_in_english_too(session, make, recognised):
    paper = paper_of(session, make, recognised)

    printed = Printed(recognition_pdf(paper, "en", ADDRESS + paper.digest))

    assert "RECOGNITION OF A PRODUCT DEVELOPMENT CHAIN" in printed.text
    assert "until withdrawn" in printed.text


def test_its_code_finds_it_and_tells_strangers_nothing_but_its_standing(
    session, make, recognised
):
    digest = paper_of(session, make, recognised).digest

    record = find_genuine(session, digest)

    assert (record.kind, record.standing) == (
        RecordKind.RECOGNITION,
        Standing.IN_FORCE,
    )
    assert may_open(session, make.officer(), record)
    assert not may_open(session, make.member(), record)


def test_a_withdrawn_paper_says_so_everywhere(session, make, recognised):
    later = TODAY + timedelta(days=3)
    officer = make.officer()
    withdraw_recognition(
        session, officer, recognised.public_id, "sai hồ sơ", today=later, now=NOW
    )
    paper = paper_of(session, make, recognised)

    record = find_genuine(session, paper.digest)
    printed = Printed(recognition_pdf(paper, "vi", ADDRESS + paper.digest))

    assert (record.standing, record.ended_on) == (Standing.WITHDRAWN, later)
    assert "ĐÃ RÚT ngày 05/03/2026: sai hồ sơ" in printed.text


def test_only_the_lead_and_officers_print_it(session, make, recognised):
    partner = make.member(recognised.contracts[0].contract.buyer)

    assert access_paper(session, make.member(recognised.lead), recognised.public_id, 1)
    for who in (partner, make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            access_paper(session, who, recognised.public_id, 1)
    with pytest.raises(NotFound):
        access_paper(session, make.officer(), recognised.public_id, 2)


def test_a_paper_is_frozen_once_and_never_changed(session, make, recognised):
    paper = paper_of(session, make, recognised)

    assert freeze_recognition(session, recognised, now=NOW) is paper
    with pytest.raises(sa.exc.DatabaseError):
        session.execute(sa.update(RecognitionPaper).values(content="{}"))


def test_one_from_before_there_were_papers_is_frozen_when_asked_for(session, make):
    watched = Watched(session, make)
    assert freeze_recognition(session, watched.chain, now=NOW) is None
    watched.recognised()

    paper = freeze_recognition(session, watched.chain, now=NOW)

    assert find_genuine(session, paper.digest).kind is RecordKind.CONFIRMATION

"""Contracts and chains through the browser's eyes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.domain.words import ChainState, ContractState
from marketplace.services.contracts import draw_contract
from marketplace.services.quantities import promise_kg, promise_tranche
from marketplace.services.signing import current_version
from marketplace.web import clock
from models.chains import Chain
from tests.doors import enter
from tests.factories import PASSWORD
from tests.pages import problems_of


def form_of(contract, session, **over):
    version = current_version(session, contract)
    values = {"digest": version.digest, "password": PASSWORD, "agreed": "y"}
    return values | over


def test_both_sign_and_the_chain_is_recognised_through_the_pages(client, session, make):
    contract = _contract_ahead(session, make)
    for party in (contract.seller, contract.buyer):
        enter(client, session, make.member(party))
        page = client.get(f"/hop-dong/{contract.public_id}/ky")
        assert problems_of(page.text) == []
        done = client.post(
            f"/hop-dong/{contract.public_id}/ky", data=form_of(contract, session)
        )
        assert done.status_code == 302, done.text
    session.refresh(contract)
    assert contract.state is ContractState.IN_FORCE

    chain = session.scalars(select(Chain)).one()
    enter(client, session, make.officer())
    client.post(f"/chuoi/{chain.public_id}/cong-nhan")

    session.refresh(chain)
    assert chain.state is ChainState.ACTIVE


def _contract_ahead(session, make):
    day = clock.today().replace(year=clock.today().year + 1)
    harvest = make.harvest(window_start=day, window_end=day)
    proposal = make.proposal(harvest, make.offer(tranches=[(day, 12_000)]))
    line = proposal.terms[0].lines[0]
    promise_kg(session, harvest.id, line.kg)
    promise_tranche(session, line.tranche_id, line.kg)
    proposal.state, proposal.agreed_at = "agreed", clock.now()
    session.flush()
    return draw_contract(
        session, proposal, proposal.terms[0], today=clock.today(), now=clock.now()
    )


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"password": "không phải"}, "Mật khẩu chưa đúng"),
        ({"agreed": ""}, "Đánh dấu đã đọc và đồng ý"),
        ({"digest": "0" * 64}, "đã thay đổi"),
    ],
)
def test_a_wrong_signature_is_told_and_nothing_is_signed(
    client, session, make, over, words
):
    contract = _contract_ahead(session, make)
    enter(client, session, make.member(contract.seller))

    page = client.post(
        f"/hop-dong/{contract.public_id}/ky", data=form_of(contract, session, **over)
    )

    assert page.status_code == 422
    assert words in page.text
    assert problems_of(page.text) == []
    assert current_version(session, contract).signatures == []


def test_pages_of_a_contract_are_valid_in_both_languages(client, session, make):
    contract = _contract_ahead(session, make)
    enter(client, session, make.member(contract.buyer))

    for path in ("", "?lang=en", "/rut-lai", "/ky"):
        page = client.get(f"/hop-dong/{contract.public_id}{path}")
        assert page.status_code == 200
        assert problems_of(page.text) == []
    assert client.get("/hop-dong/").status_code == 200
    pdf = client.get(f"/hop-dong/{contract.public_id}/pdf?lang=en")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")


def test_a_stranger_gets_404(client, session, make):
    contract = _contract_ahead(session, make)
    enter(client, session, make.member())

    for path in ("", "/ky", "/rut-lai", "/pdf"):
        assert client.get(f"/hop-dong/{contract.public_id}{path}").status_code == 404


def test_the_board_and_its_lists_are_valid(client, session, make):
    organisation = make.organisation()
    make.certificate(organisation, expires_on=clock.today().replace(day=28))
    enter(client, session, make.officer())

    for path in (
        "/tong-quan/",
        "/tong-quan/?dia-gioi=cu&loai=product_development&ngay=31/12/2025&han=180",
        "/tong-quan/?ngay=khong-phai-ngay&han=x&loai=y",
        "/tong-quan/so/hop-tac-xa",
        "/tong-quan/so/ma-vung",
        "/tong-quan/so/vietgap",
        "/tong-quan/so/ocop?lang=en",
        "/chuoi/",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert problems_of(page.text) == [], path


def test_a_director_does_not_see_the_board(client, session, make):
    enter(client, session, make.member())

    assert client.get("/tong-quan/").status_code == 403

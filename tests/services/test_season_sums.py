"""What a contract of several seasons is told of is told season by season."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.commands_households import SaveHousehold
from marketplace.domain.formats import format_kg
from marketplace.services.board_calls import expiring_papers
from marketplace.services.chain_facts import facts_of, load_chains
from marketplace.services.closing_content import closing_content
from marketplace.services.households import add_household
from marketplace.services.issued_statements import issue_statement
from marketplace.services.member_shares import dues_of, sales_of, write_shares
from marketplace.services.statement_pdf import statement_pdf
from marketplace.web.statement_papers import said_in
from models.chains import ChainContract
from models.harvests import HarvestPaper
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.printed import Printed
from tests.seasons import Seasons


@pytest.fixture
def both(session, make):
    return Seasons(session, make)


def later_line(contract):
    return next(line for line in contract.lines if line.season)


def test_a_household_is_owed_by_the_year_of_the_season_it_brought_fruit_in(
    session, both
):
    contract = both.in_force()
    unit = contract.seller.unit_id
    own = add_household(session, both.seller, SaveHousehold("Lò Văn Pâng", unit))
    for number, kg in ((1, 1_000), (later_line(contract).number, 700)):
        note = both.loaded(number, kg)
        told = {own.id: kg}
        write_shares(session, both.seller, note.public_id, told, now=NOW)
    end = contract.effective_to

    years = sales_of(session, both.seller)

    assert list(years) == [2028, 2027, 2026]
    assert all(one == [contract] for one in years.values())
    brought = {
        year: dues_of(session, contract, today=end, year=year).total.delivered_kg
        for year in years
    }
    assert brought == {2026: 1_000, 2027: 700, 2028: 0}
    assert dues_of(session, contract, today=end).total.delivered_kg == 1_700


def test_a_chain_and_a_paper_weigh_the_season_that_runs(session, make, both):
    contract = both.in_force()
    a_season = contract.total_kg // 3
    of_contract = ChainContract.contract_id == contract.id
    chain_id = session.scalars(select(ChainContract.chain_id).where(of_contract)).one()
    paper = make.certificate(contract.seller, expires_on=TODAY + timedelta(days=9))
    session.add(HarvestPaper(harvest_id=contract.harvest_id, certificate_id=paper.id))
    session.flush()

    (found,) = facts_of(session, load_chains(session, [chain_id])[0]).contracts
    told = expiring_papers(session, TODAY, {contract.seller.unit_id}, 60)

    assert found.contracted_kg == contract.total_kg
    assert [kg for _, kg in found.seasons_kg] == [a_season] * 3
    assert found.kg_on(later_line(contract).deliver_from) == a_season
    assert [(one.contracts, one.kg) for one in told if one.paper is paper] == [
        (1, a_season)
    ]


@pytest.mark.databases("sqlite")
def test_statement_and_closing_are_told_season_by_season(app, session, both):
    contract = both.in_force()
    a_season, price = contract.total_kg // 3, contract.price_vnd
    both.loaded(1, 1_000)
    later = later_line(contract)
    both.loaded(later.number, 700)
    on = later.deliver_from

    with app.test_request_context():
        issued = issue_statement(
            session, both.seller, contract.public_id, said_in, today=on, now=NOW
        )

    wanted = [
        ["2026", a_season, 1_000, 1_000, 1_000 * price],
        ["2027", a_season, 700, 700, 700 * price],
        ["2028", a_season, 0, 0, 0],
    ]
    assert json.loads(issued.content)["seasons"] == wanted
    assert closing_content(session, contract, as_of=on)["seasons"] == wanted
    before = closing_content(session, contract, as_of=on - timedelta(days=1))
    assert before["seasons"][1] == ["2027", a_season, 0, 0, 0]
    paper = Printed(statement_pdf(issued, "vi", "https://cho.example.vn/x"))
    assert "TỪNG VỤ" in paper.text
    assert f"2027 {format_kg(a_season)} 700 kg 700 kg" in paper.text.replace(
        "\xa0", " "
    )


def test_the_papers_of_one_season_say_nothing_of_seasons(session, make):
    contract = Deals(session, make).in_force()

    content = closing_content(session, contract, as_of=TODAY)

    assert "seasons" not in content

"""The board of one commune: its own numbers, each with the list behind it."""

from __future__ import annotations

import re

import pytest
import time_machine
from sqlalchemy import update

from marketplace.domain.words import ChainKind, ChainState
from models.chain_days import ChainInterval
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of
from tests.services.test_reports import recognised


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officer(client, session, make):
    who = make.officer()
    enter(client, session, who)
    return who


@pytest.fixture
def chain(session, make, officer):
    """A safe chain that counts, led from Chiềng Khoong."""
    chain = recognised(session, make, officer, ChainKind.SAFE_SUPPLY)
    session.execute(
        update(ChainInterval)
        .where(ChainInterval.chain_id == chain.id)
        .values(state=ChainState.ACTIVE, counts=True, confirmed=True)
    )
    return chain


def headline(page):
    return re.search(r"<h1>(\d+)", page).group(1)


def test_a_commune_has_a_board_of_its_own(client, make, chain):
    home, other = chain.unit_id, make.commune("Bó Sinh").id

    whole, here, there = (
        client.get(f"/tong-quan/{query}").text
        for query in ("", f"?khu-vuc={home}", f"?khu-vuc={other}")
    )

    assert [headline(page) for page in (whole, here, there)] == ["1", "1", "0"]
    for page in (whole, here, there):
        assert problems_of(page) == []


def test_the_list_behind_a_number_is_of_the_same_area(client, make, chain):
    other = make.commune("Bó Sinh").id

    for area, there in ((chain.unit_id, True), (other, False)):
        board = client.get(f"/tong-quan/?khu-vuc={area}").text
        link = re.search(r'href="(/chuoi/\?[^"]*safe_supply[^"]*)"', board).group(1)
        assert f"khu-vuc={area}" in link
        listed = client.get(link.replace("&amp;", "&")).text
        assert (f"/chuoi/{chain.public_id}" in listed) is there


def test_a_commune_of_others_is_no_choice(client, session, make, chain):
    enter(client, session, make.officer("D116"))

    page = client.get(f"/tong-quan/?khu-vuc={chain.unit_id}").text

    assert headline(page) == "0"


def test_a_chain_submitted_before_the_reform_is_in_the_list_of_today(
    client, session, make, chain
):
    """Nà Nghịu went into Sông Mã: its chains are behind the number of Sông Mã."""
    old = make.commune("Nà Nghịu", on=NOW.date().replace(year=2025))
    new = make.commune("Sông Mã")
    chain.unit_id = old.id
    session.flush()

    for unit in (old, new):
        listed = client.get(f"/chuoi/?xa={unit.id}&loai=safe_supply").text
        assert f"/chuoi/{chain.public_id}" in listed


def tiles(page):
    """The number in each cell of the map."""
    cells = re.findall(r'class="tile [^>]*><span>([^<]+)</span><b>(\d+)', page)
    return {name: int(number) for name, number in cells}


@pytest.fixture
def moved(client, session, make, chain):
    """The chain is of Nà Nghịu, counted there and since the reform in xã Sông Mã."""
    old = make.commune("Nà Nghịu", on=NOW.date().replace(year=2025))
    new = make.commune("Sông Mã")
    chain.unit_id, chain.lead.declared_unit_id = new.id, old.id
    session.execute(
        update(ChainInterval)
        .where(ChainInterval.chain_id == chain.id)
        .values(unit_id=new.id)
    )
    return new, old


@pytest.mark.parametrize("area", ["", "D126", "commune"])
def test_a_chain_is_in_the_right_cell_of_both_views(client, moved, area):
    new, _old = moved
    asked = f"khu-vuc={new.id if area == 'commune' else area}"

    today = client.get(f"/tong-quan/?{asked}").text
    former = client.get(f"/tong-quan/?{asked}&dia-gioi=cu").text

    few = area == "commune"
    assert tiles(today)["Sông Mã"] == sum(tiles(today).values()) == 1
    assert tiles(former)["Nà Nghịu"] == sum(tiles(former).values()) == 1
    assert len(tiles(today)) == (1 if few else 9)
    assert len(tiles(former)) == (2 if few else 19)
    assert problems_of(former) == []


def test_a_chain_whose_former_commune_is_unknown_is_in_no_cell(
    client, session, chain, moved
):
    chain.lead.declared_unit_id = None
    session.flush()

    former = client.get("/tong-quan/?dia-gioi=cu").text

    assert sum(tiles(former).values()) == 0
    assert "1 chuỗi ngoài bản đồ hoặc chưa rõ xã cũ" in former


def test_another_district_does_not_show_the_map_of_this_one(client, session, make):
    enter(client, session, make.officer("P14"))

    page = client.get("/tong-quan/?khu-vuc=D116").text

    assert tiles(page) == {}
    assert problems_of(page) == []

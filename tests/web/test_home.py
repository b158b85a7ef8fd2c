"""The number beside "Hôm nay": asked for once a minute, and after one's own deeds."""

from __future__ import annotations

import pytest

from marketplace.web import home
from marketplace.web.home import TaskCard
from tests.doors import enter

DAY_BOOK = "/vu-thu-hoach/"


@pytest.fixture
def waiting(monkeypatch):
    """Cards that a test puts up and takes away; `asked` grows with every question."""
    cards: list[TaskCard] = [TaskCard("leaf", "một"), TaskCard("leaf", "hai")]
    asked: list[int] = []

    def provide(_session, actor, _today, _now):
        asked.append(actor.user_id)
        return list(cards)

    monkeypatch.setattr(home, "_providers", [provide])
    return cards, asked


@pytest.fixture
def director(client, session, make):
    return enter(client, session, make.member(make.organisation()))


def count_of(client) -> str:
    """What the browser carries along."""
    kept = client.get_cookie(home.WAITING)
    return kept.value.rpartition(".")[2] if kept else ""


def test_page_after_page_asks_for_the_cards_once(director, waiting):
    cards, asked = waiting

    for _ in range(3):
        assert director.get(DAY_BOOK).status_code == 200
    cards.clear()
    page = director.get("/hom-nay").text

    assert len(asked) == 2  # once for the number, once for the page of the cards
    assert "một" not in page
    assert count_of(director) == "0"


def test_what_the_person_does_makes_the_number_fresh(director, waiting):
    cards, _ = waiting
    director.get(DAY_BOOK)
    cards.pop()

    assert count_of(director) == "2"
    assert director.post("/thong-bao/da-doc").status_code < 400
    assert count_of(director) == ""
    director.get(DAY_BOOK)
    assert count_of(director) == "1"


def test_the_number_belongs_to_one_person_in_one_organisation(
    client, session, make, waiting
):
    _, asked = waiting
    first, second = make.member(make.organisation()), make.member(make.organisation())

    enter(client, session, first).get(DAY_BOOK)
    enter(client, session, second).get(DAY_BOOK)

    assert asked == [first.user_id, second.user_id]


@pytest.mark.parametrize("forged", ["{whose}x", "{whose}", "{whose}²", "x", "1.2.3.4"])
def test_a_number_that_is_none_is_asked_for_anew(
    client, session, make, waiting, forged
):
    actor = make.member(make.organisation())
    whose = f"{actor.user_id}.{actor.organisation_id}."
    enter(client, session, actor)
    client.set_cookie(home.WAITING, forged.format(whose=whose))

    assert client.get(DAY_BOOK).status_code == 200
    assert count_of(client) == "2"

"""Drawing plots: typed without a script, put right, drawn on a map of our own."""

from __future__ import annotations

import re

import pytest
import time_machine
from sqlalchemy import select

from models.organisations import Organisation
from models.plots import Plot
from tests.doors import enter
from tests.factories import NOW
from tests.plot_rows import corners, plot, square

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def area(session, make, who):
    return make.area(session.get_one(Organisation, who.organisation_id))


@pytest.fixture
def page(client, session, who, area):
    enter(client, session, who)
    return f"/vuon/{area.public_id}/thua"


def send(client, url, **words):
    form = {"name": "Thửa 12", "corners": corners(square()), "household": "", **words}
    return client.post(url, data=form)


def test_typed_corners_become_a_plot_on_the_map(client, session, page):
    answer = send(client, f"{page}/moi", declared="1,1")

    assert answer.location.endswith(page)
    row = session.scalars(select(Plot)).one()
    assert (row.name, row.source, str(row.declared_ha)) == (
        "Thửa 12",
        "typed",
        "1.1000",
    )
    shown = client.get(page).text
    assert "Thửa 12" in shown
    assert re.search(r'<path class="pm pm--own" d="M[\d. L]+Z"', shown)


@pytest.mark.parametrize("source", ["drawn", "walked"])
def test_how_it_was_drawn_is_kept(client, session, page, source):
    send(client, f"{page}/moi", source=source)

    assert session.scalars(select(Plot.source)).one() == source


def test_a_file_is_not_claimed_by_hand(client, session, page):
    send(client, f"{page}/moi", source="imported")

    assert session.scalars(select(Plot.source)).one() == "typed"


def test_swapped_corners_are_told_and_put_right(client, session, page):
    wrong = corners(square().swapped())

    told = send(client, f"{page}/moi", corners=wrong)
    right = send(client, f"{page}/moi", corners=wrong, do="swap")

    assert told.status_code == 422
    assert 'name="do" value="swap"' in told.text
    assert right.status_code == 200
    typed = re.search(r"<textarea[^>]*>(.*?)</textarea>", right.text, re.DOTALL)[1]
    assert typed.strip().splitlines()[0] == "21,0570000 103,7450000"
    assert 'value="swap"' not in right.text
    assert session.scalars(select(Plot)).all() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("21,057 103,745\nxin chào", "Dòng 2"),
        ("21,057 103,745\n21,058 103,745", "ít nhất 3 góc"),
        ("2329456 577123\n2329556 577123\n2329556 577223", "VN-2000"),
        ("", "Chạm bản đồ"),
    ],
)
def test_what_is_wrong_stands_beside_the_corners(client, page, text, words):
    answer = send(client, f"{page}/moi", corners=text)

    assert answer.status_code == 422
    error = re.search(r'id="corners-e".*?</p>', answer.text, re.DOTALL)
    assert error
    assert words in error[0]


def test_looking_stores_nothing_and_draws_what_is_typed(client, session, page):
    answer = send(client, f"{page}/moi", name="", do="look")

    assert answer.status_code == 200
    assert "pm--new" in answer.text
    assert session.scalars(select(Plot)).all() == []


def test_only_the_map_may_ask_where_the_telephone_is(client, page):
    drawing, listing = client.get(f"{page}/moi"), client.get(page)

    assert "geolocation=(self)" in drawing.headers["Permissions-Policy"]
    assert "geolocation=()" in listing.headers["Permissions-Policy"]


def test_a_plot_is_described_drawn_anew_and_ended(client, session, page, area, who):
    row = plot(session, area, who, square())
    url = f"/thua/{row.public_id}"

    client.post(url, data={"name": "Thửa bờ sông", "household": "", "declared": "2"})
    assert (row.name, row.declared_ha) == ("Thửa bờ sông", 2)
    assert "21,0570000 103,7450000" in client.get(f"{url}/ve-lai").text
    send(client, f"{url}/ve-lai", name=row.name, corners=corners(square(side=150)))
    (new,) = session.scalars(select(Plot).where(Plot.ended_on.is_(None))).all()
    assert (new.replaces_id, new.name) == (row.id, "Thửa bờ sông")
    client.post(f"/thua/{new.public_id}/thoi-dung")
    assert session.scalars(select(Plot).where(Plot.ended_on.is_(None))).all() == []
    assert client.get(url).status_code == 404


def test_an_officer_sees_the_map_and_no_household(client, session, make, area, who):
    from tests.estate import Estate

    owner = session.get_one(Organisation, who.organisation_id)
    household = Estate(session, make, owner, director=who).household
    row = plot(session, area, who, square(), household_id=household.id)

    enter(client, session, make.officer())
    shown = client.get(f"/vuon/{area.public_id}/thua")

    assert shown.status_code == 200
    assert row.name in shown.text
    assert household.name not in shown.text
    assert f"/thua/{row.public_id}" not in shown.text

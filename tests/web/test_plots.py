"""Drawing plots: typed without a script, put right, drawn on a map of our own."""

from __future__ import annotations

import io
import json
import re

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.commands_plots import SavePlot
from marketplace.domain.plots import from_geojson, to_geojson
from marketplace.services.plot_overlaps import take_up_overlap
from marketplace.services.plots import save_plot
from models.organisations import Organisation
from models.plots import Plot, PlotOverlap
from tests.doors import enter
from tests.factories import NOW, TODAY
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


def upload(client, page, body, name="thua.geojson"):
    data = {"file": (io.BytesIO(body), name)}
    return client.post(f"{page}/nhap", data=data, content_type="multipart/form-data")


def collection(*shapes):
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"Lô {number}"},
            "geometry": json.loads(to_geojson(shape)),
        }
        for number, shape in enumerate(shapes, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_file_is_looked_at_stored_and_undone(client, session, page):
    read = upload(client, page, collection(square(), square(300)))
    looked = client.get(read.location)
    assert looked.status_code == 200
    assert "1. Lô 1" in looked.text
    assert looked.text.count("pm--new") == 2
    assert session.scalars(select(Plot)).all() == []

    stored = client.post(read.location, data={"do": "send"})
    assert stored.location.endswith(page)
    assert len(session.scalars(select(Plot)).all()) == 2

    client.post(read.location, data={"do": "undo"})
    assert session.scalars(select(Plot)).all() == []


def test_a_swapped_file_is_turned_round_by_a_button(client, page):
    read = upload(client, page, collection(square().swapped()))
    looked = client.get(read.location).text
    assert 'value="swap"' in looked
    assert 'value="send"' not in looked

    client.post(read.location, data={"do": "swap"})

    again = client.get(read.location).text
    assert 'value="swap"' not in again
    assert 'value="send"' in again


def test_what_cannot_be_read_is_told_beside_the_file(client, page):
    for body in (b"", b"{", b"PK", b"<a>", b"a;b"):
        answer = upload(client, page, body)

        assert answer.status_code == 422
        assert 'id="file-e"' in answer.text


@pytest.mark.parametrize("ending", ["geojson", "kml", "csv"])
def test_own_plots_are_taken_out_as_files(client, session, area, who, page, ending):
    row = plot(session, area, who, square())

    answer = client.get(f"{page}.{ending}")

    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert row.name in answer.text
    assert client.get(f"{page}.exe").status_code == 404


@pytest.fixture
def overlap(session, make, area, who):
    """A plot of this cooperative on land of another, and the other's director."""
    other = make.member()
    garden = make.area(session.get_one(Organisation, other.organisation_id))
    ours = SavePlot("Thửa nhà", square())
    theirs = SavePlot("Thửa hàng xóm", square(50))
    save_plot(session, who, area.public_id, ours, today=TODAY)
    save_plot(session, other, garden.public_id, theirs, today=TODAY)
    return session.scalars(select(PlotOverlap)).one(), other, garden


def test_an_officer_looks_into_an_overlap_and_settles_it(
    client, session, make, overlap
):
    row, _other, _garden = overlap
    enter(client, session, make.officer())
    url = f"/chong-lan/{row.public_id}"

    assert url in client.get("/chong-lan/").text
    shown = client.get(url).text
    assert "Thửa nhà" in shown
    assert "Thửa hàng xóm" in shown
    assert "pm--own" in shown
    assert "pm--new" in shown
    client.post(url, data={"do": "take_up"})
    assert client.post(url, data={"note": ""}).status_code == 422
    client.post(url, data={"note": "Ranh đúng theo sổ đỏ"})

    assert (row.state, row.note) == ("settled", "Ranh đúng theo sổ đỏ")
    assert "Ranh đúng theo sổ đỏ" in client.get(url).text


def test_a_holder_never_learns_whose_land_it_is(
    client, session, make, area, who, overlap
):
    row, other, garden = overlap
    page = f"/vuon/{area.public_id}/thua"
    watching = "Cán bộ đang xem xét"
    enter(client, session, who)
    before = client.get(page).text

    take_up_overlap(session, make.officer(), row.public_id, now=NOW)

    after = client.get(page).text
    assert watching not in before
    assert watching in after
    theirs = session.get_one(Organisation, other.organisation_id)
    corner = f"{from_geojson(row.second.shape).outer[0][0]}"
    for text in (before, after, client.get(f"{page}/moi").text):
        for secret in ("Thửa hàng xóm", theirs.name, garden.name, corner):
            assert secret not in text
    assert client.get(f"/chong-lan/{row.public_id}").status_code == 403

"""GS1 Digital Links of boxes: where they lead, and that nobody counts up to others."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_qualified_name, get_remote_address

from marketplace.domain.gs1 import build_link, complete
from marketplace.domain.words import FacilityKind, Market, PaperState
from marketplace.services.gs1_keeping import save_place_number
from marketplace.services.trade_items import give_gtin
from marketplace.web.limits import limiter
from marketplace.web.public_pages import miss, missed
from models.organisations import User
from models.papers import Facility
from tests.box_rows import Boxes
from tests.factories import NOW, TODAY
from tests.paper_rows import packing_code

VOC = "https://ref.gs1.org/voc/"


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def boxes(session, make):
    owner = make.organisation()
    make.area(owner)
    return Boxes(session, make, owner)


def test_a_box_leads_to_the_page_of_its_lot(client, boxes):
    item = boxes.item()
    lot = boxes.lot(item)

    answer = client.get(f"/01/{item.gtin}/10/{lot.code}?15=260401")

    assert answer.status_code == 307
    assert answer.location == f"/q/{lot.public_id}"
    assert 'rel="linkset"' in answer.headers["Link"]


def test_a_wish_for_a_language_is_handed_on(client, boxes):
    item = boxes.item()
    lot = boxes.lot(item)

    answer = client.get(f"/01/{item.gtin}/10/{lot.code}?15=260401&lang=en")

    assert answer.location == f"/q/{lot.public_id}?lang=en"
    assert '<html lang="en"' in client.get(answer.location).text


def test_a_serial_leads_there_too(client, boxes):
    item = boxes.item()
    lot = boxes.lot(item)

    answer = client.get(f"/01/{item.gtin}/10/{lot.code}/21/77")

    assert answer.location == f"/q/{lot.public_id}"


def test_a_lot_with_a_slash_in_its_number_is_found(client, boxes):
    item = boxes.item()
    lot = boxes.lot(item, code="A/7")

    path = build_link([("01", item.gtin), ("10", "A/7")]).path()

    assert client.get(path).location == f"/q/{lot.public_id}"


def test_a_number_that_was_corrected_still_leads_to_the_lot(client, boxes):
    item = boxes.item()
    lot, old = boxes.lot(item), item.gtin
    give_gtin(boxes.session, item, boxes.gtin(2), today=TODAY)

    for gtin in (old, boxes.gtin(2)):
        answer = client.get(f"/01/{gtin}/10/{lot.code}")
        assert answer.location == f"/q/{lot.public_id}"


def test_an_unknown_lot_leads_to_the_item_and_says_so(client, boxes):
    item = boxes.item()

    answer = client.get(f"/01/{item.gtin}/10/260302-XXXXXX")

    assert answer.status_code == 307
    page = client.get(answer.location)
    assert "không có lô 260302-XXXXXX" in page.text
    assert item.name_vi in page.text


def test_a_lot_of_other_goods_is_unknown_under_this_number(client, boxes):
    item, other = boxes.item(), boxes.item(boxes.gtin(2), name_vi="Nhãn hộp 1 kg")
    lot = boxes.lot(other)

    answer = client.get(f"/01/{item.gtin}/10/{lot.code}")

    assert lot.public_id not in answer.location


def test_a_number_that_nobody_has_is_not_found(client, boxes):
    assert client.get(f"/01/{boxes.gtin(9)}").status_code == 404
    assert client.get("/414/9521234567899").status_code == 404


@pytest.mark.parametrize(
    "path", ["/01/09521234543214", "/01/123", "/01/09521234543213/99/x", "/414/1"]
)
def test_a_number_that_does_not_check_is_a_bad_request(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("how", ["asked", "accepted"])
def test_all_links_come_as_a_link_set(client, boxes, how):
    item = boxes.item()
    lot = boxes.lot(item)
    path = f"/01/{item.gtin}/10/{lot.code}"
    accept = {"Accept": "application/linkset+json"} if how == "accepted" else {}
    query = {"linkType": "all"} if how == "asked" else {}

    answer = client.get(path, query_string=query, headers=accept)

    assert answer.mimetype == "application/linkset+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    (links,) = answer.get_json(force=True)["linkset"]
    assert links["anchor"].endswith(path)
    (default,) = links[VOC + "defaultLink"]
    assert default["href"].endswith(f"/q/{lot.public_id}")
    assert default["hreflang"] == ["vi", "en"]
    assert {VOC + "pip", VOC + "traceability", VOC + "certificationInfo"} <= set(links)


def test_one_kind_of_link_may_be_asked_for(client, boxes):
    item = boxes.item()
    lot = boxes.lot(item)
    path = f"/01/{item.gtin}/10/{lot.code}"

    assert client.get(f"{path}?linkType=gs1:pip").location == f"/m/{item.public_id}"
    assert client.get(f"{path}?linkType=gs1:instructions").status_code == 404


def test_a_place_leads_to_whose_it_is(client, boxes):
    place = boxes.place()

    answer = client.get(f"/414/{place.gln}")

    assert answer.status_code == 307
    assert boxes.owner.name in client.get(answer.location).text


def test_a_packing_house_shows_its_codes_and_papers_and_nobody_s_name(
    client, session, make, boxes
):
    unit_id = boxes.owner.unit_id
    house, other = (
        Facility(
            organisation_id=boxes.owner.id,
            kind=FacilityKind.PACKING_HOUSE,
            name=name,
            unit_id=unit_id,
        )
        for name in ("Nhà đóng gói A", "Nhà đóng gói B")
    )
    session.add_all([house, other])
    session.flush()  # papers name them
    counts = {"state": PaperState.ACTIVE, "verified_at": NOW}
    counts["verified_by_id"] = make.officer().user_id
    packing_code(session, house, code="VN-SLPH-201", **counts)
    packing_code(session, house, code="VN-SLPH-202", market=Market.US)
    make.certificate(boxes.owner, number="VG-A", facility_id=house.id)
    make.certificate(boxes.owner, number="VG-B", facility_id=other.id)
    gln = complete(f"{boxes.numbered().prefix}0017", 13)
    place = save_place_number(
        session, boxes.who, gln, facility_id=house.public_id, today=TODAY
    )

    links = client.get(f"/414/{gln}?linkType=all").get_json()["linkset"][0]
    page = client.get(f"/414/{gln}", follow_redirects=True)

    assert place.facility == house
    assert links["itemDescription"] == "Nhà đóng gói A"
    assert VOC + "certificationInfo" in links
    for shown in ("Nhà đóng gói A", boxes.owner.unit.name, "VN-SLPH-201", "VG-A"):
        assert shown in page.text
    person = session.get_one(User, boxes.who.user_id).name
    for hidden in ("VN-SLPH-202", "VG-B", "Nhà đóng gói B", person):
        assert hidden not in page.text


def test_the_resolver_says_what_it_can(client):
    told = client.get("/.well-known/gs1resolver").get_json()

    assert told["supportedPrimaryKeys"] == ["01", "414"]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "endpoint",
    ["digital_links.goods", "digital_links.location", "boxes.show", "boxes.item"],
)
def test_guessing_is_limited_and_scanning_is_not(app, endpoint):
    name = get_qualified_name(app.view_functions[endpoint])

    (limit,) = limiter.limit_manager.decorated_limits(name)

    assert str(limit.limit) == "30 per 1 minute"
    assert limit.deduct_when is missed


@pytest.fixture
def counting(monkeypatch, app, client):
    """The limits of the product itself, counted from nothing."""
    monkeypatch.setattr(app, "_got_first_request", False)  # it takes on no more then
    for hooks in (app.before_request_funcs, app.after_request_funcs):
        monkeypatch.setitem(hooks, None, list(hooks[None]))
    monkeypatch.setitem(app.extensions, "limiter", set())
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setitem(app.config, "RATELIMIT_STORAGE_URI", "memory://")
    limiter.init_app(app)
    yield client
    limiter.enabled = False


def test_who_counts_up_lot_numbers_of_a_gtin_is_turned_away(counting, boxes):
    item = boxes.item()
    lot = boxes.lot(item, code="EXT-1")

    scans = {counting.get(f"/01/{item.gtin}/10/EXT-1").status_code for _ in range(40)}
    guesses = [
        counting.get(f"/01/{item.gtin}/10/EXT-{n}{how}").status_code
        for n in range(2, 17)
        for how in ("", "?linkType=all")
    ]
    after = counting.get(f"/01/{item.gtin}/10/{lot.code}")
    other = counting.get(
        f"/01/{item.gtin}/10/EXT-1", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert scans == {307}
    assert set(guesses) == {307, 200}
    assert after.status_code == 429
    assert other.status_code == 307


def test_who_counts_up_numbers_that_are_there_has_the_limit_of_everybody(
    counting, boxes
):
    item = boxes.item()
    boxes.lot(item, code="EXT-1")
    url = f"/01/{item.gtin}/10/EXT-1"

    told = [counting.get(url).status_code for _ in range(601)]

    assert set(told[:600]) == {307}
    assert told[600] == 429


def test_misses_alone_count_until_the_client_is_turned_away():
    app = Flask("misses")
    counted = Limiter(get_remote_address, app=app, storage_uri="memory://")

    @app.get("/<code>")
    @counted.limit("3/minute", deduct_when=missed)
    def found(code):
        if code == "right":
            return "here"
        if code == "elsewhere":
            miss()
            return "nearly"
        return "no", 404

    client = app.test_client()
    scans = {client.get("/right").status_code for _ in range(9)}
    asked = ["/elsewhere", "/wrong", "/wrong"]
    guesses = [client.get(path).status_code for path in asked]

    assert scans == {200}
    assert guesses == [200, 404, 404]
    assert client.get("/right").status_code == 429

"""The pages on which photos are sent, seen and taken back."""

from __future__ import annotations

import io

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.photos import PhotoOf
from marketplace.services.inspections import add_inspection, current_inspection
from marketplace.services.photos import list_photos, record_for
from models.deliveries import DeliveryNote
from tests import photo_rows
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW
from tests.printed import Printed

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def seller(client, session, acted):
    return enter(client, session, acted.seller)


def files(*bodies, name="IMG_1.jpg"):
    return [(io.BytesIO(body), name) for body in bodies]


def note_data(*photos, **over):
    return {
        "note_id": "A" * 22,
        "day": f"{NOW:%d/%m/%Y}",
        "hour": "05:30",
        "place": "Kho Sông Mã",
        "lots-0-code": "L1",
        "lots-0-gross": "1.250",
        "photos": list(photos),
        **over,
    }


def form_of(acted):
    return f"/hop-dong/{acted.contract.public_id}/giao/1/phieu"


def stored_notes(session):
    return session.scalars(select(DeliveryNote)).all()


def test_a_note_comes_with_its_photos(seller, session, acted):
    page = seller.get(form_of(acted)).text
    assert "capture=" not in page  # it would keep people out of their gallery
    assert 'data-camera-of="photos"' in page
    assert 'accept="image/*"' in page
    assert "multiple" in page

    data = note_data(*files(photo_rows.jpeg(1), photo_rows.jpeg(2)))
    answer = seller.post(form_of(acted), data=data)

    assert answer.status_code == 302
    [note] = stored_notes(session)
    photos = list_photos(session, note)
    assert [photo.added_later for photo in photos] == [False, False]
    shown = seller.get(answer.location).text
    for photo in photos:
        assert f"/anh/{photo.public_id}/nho.jpg" in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (files(b"<svg/>", name="a.svg"), "a.svg: Chỉ nhận ảnh JPEG, PNG hoặc WebP"),
        (files(photo_rows.jpeg()[:300]), "IMG_1.jpg: Ảnh hỏng, không mở được"),
        (files(photo_rows.bomb(6_000)), "IMG_1.jpg: Ảnh lớn quá 25 triệu điểm ảnh"),
        (files(photo_rows.jpeg() + bytes(11 << 20)), "Ảnh nặng quá 10 MB"),
        (files(*map(photo_rows.jpeg, range(7))), "Nhiều nhất 6 ảnh"),
    ],
    ids=["type", "broken", "pixels", "bytes", "too many"],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(
    seller, session, acted, sent, said
):
    for file, _name in sent:
        file.seek(0)  # the cases are shared by every run
    data = note_data(
        *((io.BytesIO(file.read()), name) for file, name in sent), place="Kho riêng"
    )

    answer = seller.post(form_of(acted), data=data)

    assert answer.status_code == 422
    assert '<p class="error" id="photos-e">' in answer.text
    assert said in answer.text
    assert "Kho riêng" in answer.text
    assert stored_notes(session) == []


def test_photos_are_chosen_anew_when_something_else_was_wrong(seller, acted):
    data = note_data(*files(photo_rows.jpeg()), place="")

    answer = seller.post(form_of(acted), data=data)

    assert answer.status_code == 422
    assert "Chọn lại ảnh trước khi gửi" in answer.text


def test_the_same_note_sent_twice_has_each_photo_once(seller, session, acted):
    for _ in range(2):
        data = note_data(*files(photo_rows.jpeg(1)))
        answer = seller.post(
            form_of(acted), data=data, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 201

    [note] = stored_notes(session)
    assert len(list_photos(session, note)) == 1


def test_the_buyer_shows_what_was_found_and_both_argue_with_pictures(
    client, session, acted
):
    note = acted.weighed(3_000)
    enter(client, session, acted.buyer)
    found = {"parts-0-kg": "3.000", "parts-0-outcome": "accepted"}
    inspect = f"/phieu/{note.public_id}/nghiem-thu"
    client.post(inspect, data={**found, "photos": files(photo_rows.jpeg(1))})

    [taken] = list_photos(session, current_inspection(session, note))
    assert (taken.about, taken.added_later) == (PhotoOf.INSPECTION, False)

    enter(client, session, acted.seller)
    claim = f"/phieu/{note.public_id}/khieu-nai"
    client.post(claim, data={"text": "Không đúng", "photos": files(photo_rows.jpeg(2))})
    raised = record_for(session, acted.seller, note.public_id, PhotoOf.CLAIM)
    [shown] = list_photos(session, raised)
    page = client.get(f"/phieu/{note.public_id}").text
    assert shown.public_id in page
    assert taken.public_id in page


def test_a_part_of_a_load_has_its_own_photos(client, session, acted):
    note = acted.weighed(3_000)
    enter(client, session, acted.buyer)
    url = f"/phieu/{note.public_id}/nghiem-thu"
    assert 'name="parts-0-photos"' in client.get(url).text
    found = {
        "parts-0-kg": "2.000",
        "parts-0-outcome": "accepted",
        "parts-0-photos": files(photo_rows.jpeg(1)),
        "parts-1-kg": "1.000",
        "parts-1-outcome": "rejected",
        "parts-1-reason": "Quả nứt",
        "parts-1-photos": files(photo_rows.jpeg(2)),
        "photos": files(photo_rows.jpeg(3)),
    }

    client.post(url, data=found)

    inspection = current_inspection(session, note)
    photos = list_photos(session, inspection)
    assert [(one.part, one.added_later) for one in photos] == [
        (None, False),
        (1, False),
        (2, False),
    ]
    page = client.get(f"/phieu/{note.public_id}").text
    first, second, _rest = page.split("nghiem-thu?phan=")
    assert photos[1].public_id in first
    assert photos[2].public_id in second
    assert "phần 2" in client.get(f"/anh/{photos[2].public_id}").text


def test_photos_of_all_parts_together_keep_the_limit(client, session, acted):
    note = acted.weighed(3_000)
    enter(client, session, acted.buyer)
    found = {
        "parts-0-kg": "3.000",
        "parts-0-outcome": "accepted",
        "parts-0-photos": files(*map(photo_rows.jpeg, range(4))),
        "photos": files(*map(photo_rows.jpeg, range(4, 8))),
    }

    answer = client.post(f"/phieu/{note.public_id}/nghiem-thu", data=found)

    assert answer.status_code == 422
    assert "Nhiều nhất 6 ảnh" in answer.text
    assert current_inspection(session, note) is None


def test_a_photo_of_a_part_comes_later_to_that_part_and_to_no_other(
    client, session, acted
):
    note = acted.delivered(3_000)
    enter(client, session, acted.buyer)
    url = f"/phieu/{note.public_id}/anh/nghiem-thu"
    assert "vào phần 1 của" in client.get(f"{url}?phan=1").text

    client.post(f"{url}?phan=1", data={"photos": files(photo_rows.jpeg(1))})
    strange = client.post(f"{url}?phan=7", data={"photos": files(photo_rows.jpeg(2))})

    assert strange.status_code == 404
    [photo] = list_photos(session, current_inspection(session, note))
    assert (photo.part, photo.added_later) == (1, True)


def test_photos_of_a_finding_stay_on_the_page_after_a_later_one(client, session, acted):
    note = acted.delivered(3_000)
    before = current_inspection(session, note)
    enter(client, session, acted.buyer)
    url = f"/phieu/{note.public_id}/anh/nghiem-thu?phan=1"
    client.post(url, data={"photos": files(photo_rows.jpeg(1))})
    [photo] = list_photos(session, before)

    add_inspection(session, note, [Part(3_000)], who=None, now=NOW, reason="Thỏa thuận")

    assert photo.public_id in client.get(f"/phieu/{note.public_id}").text


def test_papers_list_the_photos_with_their_digests(client, session, acted):
    note = acted.delivered(3_000)
    enter(client, session, acted.buyer)
    for address, number in (("giao-nhan", 1), ("nghiem-thu?phan=1", 2)):
        url = f"/phieu/{note.public_id}/anh/{address}"
        client.post(url, data={"photos": files(photo_rows.jpeg(number))})

    both = Printed(client.get(f"/phieu/{note.public_id}/nghiem-thu/pdf").data)
    alone = Printed(client.get(f"/phieu/{note.public_id}/pdf?lang=en").data)

    assert "Phần 1" in both.text
    for paper, numbers in ((both, (1, 2)), (alone, (1,))):
        read = paper.text.replace(" ", "")
        for number in numbers:
            assert photo_rows.picture(number).digest in read
    assert "PHOTOS" in alone.text


def test_a_photo_that_comes_later_says_so_and_stays(seller, session, acted):
    note = acted.delivered(3_000)
    address = f"/phieu/{note.public_id}/anh/giao-nhan"
    assert "không xóa được" in seller.get(address).text

    seller.post(address, data={"photos": files(photo_rows.jpeg())})

    [photo] = list_photos(session, note)
    for page in (f"/phieu/{note.public_id}", f"/anh/{photo.public_id}"):
        assert "thêm sau khi xác nhận" in seller.get(page).text
    seller.post(f"/anh/{photo.public_id}/xoa")
    assert list_photos(session, note) == [photo]


def test_a_photo_is_taken_back_on_its_page(seller, session, acted):
    seller.post(form_of(acted), data=note_data(*files(photo_rows.jpeg())))
    [note] = stored_notes(session)
    [photo] = list_photos(session, note)
    assert "Xóa ảnh này" in seller.get(f"/anh/{photo.public_id}").text

    answer = seller.post(f"/anh/{photo.public_id}/xoa")

    assert answer.location.endswith(f"/phieu/{note.public_id}")
    assert list_photos(session, note) == []


def test_nothing_chosen_is_said(seller, acted):
    note = acted.delivered(3_000)

    answer = seller.post(f"/phieu/{note.public_id}/anh/giao-nhan")

    assert answer.status_code == 422
    assert "Chọn ít nhất một ảnh" in answer.text


@pytest.mark.parametrize("file", ["anh.jpg", "nho.jpg"])
def test_the_bytes_are_served_to_those_of_the_contract_and_nobody_else(
    client, session, make, acted, file
):
    note = acted.delivered(3_000)
    photo = photo_rows.photo(session, note)
    address = f"/anh/{photo.public_id}/{file}"

    for who in (acted.seller, acted.buyer, make.officer()):
        answer = enter(client, session, who).get(address)
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        picture = photo_rows.picture()
        assert answer.data == (picture.small if file == "nho.jpg" else picture.data)
    strangers = (
        make.member(),
        make.member(make.buyer(), Role.BUYER),
        make.officer("D116"),
    )
    for stranger in strangers:
        assert enter(client, session, stranger).get(address).status_code == 404


def test_the_pages_speak_english(seller, session, acted):
    note = acted.delivered(3_000)
    photo = photo_rows.photo(session, note)

    page = seller.get(f"/anh/{photo.public_id}?lang=en").text

    assert "Photo of delivery note 1" in page

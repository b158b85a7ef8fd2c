"""Gardens and papers through the browser's eyes, of the holder and the officer."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.domain.words import CertificateScheme, PaperState
from marketplace.services.paper_change_review import seen_of
from marketplace.services.paper_review import stamp_of
from marketplace.web import clock
from models.harvests import HarvestPaper
from models.organisations import Organisation
from models.paper_records import PackingHouseCode
from models.papers import Certificate, Facility, GrowingArea, GrowingAreaCode
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of

LISTS = ["/vuon/", "/giay-to/"]
FORMS = [
    "/vuon/moi",
    "/vuon/co-so/moi",
    "/giay-to/chung-nhan/moi",
    "/giay-to/ma-vung/moi",
]


def one(session, table):
    return session.scalars(select(table)).one()


def area_words(make, **over):
    values = {
        "name": "Vườn bản Mo",
        "product": "longan",
        "area": "32 ha",
        "commune": str(make.commune().id),
        "households": "13",
        "practice": "safe",
    }
    return values | over


def certificate_words(**over):
    values = {
        "scheme": "VIETGAP",
        "number": "VietGAP-TT-13-09-68-0096",
        "issuer": "Trung tâm chứng nhận mẫu",
        "issued_on": "01/08/2025",
        "expires_on": "01/08/2027",
        "product": "longan",
        "area": "",
        "facility": "",
        "stars": "",
    }
    return values | over


@pytest.fixture
def seller(client, session, make):
    who = make.member()
    enter(client, session, who)
    return who


@pytest.mark.parametrize("address", [*LISTS, *FORMS])
def test_every_page_opens_on_nothing_and_is_whole(client, seller, address):
    page = client.get(address)

    assert page.status_code == 200
    assert problems_of(page.text) == []


def test_a_garden_is_added_and_changed(client, session, make, seller):
    assert client.post("/vuon/moi", data=area_words(make)).status_code == 302
    area = one(session, GrowingArea)
    address = f"/vuon/{area.public_id}"
    assert problems_of(client.get(address).text) == []

    client.post(address, data=area_words(make, area="33,4"))

    session.refresh(area)
    assert (str(area.area_ha), area.households) == ("33.4000", 13)
    page = client.get("/vuon/").text
    assert "33,4 ha" in page
    assert problems_of(page) == []


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"name": ""}, "Đặt tên vườn"),
        ({"area": "nhiều"}, "Nhập diện tích bằng héc-ta"),
        ({"area": "3 sào"}, "Sào mỗi nơi một khác"),
        ({"commune": "0"}, "Chọn một trong các lựa chọn"),
        ({"households": "mười"}, "Nhập một số nguyên"),
    ],
)
def test_a_wrong_garden_is_told_and_what_was_typed_stays(
    client, session, make, seller, over, words
):
    page = client.post("/vuon/moi", data=area_words(make, **over))

    assert page.status_code == 422
    assert words in page.text
    assert problems_of(page.text) == []
    for name, value in (area_words(make) | over).items():
        if name in ("name", "area", "households"):
            assert f'value="{value}"' in page.text


def test_a_garden_ends_after_a_question(client, session, make):
    organisation = make.organisation()
    area = make.area(organisation)
    enter(client, session, make.member(organisation))
    address = f"/vuon/{area.public_id}/thoi-dung"

    assert problems_of(client.get(address).text) == []
    client.post(address)

    session.refresh(area)
    assert area.ended_on is not None


def test_a_facility_is_added_changed_and_ended(client, session, make, seller):
    words = {
        "kind": "dryer",
        "name": "Lò sấy bản Mo",
        "commune": str(make.commune().id),
        "capacity": "1,2",
    }
    client.post("/vuon/co-so/moi", data=words)
    facility = one(session, Facility)
    assert facility.capacity_kg_per_day == 1_200

    address = f"/vuon/co-so/{facility.public_id}"
    assert problems_of(client.get(address).text) == []
    client.post(address, data=words | {"capacity": ""})
    client.post(f"{address}/thoi-dung")

    session.refresh(facility)
    assert facility.capacity_kg_per_day is None
    assert facility.ended_on is not None


def test_a_certificate_goes_from_the_holder_to_the_officer(
    client, session, make, seller
):
    done = client.post("/giay-to/chung-nhan/moi", data=certificate_words())
    row = one(session, Certificate)
    assert done.status_code == 302, done.text
    assert "chưa được tính" in client.get(done.location).text

    enter(client, session, make.officer())
    queue = client.get("/giay-to/xac-minh")
    page = client.get(f"/giay-to/chung-nhan/{row.public_id}")
    assert problems_of(queue.text) == problems_of(page.text) == []
    assert row.number in queue.text
    verified = client.post(
        f"/giay-to/chung-nhan/{row.public_id}/xac-minh", data={"seen": stamp_of(row)}
    )

    session.refresh(row)
    assert verified.status_code == 302
    assert row.state is PaperState.ACTIVE
    assert "Không có giấy tờ nào chờ" in client.get("/giay-to/xac-minh").text


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"number": ""}, "Nhập số in trên giấy"),
        ({"expires_on": "31/02/2027"}, "Không có ngày này trong lịch"),
        ({"expires_on": "01/08/2024"}, "Ngày hết hạn phải sau ngày cấp"),
        ({"scheme": "OCOP"}, "OCOP có 3, 4 hoặc 5 sao"),
        ({"scheme": "GLOBALGAP", "number": "123"}, "Số GGN có 13 số đúng"),
    ],
)
def test_a_wrong_certificate_is_told_and_what_was_typed_stays(
    client, session, seller, over, words
):
    page = client.post("/giay-to/chung-nhan/moi", data=certificate_words(**over))

    assert page.status_code == 422
    assert words in page.text
    assert "Trung tâm chứng nhận mẫu" in page.text
    assert problems_of(page.text) == []
    assert session.scalars(select(Certificate)).all() == []


def test_a_code_is_added_to_a_garden(client, session, make):
    organisation = make.organisation()
    area = make.area(organisation)
    enter(client, session, make.member(organisation))
    form = client.get(f"/giay-to/ma-vung/moi?vuon={area.public_id}").text
    assert 'value="32"' in form

    done = client.post(
        "/giay-to/ma-vung/moi",
        data={
            "area": area.public_id,
            "market": "CN",
            "code": "VN-SLOR-0012",
            "area_ha": "20",
            "first_day": "01/06/2025",
            "last_day": "",
            "supervised_on": "",
        },
    )

    row = one(session, GrowingAreaCode)
    page = client.get(done.location).text
    assert row.valid_to is None
    assert "chưa được giám sát" in page
    assert problems_of(page) == []
    assert problems_of(client.get("/giay-to/").text) == []
    edit = client.get(f"/giay-to/ma-vung/{row.public_id}/sua")
    assert problems_of(edit.text) == []


def test_an_officer_suspends_takes_up_again_and_revokes(client, session, make):
    organisation = make.organisation()
    row = make.certificate(organisation)
    enter(client, session, make.officer())
    address = f"/giay-to/chung-nhan/{row.public_id}"

    assert problems_of(client.get(f"{address}/dinh-chi").text) == []
    assert client.post(f"{address}/dinh-chi", data={"reason": ""}).status_code == 422
    day = f"{clock.today():%d/%m/%Y}"
    words = {"reason": "Mẫu không đạt", "day": day}
    client.post(f"{address}/dinh-chi", data=words)
    session.refresh(row)
    assert row.state is PaperState.SUSPENDED
    assert "Mẫu không đạt" in client.get(address).text

    client.post(f"{address}/phuc-hoi")
    client.post(f"{address}/thu-hoi", data={"reason": "Giấy giả", "day": day})

    session.refresh(row)
    assert (row.state, row.note) == (PaperState.REVOKED, "Giấy giả")
    assert problems_of(client.get(address).text) == []


def test_a_paper_that_changed_under_the_officers_eyes_is_not_verified(
    client, session, make
):
    row = make.certificate(make.organisation(), verified=False)
    enter(client, session, make.officer())
    address = f"/giay-to/chung-nhan/{row.public_id}"

    client.post(f"{address}/xac-minh", data={"seen": "2020-01-01T00:00:00+00:00"})

    session.refresh(row)
    assert row.state is PaperState.PENDING
    assert "vừa được người khác thay đổi" in client.get(address).text


def test_foreign_papers_and_gardens_are_not_there(client, session, make, seller):
    stranger = make.organisation()
    area, row = make.area(stranger), make.certificate(stranger)
    code = make.code(area)

    for address in (
        f"/vuon/{area.public_id}",
        f"/vuon/{area.public_id}/thoi-dung",
        f"/giay-to/chung-nhan/{row.public_id}",
        f"/giay-to/chung-nhan/{row.public_id}/sua",
        f"/giay-to/ma-vung/{code.public_id}",
        f"/giay-to/ma-vung/{row.public_id}",
    ):
        assert client.get(address).status_code == 404, address


def test_only_officers_review(client, session, make, seller):
    row = make.certificate(make.organisation(), CertificateScheme.HACCP)

    assert client.get("/giay-to/xac-minh").status_code == 403
    assert client.post(
        f"/giay-to/chung-nhan/{row.public_id}/thu-hoi", data={"reason": "x"}
    ).status_code == (403)


def test_an_officer_sees_the_gardens_of_the_scope(client, session, make):
    area = make.area(make.organisation(name="HTX Bảo Minh"))
    enter(client, session, make.officer())

    page = client.get("/vuon/").text

    assert area.name in page
    assert "HTX Bảo Minh" in page
    assert problems_of(page) == []


def test_a_returned_paper_is_mended_and_sent_again(client, session, make):
    organisation = make.organisation()
    who, officer = make.member(organisation), make.officer()
    row = make.certificate(organisation, verified=False)
    address = f"/giay-to/chung-nhan/{row.public_id}"
    enter(client, session, officer)
    assert problems_of(client.get(f"{address}/tra-lai").text) == []
    assert client.post(f"{address}/tra-lai", data={"reason": ""}).status_code == 422

    words = {"reason": "Ảnh mờ, ghi lại số", "seen": stamp_of(row)}
    client.post(f"{address}/tra-lai", data=words)

    session.refresh(row)
    assert row.state is PaperState.RETURNED
    enter(client, session, who)
    page = client.get(address).text
    assert "Ảnh mờ, ghi lại số" in page
    assert "Sửa và gửi lại" in page
    assert problems_of(page) == []


def test_a_packing_code_goes_from_the_holder_to_the_officer(client, session, make):
    organisation = make.organisation()
    enter(client, session, make.member(organisation))
    client.post(
        "/vuon/co-so/moi",
        data={
            "kind": "packing_house",
            "name": "Nhà sơ chế bản Mo",
            "commune": str(make.commune().id),
        },
    )
    house = one(session, Facility)
    form = client.get(f"/giay-to/ma-dong-goi/moi?co-so={house.public_id}")
    assert problems_of(form.text) == []

    done = client.post(
        "/giay-to/ma-dong-goi/moi",
        data={
            "facility": house.public_id,
            "market": "CN",
            "code": "VN-SLPH-012",
            "first_day": "01/06/2025",
        },
    )

    row = one(session, PackingHouseCode)
    assert done.status_code == 302, done.text
    enter(client, session, make.officer())
    queue = client.get("/giay-to/xac-minh?loai=ma-dong-goi").text
    address = f"/giay-to/ma-dong-goi/{row.public_id}"
    assert row.code in queue
    assert problems_of(queue) == problems_of(client.get(address).text) == []
    client.post(f"{address}/xac-minh", data={"seen": stamp_of(row)})
    looked = {"day": f"{clock.today():%d/%m/%Y}", "note": "Sạch"}
    client.post(f"{address}/giam-sat", data=looked)
    session.refresh(row)
    assert (row.state, row.supervised_on) == (PaperState.ACTIVE, clock.today())
    assert "Sạch" in client.get(address).text


def test_an_officer_sees_and_takes_along_what_ends_soon(client, session, make):
    organisation = make.organisation(name="HTX =1+1", short_name="=1+1")
    soon = clock.today() + timedelta(days=20)
    paper = make.certificate(
        organisation, expires_on=soon, issued_on=soon - timedelta(days=400)
    )
    make.certificate(make.organisation())
    enter(client, session, make.officer())

    page = client.get("/giay-to/sap-het-han?han=30&xep=-tan")
    file = client.get("/giay-to/sap-het-han/tep.xlsx?han=30")
    none = client.get("/giay-to/sap-het-han?han=30&loai=OCOP")

    assert problems_of(page.text) == problems_of(none.text) == []
    assert f"/giay-to/chung-nhan/{paper.public_id}" in page.text
    assert "Không giấy nào hết hạn" in none.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [paper.number in map(str, row) for row in rows].count(True) == 1
    assert soon in [cell for row in rows for cell in row]


def test_the_holder_sees_what_hangs_on_a_paper(client, session, make):
    contract = Deals(session, make).in_force()
    soon = min(line.deliver_from for line in contract.lines) - timedelta(days=1)
    paper = make.certificate(contract.seller, expires_on=soon)
    session.add(HarvestPaper(harvest_id=contract.harvest_id, certificate_id=paper.id))
    session.flush()

    with time_machine.travel(NOW):
        enter(client, session, make.member(contract.seller))
        page = client.get(f"/giay-to/chung-nhan/{paper.public_id}").text

    assert "Nếu để hết hạn" in page
    assert contract.number in page
    assert problems_of(page) == []


def test_a_change_of_a_verified_paper_goes_to_the_officer_while_it_counts(
    client, session, make
):
    who, officer = make.member(), make.officer()
    holder = session.get_one(Organisation, who.organisation_id)
    row = make.certificate(holder, area_ha="5", area_id=make.area(holder).id)
    address = f"/giay-to/chung-nhan/{row.public_id}"
    enter(client, session, who)
    form = client.get(f"{address}/sua")
    typed = {
        "scheme": "VIETGAP",
        "number": "VG-SUA-1",
        "issuer": row.issuer,
        "issued_on": row.issued_on.strftime("%d/%m/%Y"),
        "expires_on": row.expires_on.strftime("%d/%m/%Y"),
        "product": row.product.code,
        "area": row.area.public_id,
        "area_ha": "4,5",
    }
    client.post(f"{address}/sua", data=typed)
    own = client.get(address).text
    again = client.get(f"{address}/sua").text

    enter(client, session, officer)
    queue, page = client.get("/giay-to/xac-minh").text, client.get(address).text
    session.expire_all()
    before = row.number
    client.post(f"{address}/xac-minh", data={"seen": seen_of(session, row)})

    session.expire_all()
    assert form.status_code == 200
    assert "VG-SUA-1" in again
    for text in (own, page):
        assert "Có bản sửa chờ xác minh" in text
        assert "VG-SUA-1" in text
        assert problems_of(text) == []
    assert row.public_id in queue
    assert (before == row.number, row.number) == (False, "VG-SUA-1")
    after = client.get(address).text
    assert "Các bản đã xác minh trước đây" in after
    assert problems_of(after) == []

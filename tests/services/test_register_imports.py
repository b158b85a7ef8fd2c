"""Registers out of files: tried, agreed by two officers, written whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.actor import Actor, Role
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.register_sheets import ImportState, Register
from marketplace.domain.words import ChainState, NoticeKind, OrganisationState
from marketplace.services import register_known
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.register_asking import is_long, refuse_too_long
from marketplace.services.register_imports import (
    confirm_import,
    drop_import,
    map_columns,
    propose_import,
    return_import,
)
from marketplace.services.register_known import Parties
from marketplace.services.register_lists import access_import, list_imports
from marketplace.services.register_undoing import (
    ask_undo,
)
from marketplace.services.units import scope_of
from models.chains import Chain, Recognition
from models.notices import Notice
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.register_imports import RegisterImport
from tests import import_rows
from tests.factories import NOW, TODAY
from tests.import_rows import (
    COOPERATIVES,
    RIGHT,
    WHEN,
    applied,
    begun,
    counted,
    said,
)


@pytest.fixture
def officers(make):
    """Two officers of one authority over the former district."""
    return import_rows.two_officers(make)


def test_a_trial_finds_every_mistake_and_writes_nothing(session, officers):
    before = counted(session, Organisation)

    row = begun(session, officers[0], COOPERATIVES)

    assert (row.fresh, row.known, row.wrong) == (1, 0, 1)
    assert said(row) == {(4, "tax_code"), (4, "official_members")}
    assert counted(session, Organisation) == before


def test_old_communes_become_those_of_today(session, officers):
    applied(session, officers, RIGHT)

    found = session.scalars(
        select(Organisation).where(Organisation.tax_code == "5588000019")
    ).one()
    assert (found.unit.name, found.declared_unit.name) == ("Xã Sông Mã", "Xã Nà Nghịu")
    assert found.state is OrganisationState.VERIFIED
    assert str(found.total_area_ha) == "35.5000"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_a_text_may_be_in_any_encoding_of_the_country(session, officers, encoding):
    text = "Tên;MST;Xã;Thành viên\nHợp tác xã Huổi Một;5588000019;Huổi Một;7\n"

    row = begun(session, officers[0], as_saved(text, encoding))

    assert row.cells[1][0] == "Hợp tác xã Huổi Một"
    assert (row.fresh, row.wrong) == (1, 0)


def as_saved(text, encoding):
    """In Windows-1258 a letter is followed by its tone."""
    import unicodedata

    if encoding != "cp1258":
        return text.encode(encoding)
    tones, out = "\u0300\u0301\u0303\u0309\u0323", ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        kept = "".join(one for one in parts if one not in tones)
        out += unicodedata.normalize("NFC", kept)
        out += "".join(one for one in parts if one in tones)
    return out.encode("cp1258")


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04nothing"])
def test_what_is_no_table_is_refused(session, officers, data):
    with pytest.raises(Refused):
        begun(session, officers[0], data)


def test_nothing_is_written_while_one_row_is_wrong(session, officers):
    row = begun(session, officers[0], COOPERATIVES)

    with pytest.raises(Refused, match="Sửa hết"):
        propose_import(session, officers[0], row.public_id, **WHEN)


def test_a_wrong_row_may_be_left_out(session, officers):
    maker, second = officers
    row = begun(session, maker, COOPERATIVES)

    map_columns(session, maker, row.public_id, row.mapping, row.heading, "4", **WHEN)
    propose_import(session, maker, row.public_id, **WHEN)
    confirm_import(session, second, row.public_id, **WHEN)

    assert (row.fresh, row.wrong, len(row.records)) == (1, 0, 1)


def test_another_column_may_be_chosen_and_no_column_twice(session, officers):
    maker, _ = officers
    row = begun(session, maker, "A;B\nChiềng Khoong;Tổ hợp tác Mường Hung\n")
    assert row.mapping == {}

    columns = {"commune": 0, "name": 1}
    map_columns(session, maker, row.public_id, columns, 1, "", **WHEN)
    # A cooperative has a number and members.
    assert said(row) == {(2, "tax_code"), (2, "official_members")}

    with pytest.raises(Refused, match="Một cột"):
        map_columns(
            session, maker, row.public_id, {"commune": 0, "name": 0}, 1, "", **WHEN
        )
    with pytest.raises(Refused, match="Chọn cột"):
        map_columns(session, maker, row.public_id, {"name": 7}, 1, "", **WHEN)


def test_who_is_known_stays_as_it_is(session, officers, make):
    known = make.organisation(name="Hợp tác xã Bản Mé", tax_code="5588000019")
    known.phone = "+84987654321"

    row = begun(session, officers[0], RIGHT)

    assert (row.fresh, row.known, row.wrong) == (1, 1, 0)
    applied(session, officers, RIGHT)
    assert known.phone == "+84987654321"


def test_the_same_record_twice_in_a_file_is_told_with_its_row(session, officers):
    twice = RIGHT + "3;Hợp tác xã Bản Mé;5588000019;Chiềng Khoong;12;1\n"

    row = begun(session, officers[0], twice)

    assert said(row) == {(5, "name"), (5, "tax_code")}
    assert row.findings[0]["params"] == {"row": 3}


def test_a_place_beyond_the_officers_area_is_refused(session, officers):
    row = begun(session, officers[0], RIGHT.replace("Chiềng Khoong", "Mộc Sơn"))

    assert said(row) == {(4, "commune")}


def test_who_made_it_cannot_confirm_it(session, officers):
    maker, _second = officers
    row = begun(session, maker, RIGHT)
    propose_import(session, maker, row.public_id, **WHEN)

    with pytest.raises(Refused, match="thứ hai"):
        confirm_import(session, maker, row.public_id, **WHEN)
    row.decided_by_id = maker.user_id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_each_step_is_told_to_whom_it_waits_for(session, officers):
    maker, second = officers
    row = begun(session, maker, RIGHT)
    propose_import(session, maker, row.public_id, **WHEN)
    return_import(session, second, row.public_id, "Thiếu dòng của Mường Hung", now=NOW)
    propose_import(session, maker, row.public_id, **WHEN)
    confirm_import(session, second, row.public_id, **WHEN)

    told = session.execute(
        select(Notice.kind, Notice.user_id).where(
            Notice.subject == f"import:{row.public_id}"
        )
    ).all()
    assert sorted(told) == sorted(
        [
            (NoticeKind.REGISTER_WAITING, second.user_id),
            (NoticeKind.REGISTER_RETURNED, maker.user_id),
            (NoticeKind.REGISTER_WAITING, second.user_id),
            (NoticeKind.REGISTER_APPLIED, maker.user_id),
        ]
    )


def test_what_changed_before_it_is_confirmed_stops_all_of_it(session, officers, make):
    maker, second = officers
    text = "Mã;Đơn vị;Cây trồng;Thị trường;Diện tích;Ngày cấp\n"
    holder = make.organisation(name="Hợp tác xã Bản Mé")
    text += f"VN-SLOR-0777;{holder.name};Nhãn;Trung Quốc;12;1/3/2025\n"
    row = begun(session, maker, text, Register.CODES)
    propose_import(session, maker, row.public_id, **WHEN)
    other = make.area(make.organisation())
    make.code(other, code="VN-SLOR-0777")
    gardens = counted(session, GrowingArea)

    with pytest.raises(Refused, match="không còn đúng"):
        confirm_import(session, second, row.public_id, **WHEN)

    assert row.state is ImportState.PROPOSED
    assert counted(session, GrowingArea) == gardens


def test_codes_and_certificates_come_verified_by_the_second_officer(
    session, officers, make
):
    make.organisation(name="Hợp tác xã Bản Mé")
    codes = (
        "Mã;Đơn vị;Cây trồng;Thị trường;Diện tích;Ngày cấp;Hết hạn\n"
        "VN-SLOR-0777;HỢP TÁC XÃ BẢN MÉ;Nhãn;Trung Quốc;12;1/3/2025;31/12/2026\n"
    )
    papers = (
        "Loại;Chứng nhận;Số giấy;Đơn vị;Nơi cấp;Sản phẩm;Ngày cấp;Hết hạn\n"
        ";VietGAP;VG-7;Hợp tác xã Bản Mé;Trung tâm A;Nhãn;1/3/2025;1/3/2027\n"
        ";VietGAP;VG-6;Hợp tác xã Bản Mé;Trung tâm A;Nhãn;1/3/2023;1/3/2025\n"
    )

    applied(session, officers, codes, Register.CODES)
    applied(session, officers, papers, Register.CERTIFICATES)

    code = session.scalars(
        select(GrowingAreaCode).where(GrowingAreaCode.code == "VN-SLOR-0777")
    ).one()
    assert code.area.name == "VN-SLOR-0777"
    assert code.valid_to.isoformat() == "2027-01-01"  # half open
    assert code.verified_by_id == officers[1].user_id
    states = session.execute(
        select(Certificate.number, Certificate.state).order_by(Certificate.number)
    ).all()
    assert states == [("VG-6", "expired"), ("VG-7", "active")]


def test_a_paper_that_breaks_a_rule_is_told_at_its_cell(session, officers, make):
    make.organisation(name="Hợp tác xã Bản Mé")
    papers = (
        "Chứng nhận;Số giấy;Đơn vị;Nơi cấp;Sao;Ngày cấp;Hết hạn\n"
        "OCOP;OC-1;Hợp tác xã Bản Mé;Tỉnh Sơn La;9;1/3/2025;1/3/2027\n"
        "VietGAP;VG-8;Hợp tác xã Lạ;Trung tâm A;;1/3/2025;1/3/2027\n"
    )

    row = begun(session, officers[0], papers, Register.CERTIFICATES)

    assert said(row) == {(2, "stars"), (3, "holder")}


def test_a_chain_comes_with_its_paper_and_is_counted_from_today_only(
    session, officers, make
):
    lead = make.organisation(name="Hợp tác xã Bản Mé")
    chains = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp\n"
        "An toàn;Hợp tác xã Bản Mé;Nhãn;01/2024/XN;5/1/2024\n"
    )

    applied(session, officers, chains, Register.CHAINS)

    chain = session.scalars(select(Chain).where(Chain.lead_id == lead.id)).one()
    assert chain.state is ChainState.SUBMITTED
    assert [one.number for one in chain.recognitions] == ["01/2024/XN"]
    evaluate_chain(session, chain.id, **WHEN)
    assert chain.intervals[0].valid_from == TODAY


def test_an_imported_confirmation_has_two_officers(session, officers, make):
    maker, second = officers
    make.organisation(name="HTX Bảo Minh")
    text = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp\n"
        "An toàn;HTX Bảo Minh;Nhãn;95/2026/XN;01/06/2025\n"
    )

    applied(session, officers, text, Register.CHAINS)

    (paper,) = session.scalars(select(Recognition))
    assert paper.proposed_by_id == maker.user_id
    assert paper.decided_by_id == second.user_id


def test_only_the_authority_itself_sees_its_imports(session, officers, make):
    row = begun(session, officers[0], RIGHT)
    stranger = make.officer()

    assert list_imports(session, stranger) == ([], 0)
    with pytest.raises(NotFound):
        access_import(session, stranger, row.public_id)
    with pytest.raises(NotFound):
        drop_import(session, make.member(), row.public_id)


def test_a_draft_is_mended_and_dropped_by_its_maker_alone(session, officers):
    maker, second = officers
    row = begun(session, maker, RIGHT)

    with pytest.raises(Refused, match="Chỉ người nhập"):
        map_columns(session, second, row.public_id, {}, 1, "", **WHEN)
    with pytest.raises(Refused, match="Chỉ người nhập"):
        drop_import(session, second, row.public_id)
    assert drop_import(session, maker, row.public_id).state is ImportState.DROPPED


def test_an_import_of_a_wider_area_is_not_there_for_a_commune_officer(
    session, officers, make
):
    maker, second = officers
    seat = make.membership(
        session.get_one(Organisation, maker.organisation_id),
        Role.OFFICER,
        scope_unit_id=make.commune("Chiềng Khoong").id,
    )
    local = Actor(
        seat.user_id, seat.organisation_id, Role.OFFICER, scope_of(session, seat)
    )
    wide = applied(session, officers, RIGHT)
    narrow = begun(session, local, RIGHT.replace("Bản Mé", "Bản Pố"))

    for act in (access_import, lambda *one: ask_undo(*one, "Nhầm tệp", now=NOW)):
        with pytest.raises(NotFound):
            act(session, local, wide.public_id)
    assert list_imports(session, local) == ([narrow], 1)
    assert access_import(session, second, narrow.public_id) is narrow
    propose_import_of = session.scalars(select(Notice.user_id)).all()
    assert seat.user_id not in propose_import_of


def test_rules_are_told_as_far_as_the_cells_of_a_row_can_be_read(
    session, officers, make
):
    make.organisation(name="Hợp tác xã Bản Mé")
    maker, _ = officers
    cooperatives = RIGHT.replace("Nà Nghịu, huyện Sông Mã;12;35,5", "Lạ;2;nhiều")
    papers = (
        "Chứng nhận;Số giấy;Đơn vị;Nơi cấp;Sao;Ngày cấp;Hết hạn\n"
        "VietGAP;VG-8;Hợp tác xã Lạ;Trung tâm A;4;1/3/2025;hôm nào\n"
        "Gì đó;VG-9;Hợp tác xã Bản Mé;Trung tâm A;;1/3/2025;1/3/2024\n"
    )
    codes = (
        "Mã;Đơn vị;Cây trồng;Thị trường;Diện tích;Ngày cấp;Hết hạn\n"
        "VN-1;Hợp tác xã Bản Mé;Nhãn;Nội địa;0,01;1/3/2025;bao giờ\n"
        "VN-2;Hợp tác xã Lạ;Cây lạ;Nội địa;5;1/3/2025;1/3/2024\n"
    )
    chains = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp;Hết hạn\n"
        "Gì đó;Hợp tác xã Lạ;Nhóm lạ;01/XN;1/3/2025;1/3/2024\n"
    )

    found = [
        said(begun(session, maker, cooperatives)),
        said(begun(session, maker, papers, Register.CERTIFICATES)),
        said(begun(session, maker, codes, Register.CODES)),
        said(begun(session, maker, chains, Register.CHAINS)),
    ]

    assert found == [
        {(3, "commune"), (3, "official_members"), (3, "total_area_ha")},
        {
            *((2, "holder"), (2, "stars"), (2, "expires_on")),
            *((3, "scheme"), (3, "expires_on")),
        },
        {
            *((2, "area_ha"), (2, "last_day")),
            *((3, "holder"), (3, "product"), (3, "last_day")),
        },
        {(2, "kind"), (2, "lead"), (2, "group"), (2, "last_day")},
    ]


def test_a_number_is_the_same_whatever_its_case_and_spaces(session, officers, make):
    make.organisation(name="Hợp tác xã Bản Mé")
    make.organisation(name="Hợp tác xã Suối Lềnh")
    papers = (
        "Chứng nhận;Số giấy;Đơn vị;Nơi cấp;Ngày cấp;Hết hạn\n"
        "VietGAP;VG 7;Hợp tác xã Bản Mé;Trung tâm A;1/3/2025;1/3/2027\n"
    )
    chains = (
        "Loại chuỗi;Đơn vị chủ trì;Nhóm sản phẩm;Số giấy;Ngày cấp\n"
        "An toàn;Hợp tác xã Bản Mé;Nhãn;01/2024/XN;5/1/2024\n"
    )
    applied(session, officers, papers, Register.CERTIFICATES)
    applied(session, officers, chains, Register.CHAINS)

    again = begun(
        session,
        officers[0],
        papers.replace("VG 7", "vg7").replace("Bản Mé", "Suối Lềnh")
        + "VietGAP;Vg7;Hợp tác xã Suối Lềnh;trung tâm A;1/3/2025;1/3/2027\n",
        Register.CERTIFICATES,
    )
    other = begun(
        session,
        officers[0],
        chains.replace("Bản Mé", "Suối Lềnh").replace("01/2024/XN", "01 / 2024 / xn")
        + "Phát triển sản phẩm;Hợp tác xã Bản Mé;Nhãn;01/2024/Xn;5/1/2024\n",
        Register.CHAINS,
    )

    assert said(again) == {(2, "number"), (3, "number")}
    assert said(other) == {(2, "number"), (3, "number")}


@pytest.mark.parametrize("day", ["12/03/0001", "1/1/1899", "0001-03-12", "1/1/2101"])
def test_a_year_that_cannot_be_is_told_and_never_guessed(session, officers, day):
    text = f"Tên;MST;Xã;Thành viên;Ngày thành lập\nHTX Bản Mé;5588000019;Huổi Một;7;{day}\n"

    row = begun(session, officers[0], text)

    assert said(row) == {(2, "founded_on")}
    assert "1900" in row.findings[0]["message"]


def test_nobody_was_founded_tomorrow(session, officers):
    day = TODAY + timedelta(days=1)
    text = f"Tên;MST;Xã;Thành viên;Ngày thành lập\nHTX Bản Mé;5588000019;Huổi Một;7;{day}\n"

    row = begun(session, officers[0], text)

    assert said(row) == {(2, "founded_on")}


def test_a_thousand_records_under_their_heading_are_quick():
    row = RegisterImport(cells=[["x"]] * 1_001, heading=1)
    assert not is_long(row)
    row.cells = [["x"]] * 1_002
    assert is_long(row)
    row.cells = [["x"]] * 20_001
    refuse_too_long(row)
    row.cells = [["x"]] * 20_002
    with pytest.raises(Refused, match="20000"):
        refuse_too_long(row)


def test_what_only_the_database_knows_is_told_at_its_row(
    session, officers, monkeypatch
):
    monkeypatch.setattr(register_known, "known_parties", lambda _: Parties())
    applied_before = begun(session, officers[0], RIGHT)
    propose_import(session, officers[0], applied_before.public_id, **WHEN)
    confirm_import(session, officers[1], applied_before.public_id, **WHEN)

    row = begun(session, officers[0], RIGHT)

    assert (row.fresh, row.wrong) == (0, 2)
    assert said(row) == {(3, ""), (4, "")}

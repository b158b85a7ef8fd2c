"""The pages of a chain: what each reader sees, and monitoring through the browser."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.monitoring import CheckPoint, CheckState, FindingState
from marketplace.domain.monitoring_cases import CaseState
from marketplace.domain.words import ChainState
from marketplace.services.evidence import keep_files, prepare_file
from models.chains import ChainContract
from models.corrective_actions import CorrectiveAction
from models.monitoring import ChainEvent, Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase
from models.recognition_papers import RecognitionPaper
from tests.chain_rows import Chains
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, asleep, chain_of
from tests.pages import problems_of
from tests.photo_rows import jpeg
from tests.plot_rows import plot

SOON = f"{TODAY + timedelta(days=5):%d/%m/%Y}"
DAY = f"{TODAY:%d/%m/%Y}"
LATER = f"{TODAY + timedelta(days=200):%d/%m/%Y}"


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def only(session, model):
    return session.query(model).one()


def points(**answers):
    """The list as the page sends it."""
    sent = {}
    for number, point in enumerate(CheckPoint):
        sent[f"points-{number}-point"] = str(point)
        sent[f"points-{number}-answer"] = answers.get(str(point), "fine")
        sent[f"points-{number}-text"] = "thiếu" if str(point) in answers else ""
    return sent


def test_a_visit_is_planned_and_done_with_its_list(client, session, watched):
    enter(client, session, watched.officer)
    home = f"/chuoi/{watched.id}/hau-kiem"

    assert client.post(f"{home}/hen", data={"day": SOON}).status_code == 302
    sent = points(inputs="serious") | {
        "summary": "một lỗi nặng",
        "next_due": LATER,
        "done_on": DAY,
    }
    files = {"files": (io.BytesIO(jpeg()), "vuon.jpg")}
    answer = client.post(f"{home}/1/lam", data=sent | files)

    assert answer.status_code == 302
    check = session.query(PostCheck).filter_by(number=1).one()
    assert (check.state, check.passed) == (CheckState.DONE, False)
    page = client.get(f"{home}/1").get_data(as_text=True)
    assert "một lỗi nặng" in page
    assert f"/chuoi/{watched.id}/tep/1" in page
    assert client.get(f"/chuoi/{watched.id}/tep/1").mimetype == "image/jpeg"


def test_a_list_with_a_hole_is_sent_back_with_what_was_typed(client, session, watched):
    check = watched.planned()
    enter(client, session, watched.officer)
    sent = points(inputs="serious") | {
        "summary": "một lỗi nặng",
        "next_due": LATER,
        "done_on": DAY,
    }
    sent["points-2-text"] = ""

    answer = client.post(f"/chuoi/{watched.id}/hau-kiem/1/lam", data=sent)

    assert answer.status_code == 422
    assert "một lỗi nặng" in answer.get_data(as_text=True)
    assert check.state is CheckState.PLANNED


def test_a_parameter_without_its_numbers_is_no_result(client, session, watched):
    home = f"/chuoi/{watched.id}"
    enter(client, session, watched.officer)
    taken = {"product": watched.make.product().id, "code": "M-7", "lot": "Lô 3"}
    client.post(f"{home}/mau/lay", data=taken | {"laboratory": "NAFI", "taken_on": DAY})

    answer = client.post(f"{home}/mau/1/ket-qua", data={"measured-0-parameter": "Chì"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "không phát hiện thì ghi 0" in page
    assert "Nhập mức cho phép" in page
    assert only(session, SampleTest).passed is None


def test_a_sample_over_its_limit_is_mended_and_closed_by_another(
    client, session, watched
):
    home = f"/chuoi/{watched.id}"
    enter(client, session, watched.officer)
    taken = {"product": watched.make.product().id, "code": "M-7", "lot": "Lô 3"}
    client.post(f"{home}/mau/lay", data=taken | {"laboratory": "NAFI", "taken_on": DAY})
    found = {"measured-0-parameter": "Chì", "measured-0-value": "0,3"}
    client.post(
        f"{home}/mau/1/ket-qua",
        data=found
        | {
            "measured-0-limit": "0,1",
            "measured-0-unit": "mg/kg",
            "analysed_on": DAY,
        },
    )
    assert only(session, SampleTest).passed is False
    assert "Chì 0,3 &gt; 0,1 mg/kg" in client.get(f"{home}/loi/1").get_data(True)

    enter(client, session, watched.lead)
    client.post(f"{home}/loi/1/khac-phuc", data={"text": "đã hủy lô"})
    enter(client, session, watched.officer)
    client.post(f"{home}/loi/1/dong")
    assert only(session, Nonconformity).state is FindingState.ANSWERED

    enter(client, session, watched.second)
    client.post(f"{home}/loi/1/dong")
    assert only(session, Nonconformity).state is FindingState.CLOSED


def test_today_says_what_monitoring_waits_for(client, session, watched):
    watched.found()
    watched.planned(day=2)

    for who, words in (
        (watched.lead, ("Khắc phục lỗi của Chuỗi nhãn", "Hậu kiểm Chuỗi nhãn")),
        (watched.second, ("Hậu kiểm Chuỗi nhãn",)),
    ):
        page = enter(client, session, who).get("/hom-nay").get_data(as_text=True)
        assert all(one in page for one in words)


def test_a_lead_stops_its_chain_on_its_page(client, session, watched):
    enter(client, session, watched.lead)
    page = f"/chuoi/{watched.id}"
    assert f"{page}/dung" in client.get(page).get_data(as_text=True)

    client.post(f"{page}/dung", data={"text": "bán tự do"})

    assert watched.chain.state is ChainState.STOPPED
    assert f"{page}/hoat-dong-lai" in client.get(page).get_data(as_text=True)


def test_a_case_goes_from_grounds_to_a_decision_of_two(client, session, watched):
    home = f"/chuoi/{watched.id}/vu-viec"
    enter(client, session, watched.officer)
    page = client.get(f"{home}/mo?vi=sample&ve=M-7").get_data(as_text=True)
    assert "M-7" in page
    client.post(
        f"{home}/mo", data={"ground": "sample", "about": "M-7", "question": "vì sao?"}
    )
    client.post(f"{home}/1/hoi")

    enter(client, session, watched.lead)
    evidence = {"files": (io.BytesIO(jpeg()), "anh.jpg")}
    client.post(f"{home}/1/tra-loi", data={"text": "do thuốc"} | evidence)
    enter(client, session, watched.officer)
    said = {"severity": "minor", "text": "một lỗi kín", "measures": "ghi sổ"}
    client.post(f"{home}/1/ket-luan", data=said)
    client.post(f"{home}/1/quyet-dinh")
    assert only(session, MonitoringCase).state is CaseState.ACTIVE
    page = enter(client, session, watched.lead).get(f"{home}/1").get_data(True)
    assert "một lỗi kín" not in page

    enter(client, session, watched.second)
    client.post(f"{home}/1/quyet-dinh")
    assert only(session, MonitoringCase).state is CaseState.ADDRESSED
    page = enter(client, session, watched.lead).get(f"{home}/1").get_data(True)
    assert "một lỗi kín" in page


@pytest.fixture
def shared(session, make):
    """A chain of one lead with two buyers, each with a contract."""
    lead = make.organisation(name="HTX Đầu Nguồn", short_name="Đầu Nguồn")
    chain, deals = chain_of(session, make, lead), Deals(session, make)
    contracts = []
    for name in ("Chợ Một", "Chợ Hai"):
        buyer = make.buyer(name=name, short_name=name)
        offer = make.offer(buyer)
        contract = deals.in_force(make.proposal(make.harvest(lead), offer))
        link = ChainContract(
            chain_id=chain.id,
            contract_id=contract.id,
            kind=chain.kind,
            linked_from=TODAY,
        )
        session.add(link)
        contracts.append(contract)
    session.flush()
    session.expire(chain, ["contracts"])
    return chain, contracts


def test_a_partner_learns_what_came_of_a_check_and_not_what_was_written(
    client, session, make, shared
):
    chain, (mine, _other) = shared
    watched = Watched(session, make, chain)
    check = watched.checked()
    event = session.query(ChainEvent).filter_by(event="check_done").one()
    photo = prepare_file("vuon.jpg", jpeg())
    keep_files(session, event, [photo], now=NOW)
    file, page = f"/chuoi/{chain.public_id}/tep/1", f"/chuoi/{chain.public_id}"

    enter(client, session, make.member(mine.buyer))
    partners = client.get(page).get_data(as_text=True)
    refused = client.get(file)
    enter(client, session, make.member(chain.lead))
    leads = client.get(page).get_data(as_text=True)

    assert "Đạt" in partners
    assert check.summary not in partners
    assert check.done_by.name not in partners
    assert file not in partners
    assert refused.status_code == 404
    assert check.summary in leads
    assert client.get(file).status_code == 200


def test_a_confirmation_is_proposed_with_the_day_on_which_its_papers_end(
    client, session, make
):
    chains = Chains(session, make)
    chain = chains.safe(chains.contract())
    home = f"/chuoi/{chain.public_id}"
    enter(client, session, chains.officers[0])
    ends = TODAY + timedelta(days=400)

    asked = client.get(f"{home}/de-nghi-xac-nhan").get_data(as_text=True)
    late = client.post(f"{home}/de-nghi-xac-nhan", data={"valid_to": "1/1/2090"})
    later = f"{ends + timedelta(days=30):%d/%m/%Y}"
    client.post(f"{home}/de-nghi-xac-nhan", data={"valid_to": later})

    assert problems_of(asked) == []
    assert f"{ends:%d/%m/%Y}" in asked
    assert late.status_code == 422
    assert "dài nhất 36 tháng" in late.get_data(as_text=True)
    page = client.get(home).get_data(as_text=True)
    assert f"đến hết {later}" in page
    assert f"hết hạn trước đó, sớm nhất {ends:%d/%m/%Y}" in page


def test_a_partner_sees_its_own_contract_and_nobody_else(client, session, make, shared):
    chain, (mine, other) = shared
    Watched(session, make, chain).found()

    enter(client, session, make.member(mine.buyer))
    page = client.get(f"/chuoi/{chain.public_id}").get_data(as_text=True)

    assert mine.number in page
    assert other.number not in page
    assert "Chợ Hai" not in page
    assert "thiếu sổ" not in page
    assert client.get(f"/chuoi/{chain.public_id}/loi/1").status_code == 404
    assert client.get(f"/chuoi/{chain.public_id}/hau-kiem/1").status_code == 404


def test_the_lead_and_officers_see_the_whole_chain(client, session, make, shared):
    chain, contracts = shared
    Watched(session, make, chain).found()

    for who in (make.member(chain.lead), make.officer()):
        page = enter(client, session, who).get(f"/chuoi/{chain.public_id}")
        text = page.get_data(as_text=True)
        assert all(one.number in text for one in contracts)
        assert "Chợ Hai" in text
        assert "thiếu sổ" in text


def test_a_paper_is_printed_and_its_withdrawal_is_told_to_everybody(
    client, session, watched
):
    chain = watched.recognised()
    home = f"/chuoi/{watched.id}/giay-cong-nhan"
    enter(client, session, watched.officer)
    assert client.get(f"{home}/1/pdf").status_code == 404
    client.post(home)

    answer = client.get(f"{home}/1/pdf")
    assert answer.mimetype == "application/pdf"
    digest = only(session, RecognitionPaper).digest
    assert "Còn hiệu lực" in client.get(f"/xac-thuc/{digest}").get_data(True)

    client.post(f"/chuoi/{watched.id}/rut", data={"reason": "sai hồ sơ"})
    page = client.get(f"/xac-thuc/{digest}").get_data(as_text=True)
    assert "Đã rút" in page
    assert "sai hồ sơ" not in page
    assert chain.lead.name not in page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_officers_see_what_sleeps_and_decide_in_two(client, session, watched, lang):
    proposal = asleep(watched)
    page = f"/chuoi/{watched.id}/ngung-giao/{proposal.number}"
    enter(client, session, watched.officer)
    listed = client.get(f"/chuoi-ngung-giao?lang={lang}").text
    assert problems_of(listed) == []
    assert f"{page}/y-kien" in listed
    assert "/chuoi-ngung-giao" in client.get("/tong-quan/").text
    assert "/chuoi-ngung-giao" in client.get(f"/chuoi/{watched.id}").text
    client.post(f"{page}/y-kien", data={"text": "không ai giao"})
    assert client.post(f"{page}/xac-nhan", data={"text": "tự"}).status_code == 422

    enter(client, session, watched.second)
    assert f"{page}/xac-nhan" in client.get("/chuoi-ngung-giao").text
    client.post(f"{page}/xac-nhan", data={"text": "đã hỏi"})
    assert watched.chain.state is ChainState.STOPPED
    listed = client.get(f"/chuoi-ngung-giao?lang={lang}").text
    assert problems_of(listed) == []
    client.post(f"{page}/hoan-tac", data={"text": "nhầm"})
    session.refresh(proposal)
    assert proposal.undone_on == TODAY


def test_a_corrective_action_goes_from_the_lead_to_an_officer(client, session, watched):
    finding = watched.found()
    home = f"/chuoi/{watched.id}"
    enter(client, session, watched.lead)
    assert f"{home}/loi/{finding.number}/viec" in client.get(f"{home}/loi/1").text
    sent = {"what": "ghi bù sổ", "person": "Chị Hoa", "due_on": SOON}
    assert client.post(f"{home}/loi/1/viec", data=sent).status_code == 302
    assert "ghi bù sổ" in client.get("/hom-nay").text
    for lang in ("vi", "en"):
        for page in (f"{home}/loi/1/viec", f"{home}/loi/1", "/viec-khac-phuc"):
            text = client.get(f"{page}?lang={lang}").text
            assert problems_of(text) == []
    files = {"files": (io.BytesIO(jpeg()), "so.jpg"), "text": "đã ghi"}
    client.post(f"{home}/viec-khac-phuc/1/xong", data=files)

    enter(client, session, watched.second)
    assert f"{home}/viec-khac-phuc/1/nhan" in client.get("/viec-khac-phuc").text
    client.post(f"{home}/viec-khac-phuc/1/nhan")
    assert only(session, CorrectiveAction).accepted_by_id == watched.second.user_id
    assert "/viec-khac-phuc" in client.get("/tong-quan/").text


def test_outlines_are_drawn_for_the_lead_and_officers_only(client, session, make):
    deal = Deals(session, make).in_force()
    watched = Watched(session, make, chain_of(session, make, deal.seller))
    link = {"contract_id": deal.id, "kind": watched.chain.kind, "linked_from": TODAY}
    session.add(ChainContract(chain_id=watched.chain.id, **link))
    area = make.area(watched.chain.lead)
    row = plot(session, area, make.member(watched.chain.lead))
    page = f"/chuoi/{watched.id}"
    for who in (watched.lead, watched.officer):
        text = enter(client, session, who).get(page).text
        assert problems_of(text) == []
        assert 'class="plotmap"' in text
        assert row.name in text

    text = enter(client, session, make.member(deal.buyer)).get(page).text
    assert "Từ vườn đến quầy" in text
    assert 'class="plotmap"' not in text

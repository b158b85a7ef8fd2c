"""The matcher as people watch it; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.jobs import JobState
from marketplace.domain.words import CertificateScheme
from marketplace.services.matching import run_matching
from marketplace.services.matching_runs import Order, plan_run, share_out
from marketplace.services.proposals import rematch
from marketplace.web import clock
from models.jobs import Job
from tests.doors import enter
from tests.pages import problems_of


@pytest.fixture
def posted(session, make):
    """A harvest and an offer of this summer, a person of each, and a queued run."""
    day = clock.today().replace(year=clock.today().year + 1)
    harvest = make.harvest(window_start=day, window_end=day)
    offer = make.offer(tranches=[(day, 12_000)])
    session.flush()
    return harvest, offer, rematch(session)


def test_officers_see_all_runs_and_ask_for_one(client, session, make, posted):
    run_matching(session, today=clock.today(), now=clock.now())
    enter(client, session, make.officer())

    page = client.get("/khop")
    asked = client.post("/khop/chay-lai")

    assert problems_of(page.text) == []
    assert "12 tấn" in page.text
    assert asked.location == f"/khop/{posted[2].public_id}"
    assert session.scalar(select(Job.requested_by)) is not None


def test_an_officer_stops_a_run_planned_or_not(client, session, make, posted):
    enter(client, session, make.officer())
    address = f"/khop/{posted[2].public_id}"

    waiting = client.get(address)
    stopped = client.post(f"{address}/dung", follow_redirects=True)
    again = client.post(f"{address}/dung", follow_redirects=True)

    assert f"{address}/dung" in waiting.text
    assert "Lượt khớp đã dừng" in stopped.text
    assert f"{address}/dung" not in stopped.text
    assert "Lượt khớp này đã kết thúc" in again.text
    assert session.scalar(select(Job.state)) is JobState.CANCELLED


def test_a_run_at_work_shows_its_parts_and_stops(client, session, make, posted):
    planned = Order("officer", clock.now(), posted[2].id)
    run = plan_run(session, planned)
    share_out(session, run)
    enter(client, session, make.officer())
    address = f"/khop/{posted[2].public_id}"

    page = client.get(address)
    client.post(f"{address}/dung")

    assert f"Xong 0/{len(run.shards)} phần" in page.text
    assert problems_of(page.text) == []
    session.refresh(run)
    assert run.state is JobState.CANCELLED


def test_runs_are_the_officers_business(client, session, make, posted):
    enter(client, session, make.member())

    answers = [
        client.get("/khop"),
        client.post("/khop/chay-lai"),
        client.post(f"/khop/{posted[2].public_id}/dung"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.parametrize("state", ["queued", "running", "done", "failed"])
def test_who_waits_sees_how_far_it_is(client, session, make, posted, state):
    harvest, offer, job = posted
    run_matching(session, today=clock.today(), now=clock.now())
    job.state = JobState(state)
    job.lease_until = clock.now() if state == "running" else None
    job.finished_at = clock.now() if state in ("done", "failed") else None
    enter(client, session, make.member(harvest.organisation))

    page = client.get(f"/khop/{job.public_id}?vu={harvest.public_id}")
    panel = client.get(
        f"/khop/{job.public_id}?vu={harvest.public_id}", headers={"HX-Request": "true"}
    )

    assert problems_of(page.text) == []
    assert "Đúng sản phẩm: 1 đơn" in page.text
    assert offer.organisation.short_name in page.text
    assert "<html" not in panel.text
    assert ("hx-get" in panel.text) == (state in ("queued", "running"))


def test_a_buyer_waits_for_an_offer(client, session, make, posted):
    _, offer, job = posted
    enter(client, session, make.member(offer.organisation))

    moved = client.get(f"/khop/hien-tai?don={offer.public_id}")
    page = client.get(moved.location)

    assert job.public_id in moved.location
    assert problems_of(page.text) == []
    assert "Đang so với vụ thu hoạch" in page.text


def test_nobody_waits_for_what_is_not_theirs(client, session, make, posted):
    harvest, _, job = posted
    enter(client, session, make.member())

    answers = [
        client.get(f"/khop/{job.public_id}?vu={harvest.public_id}x"),
        client.get("/khop/khong-co"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_waiting_proposal_is_todays_task(client, session, make, posted):
    harvest, offer, _ = posted
    run_matching(session, today=clock.today(), now=clock.now())
    enter(client, session, make.member(harvest.organisation))

    page = client.get("/hom-nay")

    assert f"{offer.organisation.short_name} muốn mua 12 tấn" in page.text
    assert "Còn 3 ngày" in page.text or "Còn 2 ngày" in page.text


def test_both_sides_read_what_would_help_the_rest(client, session, make):
    day = clock.today().replace(year=clock.today().year + 1)
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=day - timedelta(days=1))
    harvest = make.harvest(
        seller, papers=[paper], window_start=day, window_end=day, likely_kg=60_000
    )
    offer = make.offer(tranches=[(day, 12_000)], schemes=[CertificateScheme.VIETGAP])
    run_matching(session, today=clock.today(), now=clock.now())
    director = make.member(seller)
    buyer = make.member(offer.organisation, Role.BUYER)

    enter(client, session, director)
    sold = client.get(f"/vu-thu-hoach/{harvest.public_id}").text
    enter(client, session, buyer)
    bought = client.get(f"/don-mua/{offer.public_id}").text
    client.post(f"/don-mua/{offer.public_id}/trang-thai", data={"step": "pause"})
    paused = client.get(f"/don-mua/{offer.public_id}").text

    assert "Còn 60 tấn chưa có mối" in sold
    assert "Hệ thống đã so 1 đơn. Điều vướng nhất là thiếu giấy tờ." in sold
    assert "Có VietGAP cho ngày" in sold
    assert "Đợt 1 còn thiếu 12 tấn" in bought
    assert "Hệ thống đã so 1 vụ. Điều vướng nhất là thiếu giấy tờ." in bought
    assert "Bỏ yêu cầu VietGAP" in bought
    assert f'href="/don-mua/{offer.public_id}/sua"' in bought
    assert "còn thiếu 12 tấn" not in paused
    assert problems_of(bought) == problems_of(sold) == []

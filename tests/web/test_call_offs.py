"""Weekly call-offs through the browser's eyes: agreed, called, answered, ended."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.call_offs import CallOffState, FrameState
from models.call_offs import CallOff, CallOffFrame
from tests.calling import MONDAY, SUM, Framed, week
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def framed(session, make):
    return Framed(session, make)


class Visit:
    """The pages of call-offs, as one of the two sides sees them."""

    def __init__(self, client, session, framed):
        self.client, self.session = client, session
        self.base = f"/hop-dong/{framed.id}/goi-hang"

    def enter(self, who):
        enter(self.client, self.session, who)

    def page(self, path="", lang="vi"):
        shown = self.client.get(f"{self.base}{path}?lang={lang}")
        assert shown.status_code == 200
        assert problems_of(shown.text) == []
        return shown.text

    def send(self, path, on="", **over):
        """Send the form to `path` that stands on the page `on`."""
        url = f"{self.base}{path}"
        told = dict(form_to(url, self.page(on), f"{self.base}{on}").values) | over
        return self.client.post(url, data=told)


@pytest.fixture
def visit(client, session, framed):
    return Visit(client, session, framed)


def frame_of(session):
    return session.query(CallOffFrame).one()


def test_both_agree_on_a_frame_and_call_a_week_through_the_pages(
    session, framed, visit
):
    visit.enter(framed.seller)
    form = {"least": "1.000", "most": "5.000", "lead_days": "3", "answer_hours": "24"}
    proposed = visit.send("/thoa-thuan", "/thoa-thuan", **form)
    assert proposed.status_code == 302, proposed.text
    visit.enter(framed.buyer)
    assert "đề nghị gọi hàng theo tuần" in visit.client.get("/hom-nay").text
    assert visit.send("/thoa-thuan/dong-y").status_code == 302
    called = visit.send("/goi", "/goi", kg="3.000", first_day="04/08/2026", last_day="")
    assert called.status_code == 302, called.text
    visit.enter(framed.seller)
    assert "gọi 3.000 kg" in visit.client.get("/hom-nay").text

    done = visit.send(f"/tuan/{MONDAY}/chot")

    assert done.status_code == 302
    assert framed.lines() == [(1, 9_000), (2, 3_000)]
    assert frame_of(session).state is FrameState.AGREED
    assert "Đã chốt" in visit.page()
    assert "Confirmed" in visit.page(lang="en")


def test_out_of_the_band_comes_back_with_the_reason_beside_the_field(framed, visit):
    framed.agreed()
    visit.enter(framed.buyer)

    low = visit.send("/goi", "/goi", kg="900", first_day="04/08/2026")
    late = visit.send("/goi", "/goi", kg="3.000", first_day="01/07/2026")

    assert low.status_code == late.status_code == 422
    assert "ít nhất 1.000 kg một tuần" in low.text
    assert "Tuần này ngoài các tuần đã thỏa thuận" in late.text
    assert problems_of(low.text) == []


def test_the_cooperative_says_how_much_it_can(session, framed, visit):
    framed.agreed()
    framed.call(week(0))
    visit.enter(framed.seller)
    path = f"/tuan/{MONDAY}/giao-duoc"

    none = visit.send(path, path, kg="0", text="")
    less = visit.send(path, path, kg="1.200", text="Mưa lớn")

    assert none.status_code == 422
    assert "Nói rõ vì sao không giao được" in none.text
    assert less.status_code == 302
    assert framed.lines() == [(1, SUM - 1_200), (2, 1_200)]
    assert "Mưa lớn" in visit.page()


def test_the_buyer_takes_a_call_back(session, framed, visit):
    framed.agreed()
    framed.call(week(0))
    visit.enter(framed.buyer)

    visit.send(f"/tuan/{MONDAY}/rut")

    assert session.query(CallOff).one().state is CallOffState.WITHDRAWN


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_early_end_is_asked_for_and_agreed_to(session, framed, visit, lang):
    framed.agreed()
    framed.answer(framed.call(week(0)))
    visit.enter(framed.buyer)
    visit.send("/ket-thuc/de-nghi")
    visit.page(lang=lang)
    visit.enter(framed.seller)
    words = {"vi": "muốn kết thúc sớm", "en": "wants to end"}
    assert words[lang] in visit.client.get(f"/hom-nay?lang={lang}").text
    told = visit.page(lang=lang)
    assert ("9.000 kg" if lang == "vi" else "9,000 kg") in told

    visit.send("/ket-thuc/dong-y")

    assert frame_of(session).state is FrameState.ENDED
    assert framed.contract.lines[0].released_kg == 9_000
    visit.page(lang=lang)


def test_an_amendment_is_refused_in_words_while_a_call_waits(framed, visit):
    framed.agreed()
    framed.call(week(0))
    visit.enter(framed.seller)
    url = f"/hop-dong/{framed.id}/phu-luc/moi"
    page = visit.client.get(url).text
    told = dict(form_to(url, page, url).values)

    sent = visit.client.post(
        url, data=told | {"reason": "agreement", "text": "Bàn lại", "price": "15.200"}
    )

    assert sent.status_code == 422
    assert "Đang có lần gọi hàng chờ trả lời" in sent.text


def test_a_week_that_is_none_and_a_word_that_is_none_are_not_found(framed, visit):
    framed.agreed()
    visit.enter(framed.buyer)

    for path in ("/tuan/tuan-nay/rut", "/ket-thuc/nay", "/thoa-thuan/co"):
        assert visit.client.post(f"{visit.base}{path}").status_code == 404


def test_the_overview_of_the_contract_shows_the_frame_and_what_was_called(
    session, framed, visit
):
    visit.enter(framed.buyer)
    before = visit.client.get(f"/hop-dong/{framed.id}").text
    framed.agreed()
    framed.call(week(0))

    after = visit.client.get(f"/hop-dong/{framed.id}").text

    assert visit.base not in before
    assert f'href="{visit.base}"' in after
    assert "1.000 kg đến 5.000 kg một tuần" in after
    assert "Đã chốt 0 kg, chờ trả lời 3.000 kg." in after
    assert problems_of(after) == []

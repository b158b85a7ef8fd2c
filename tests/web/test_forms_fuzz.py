"""Every field of every form, given what nobody should type.

The forms are found by walking over all pages as those who may open them. Each
field gets a sample of the payloads, another one in each form, and every request
is undone: nothing may fail inside, come back unescaped, or write what the form
does not ask for.
"""

from __future__ import annotations

import io
import re
import traceback
import zlib
from functools import cached_property
from urllib.parse import urlencode

import pytest
import time_machine

from config import ROOT
from marketplace.domain.words import HarvestState, OfferState
from marketplace.web.access import PUBLIC, Right
from models.database import Base
from tests.crawler import Form, forms_of
from tests.doors import enter
from tests.estate import Estate, addresses, routes, rule_of
from tests.factories import NOW, PASSWORD
from tests.worlds import rows_of, undone, without_chance

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.timeout(300)]

MARKUP = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</textarea></title><svg/onload=alert(1)>",
)
SPACES = " \t "  # pass for something typed, and mean nothing
PAYLOADS: tuple[str | bytes, ...] = (
    *MARKUP,
    "",
    SPACES,
    "x" * 100_000,
    b"a\x00b",
    b"\xff\xfe\x80",
    b"\xed\xa0\x80",
    "\u202egnal.exe",
    "HTX\u200bBảo\u2066Minh",
    "a\u0301" * 50,
    "' OR '1'='1' --",
    "'; DROP TABLE users; --",
    "%' AND 1=CAST((SELECT 1) AS INT) --",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "%(name)s %s %d %",
    "-1",
    "-0,0000001",
    "0",
    "1e999",
    "NaN",
    "Infinity",
    "9" * 40,
    "٣٤",
    "31/02/2026",
    "00/00/0000",
    "31/12/9999",
    "0001-01-01",
    "../../../../etc/passwd",
    "javascript:alert(1)",
    "//evil.example/",
    "=HYPERLINK(1)",
    "\r\nSet-Cookie: a=b",
)
SAMPLE = 4
ENOUGH = 30
# Buttons and lists: a person presses one, and leaves the rest.
LEFT_ALONE = frozenset({"remove_row", "add_row", "paste", "csrf_token", "file"})
# What a person would type, where the page leaves a field empty.
TYPED = {
    "password": PASSWORD,
    "current": PASSWORD,
    "new": "bốn từ không liên quan",
    "identifier": "nguoi@example.vn",
    "email": "moi@example.vn",
    "person": "Lò Thị Thử",
    "phone": "0987 000 111",
    "reason": "Mưa đá làm hỏng một nửa",
    "message": "Đầu vụ chín chưa đều",
    "note": "Đã kiểm tra tại vườn",
    "likely": "60",
    "floor_price": "14.000",
    "actual": "58,5",
    "dekads": "2026-07-3",
    "name": "Vườn trên đồi",
    "area_ha": "12,5",
    "area": "12,5",
    "number": "VG-TH-01",
    "issuer": "Trung tâm chứng nhận mẫu",
    "issued_on": "01/02/2026",
    "expires_on": "01/02/2027",
    "valid_from": "01/02/2026",
    "code": "VN-SLOR-9999",
    "place": "Kho Đông Anh",
    "commune": "Chiềng Khoong",
    "kind": "cooperative",
    "tax_code": "9800000012",
    "official_members": "9",
    "legal_representative": "Lò Thị Thử",
    "tranches-0-window_start": "04/08/2026",
    "tranches-0-kg": "12",
    "tranches-0-ceiling": "15.500",
    "payment_term_days": "7",
    "pick": "moi",
    "agreed": "y",
    "price": "14.250",
    "passed": "yes",
    "do": "send",
    "action": "post",
    "step": "pause",
    "role": "staff",
    "decision": "verified",
}
# Fields of what no page of the walk shows: a script's, or of another state.
HIDDEN = {
    "auth.switch": ("organisation",),
    "offers.supply": ("product", "market", "tranches-0-kg", "schemes", "unit"),
    "papers.verify": ("seen",),
}
# Written anew by every request, with or without more fields.
ALWAYS_NEW = frozenset(
    {"idempotency_keys", "attempts", "last_seen_at", "password_hash"}
)


@pytest.fixture(autouse=True)
def then(monkeypatch):
    without_chance(monkeypatch)
    with time_machine.travel(NOW, tick=False):
        yield


class Walk:
    """Three people with a browser each, and all the forms they come across."""

    def __init__(self, app, session, make):
        self.app, self.session = app, session
        self.estate = Estate(session, make)
        self.draft = make.harvest(self.estate.owner, state=HarvestState.DRAFT)
        self.plan = make.offer(self.estate.owner, state=OfferState.DRAFT)
        self.clients = {
            "nobody": app.test_client(),
            "director": enter(app.test_client(), session, self.estate.director),
            "officer": enter(app.test_client(), session, make.officer()),
        }
        self._begin_to_register()

    def _begin_to_register(self):
        nobody = self.clients["nobody"]
        nobody.post("/dang-ky/tai-khoan", data=TYPED)
        nobody.post("/dang-ky/to-chuc", data={"pick": "moi"})

    @cached_property
    def forms(self):
        """Forms that write, one of each kind, with who may send it."""
        found = {}
        for name, client in self.clients.items():
            for page in self._pages(name):
                answer = client.get(page)
                if answer.mimetype == "text/html" and answer.status_code == 200:
                    for form in forms_of(answer.text, page):
                        kind = (self._endpoint(form), frozenset(form.names))
                        found.setdefault(kind, (name, form))
        found.pop(("", frozenset()), None)
        seen = {endpoint for endpoint, _names in found}
        shown = [one for kind, one in sorted(found.items(), key=str) if kind[0]]
        return [*shown, *self._not_shown(seen)]

    def _not_shown(self, seen):
        """Buttons that these pages do not show now; somebody may send them."""
        for route in routes(self.app):
            if "POST" in route.methods and route.endpoint not in seen:
                officer = rule_of(self.app, route) == Right.OFFICIATE
                for target in addresses(self.app, route, self.estate):
                    fields = HIDDEN.get(route.endpoint, {})
                    form = Form(target, "post", names=dict.fromkeys(fields, "text"))
                    yield "officer" if officer else "director", form

    def _endpoint(self, form):
        """Which view the form leads to; none if it writes nothing."""
        if form.method != "post":
            return ""
        return self.app.url_map.bind("").match(form.path, "POST")[0]

    def _pages(self, name):
        for route in routes(self.app):
            rule = rule_of(self.app, route)
            theirs = {"nobody": PUBLIC, "officer": Right.OFFICIATE}.get(name, rule)
            if "GET" in route.methods and rule and rule == theirs:
                yield from addresses(self.app, route, self.estate)
        for noun, row in (("vu-thu-hoach", self.draft), ("don-mua", self.plan)):
            yield f"/{noun}/{row.public_id}"
            yield f"/{noun}/{row.public_id}/sua"

    def send(self, form, name, values, *, follow):
        """Post to the form's address and take it back; status and page."""
        client = self.clients[name]
        with undone(self.session, client):
            try:
                answer = post(client, form, values)
                if follow and answer.status_code in (302, 303):
                    shown = client.get(answer.location)
                    return max(answer.status_code, shown.status_code), shown.data
                return answer.status_code, answer.data
            except Exception as error:  # noqa: BLE001 - what a visitor sees as 500
                where = traceback.extract_tb(error.__traceback__)[-1]
                return 500, f"{error!r} {where.filename}:{where.lineno}".encode()

    def stored_after(self, form, name, values, patch):
        """All rows after the form was sent; the same chance for every sending."""
        with undone(self.session, self.clients[name]):
            without_chance(patch, first=1_000_000)
            post(self.clients[name], form, values)
            return rows_of(self.session, ALWAYS_NEW)


def post(client, form, values):
    """As a browser sends it; bytes go as they are, be they text or not."""
    if "file" in form.names.values():
        data = {}
        for key, value in values:
            data.setdefault(key, []).append(value)
        for key, kind in form.names.items():
            if kind == "file":
                content = data.pop(key, [b""])[0]
                raw = content.encode() if isinstance(content, str) else content
                data[key] = (io.BytesIO(raw), "bang.xlsx")
        texts = {
            key: [v if isinstance(v, str) else v.decode("latin-1") for v in value]
            if isinstance(value, list)
            else value
            for key, value in data.items()
        }
        return client.post(form.action, data=texts)
    return client.post(
        form.action,
        data=urlencode(values),
        content_type="application/x-www-form-urlencoded",
    )


def filled(form: Form) -> list[tuple[str, str | bytes]]:
    """The form as a careful person would send it."""
    kept = [(name, value) for name, value in form.values if value]
    there = {name for name, _value in kept} | LEFT_ALONE
    return [*kept, *((n, _typed(form, n)) for n in form.names if n not in there)]


def _typed(form, name):
    choices = form.choices.get(name)
    wish = TYPED.get(name, "")
    return choices[0] if choices and wish not in choices else wish


def sample(place: str) -> list[str | bytes]:
    """Spaces, and others at each place; the stride meets them all in turn."""
    start = zlib.crc32(place.encode())
    return [SPACES] + [
        PAYLOADS[(start + 11 * n) % len(PAYLOADS)] for n in range(SAMPLE)
    ]


@pytest.fixture
def walk(app, session, make):
    return Walk(app, session, make)


def comes_back(body: bytes) -> bool:
    """Whether something typed stands in the page as markup."""
    return any(payload.encode() in body for payload in MARKUP)


def test_no_field_of_any_form_breaks_the_page(walk):
    wrong, accepted = [], set()

    for place, (name, form) in enumerate(walk.forms):
        for field in form.names.keys() - {"csrf_token"}:
            rest = [pair for pair in filled(form) if pair[0] != field]
            for payload in sample(f"{place} {field}"):
                values = [*rest, (field, payload)]
                follow = payload in MARKUP
                status, body = walk.send(form, name, values, follow=follow)
                if status >= 500 or comes_back(body):
                    wrong.append((form.path, field, payload[:40], status, body[:300]))
                if status in (302, 303):
                    accepted.add(form.path)

    assert wrong == []
    assert len(accepted) > ENOUGH  # the fields beside it were as they should be


def test_fields_that_no_form_has_change_nothing(walk, monkeypatch):
    """Every column of every table beside what the form asks for."""
    columns = {c.name for t in Base.metadata.sorted_tables for c in t.columns}
    wrong = []

    for name, form in walk.forms:
        more = [(c, "1") for c in sorted(columns - form.names.keys())]
        without = walk.stored_after(form, name, filled(form), monkeypatch)
        beside = walk.stored_after(form, name, [*filled(form), *more], monkeypatch)
        wrong += [
            (form.path, table) for table in without if without[table] != beside[table]
        ]

    assert wrong == []


LISTS = [
    "/",
    "/san",
    "/tim",
    "/so-lieu",
    "/chuoi/",
    "/de-xuat",
    "/hop-dong/",
    "/don-mua/",
    "/vu-thu-hoach/",
    "/giay-to/",
    "/tong-quan/",
    "/tong-quan/so/ma-vung",
    "/to-chuc/",
    "/khop",
    "/khop/hien-tai",
    "/xac-minh/",
    "/thong-bao",
    "/dang-ky/to-chuc",
    "/dang-nhap",
    "/don-mua/moi",
    "/vu-thu-hoach/moi",
    "/giay-to/chung-nhan/moi",
    "/giay-to/ma-vung/moi",
]
ASKED = sorted(
    {
        name
        for source in (ROOT / "marketplace/web").glob("*.py")
        for name in re.findall(r"args(?:\.get\(|\[)[\"']([^\"']+)", source.read_text())
    }
    | {"lang", "sort", "page"}
)


def test_no_question_of_a_list_breaks_it(walk):
    wrong = []

    for page in LISTS:
        for name in ASKED:
            payload = sample(f"{page} {name}")[1][:2000]  # more is no address
            client = walk.clients["officer" if len(name) % 2 else "director"]
            answer = client.get(f"{page}?{urlencode([(name, payload)])}")
            if answer.status_code >= 500 or comes_back(answer.data):
                wrong.append((page, name, payload[:40], answer.status_code))

    assert wrong == []

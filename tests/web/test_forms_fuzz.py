"""Every field of every form, given what nobody should type.

The forms are found by walking over all pages as those who may open them. Each
field gets a sample of the payloads, another one in each form (a smaller one where
another form has the same fields), and every request is undone: nothing may fail
inside, come back unescaped, or write what the form does not ask for.
"""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlencode

import pytest
import time_machine

from config import ROOT
from models.database import Base
from tests.factories import NOW
from tests.walk import Walk, filled
from tests.worlds import without_chance

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.timeout(900)]

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
TOGETHER = 5  # questions in one address
MANY = 5
ENOUGH = 30


@pytest.fixture(autouse=True)
def then(monkeypatch):
    without_chance(monkeypatch)
    with time_machine.travel(NOW, tick=False):
        yield


def sample(place: str, *, spaces: bool) -> list[str | bytes]:
    """One at each place, beside spaces or not; the places meet them all in turn."""
    chosen = PAYLOADS[zlib.crc32(place.encode()) % len(PAYLOADS)]
    return [SPACES, chosen] if spaces else [chosen]


def fields_of(forms):
    """(who, form, field, payloads): fewer for what was looked at in another form.

    To write something anew and to change it ask for the same many fields, and the
    key that guards against sending twice is read in one place for all forms.
    """
    looked_at = set()
    for place, (name, form) in enumerate(forms):
        fields = frozenset(form.names.keys() - {"csrf_token"})
        for field in one_of_each_row(fields):
            again = field == "idempotency_key" or fields in looked_at
            yield name, form, field, sample(f"{place} {field}", spaces=not again)
        if len(fields) >= MANY:  # a few may be the same by chance
            looked_at.add(fields)


def one_of_each_row(fields):
    """In order; of rows that a list repeats (`clauses-7-key`) the first one met."""
    kinds = {}
    for field in sorted(fields):
        kinds.setdefault(re.sub(r"-\d+-", "-#-", field), field)
    return list(kinds.values())


def comes_back(body: bytes) -> bool:
    """Whether something typed stands in the page as markup."""
    return any(payload.encode() in body for payload in MARKUP)


def test_no_field_of_any_form_breaks_the_page_or_changes_more(
    app, session, make, monkeypatch
):
    """Both on one walk, which takes as long as either."""
    walk = Walk(app, session, make)

    assert broken_by(walk) == []
    assert changed_beside(walk, monkeypatch) == []


def broken_by(walk):
    """Where what nobody should type fails inside, or comes back as it is."""
    wrong, accepted, met = [], set(), set()

    for name, form, field, payloads in fields_of(walk.forms):
        met.update(payloads)
        rest = [pair for pair in filled(form) if pair[0] != field]
        for payload in payloads:
            values = [*rest, (field, payload)]
            follow = payload in MARKUP
            status, body = walk.send(form, name, values, follow=follow)
            if status >= 500 or comes_back(body):
                wrong.append((form.path, field, payload[:40], status, body[:300]))
            if status in (302, 303):
                accepted.add(form.path)

    assert met == set(PAYLOADS)
    assert len(accepted) > ENOUGH  # the fields beside it were as they should be
    return wrong


def changed_beside(walk, monkeypatch):
    """Which tables differ when every column of every table is sent beside a form."""
    columns = {c.name for t in Base.metadata.sorted_tables for c in t.columns}
    wrong = []

    for name, form in walk.forms:
        more = [(c, "1") for c in sorted(columns - form.names.keys())]
        without = walk.stored_after(form, name, filled(form), monkeypatch)
        beside = walk.stored_after(form, name, [*filled(form), *more], monkeypatch)
        wrong += [
            (form.path, table) for table in without if without[table] != beside[table]
        ]

    return wrong


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


def test_no_question_of_a_list_breaks_it(app, session, make):
    walk, wrong = Walk(app, session, make), []

    for page in LISTS:
        for first in range(0, len(ASKED), TOGETHER):
            asked = {  # longer is no address
                name: sample(f"{page} {name}", spaces=False)[0][:2000]
                for name in ASKED[first : first + TOGETHER]
            }
            client = walk.clients["officer" if first // TOGETHER % 2 else "director"]
            answer = client.get(f"{page}?{urlencode(asked)}")
            if answer.status_code >= 500 or comes_back(answer.data):
                wrong.append((page, asked, answer.status_code))

    assert wrong == []

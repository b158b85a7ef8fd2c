"""A walk over all pages as those who may open them, and the forms on the way."""

from __future__ import annotations

import io
import traceback
from functools import cached_property
from urllib.parse import urlencode

from marketplace.domain.words import HarvestState, OfferState
from marketplace.web.access import PUBLIC, Right
from tests.crawler import Form, forms_of
from tests.doors import enter
from tests.estate import Estate, addresses, routes, rule_of
from tests.factories import PASSWORD
from tests.worlds import rows_of, undone, without_chance

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
    "low": "15.000",
    "high": "20.000",
    "source": "Bản tin giá",
    "day": "01/03/2026",
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
    # Work falls due by the clock of the database, which stands still for nobody.
    {"idempotency_keys", "attempts", "last_seen_at", "password_hash", "due_at"}
)


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

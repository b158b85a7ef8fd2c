"""Every response is strict, every damaged request refused."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from app import create_app
from config import Production
from marketplace.web.plumbing import accepts_bytes, static_url

pytestmark = pytest.mark.databases("sqlite")

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": ("same-origin", "no-referrer"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PARTS = re.compile(r"<(?:(\w+):)?\w+>")
EXAMPLES = {"int": "1", "path": "css/app.css", None: "x", "string": "x"}


def addresses(app):
    """One address for each rule that can be asked for."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods:
            yield PARTS.sub(lambda part: EXAMPLES.get(part[1], "x"), rule.rule)


def check_strict(response):
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "Permissions-Policy" in response.headers
    for name, wanted in STRICT.items():
        assert response.headers[name] in wanted


def test_every_route_answers_with_strict_headers(app, client):
    asked = 0
    for address in addresses(app):
        response = client.get(address)
        check_strict(response)
        # /readyz rightly misses a broker and a worker here.
        assert response.status_code < 500 or address == "/readyz", address
        asked += 1

    assert asked > 2


def test_errors_are_strict_too(app, client):
    @accepts_bytes(10)
    def small():
        return "small"

    for response in (
        client.get("/no-such-page"),
        client.post("/healthz"),
        client.get("/healthz?a=%00"),
    ):
        assert response.status_code in (400, 404, 405)
        check_strict(response)
    assert small.most_bytes == 10


def test_no_cache_keeps_a_page(client):
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("damaged", ["%00", "%ff", "%c3%28", "%ed%a0%80", "a%00b"])
@pytest.mark.parametrize("place", ["query", "form", "name"])
def test_damaged_text_is_refused(client, damaged, place):
    if place == "query":
        response = client.get(f"/healthz?q={damaged}")
    else:
        body = f"q={damaged}" if place == "form" else f"{damaged}=q"
        kind = "application/x-www-form-urlencoded"
        response = client.post("/nowhere", data=body, content_type=kind)

    assert response.status_code == 400


@pytest.mark.parametrize("value", [b"a\x00b", b"\xff\xfe"])
def test_damaged_text_in_an_upload_form_is_refused(client, value):
    line = b'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n'
    body = line + value + b"\r\n--b--\r\n"

    response = client.post(
        "/nowhere", data=body, content_type="multipart/form-data; boundary=b"
    )

    assert response.status_code == 400


@pytest.mark.parametrize(
    "body", [r'{"a": ["b", {"c": "\u0000"}]}', r'{"\ud800": 1}', r'["\udfff"]']
)
def test_damaged_text_in_json_is_refused(client, body):
    response = client.post("/nowhere", data=body, content_type="application/json")

    assert response.status_code == 400


def test_whole_vietnamese_text_passes(client):
    address = "/healthz?q=H%E1%BB%A3p+t%C3%A1c+x%C3%A3"

    assert client.get(address).status_code == 200


def test_a_body_of_more_than_a_megabyte_is_refused(client):
    response = client.post("/nowhere", data={"q": "x" * (1024 * 1024 + 1)})

    assert response.status_code == 413


def test_too_many_form_parts_are_refused(client):
    fields = {f"f{n}": "x" for n in range(1100)}

    response = client.post("/nowhere", data=fields, content_type="multipart/form-data")

    assert response.status_code == 413


def test_a_static_address_changes_with_the_content(app, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    file = tmp_path / "a.css"
    with app.test_request_context():
        file.write_text("a { color: red }")
        first = static_url("a.css")
        file.write_text("a { color: blue; margin: 0 }")
        second = static_url("a.css")

    assert first != second


def test_our_own_files_are_zipped_and_kept_for_long(app, client):
    with app.test_request_context():
        address = static_url("css/tokens.css")

    plain = client.get(address)
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert "immutable" in plain.headers["Cache-Control"]
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]


def test_without_its_mark_a_file_is_asked_for_again(client):
    response = client.get("/static/css/tokens.css")

    assert "immutable" not in response.headers["Cache-Control"]


@pytest.fixture
def production(app, tmp_path):
    settings = Production.from_environment(
        {
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "k" * 40,
            "MAIL_URL": "smtp://127.0.0.1:1",
            "BASE_URL": "https://cho.example.vn",
            "LIENKET_INSTANCE": str(tmp_path),
        }
    )
    return create_app(replace(settings, limiter_url="memory://")).test_client()


def test_production_insists_on_https(production):
    response = production.get("/healthz", headers={"Host": "cho.example.vn"})

    assert response.status_code == 200
    assert "max-age=63072000" in response.headers["Strict-Transport-Security"]
    assert "upgrade-insecure-requests" in response.headers["Content-Security-Policy"]


def test_production_refuses_a_forged_host(production):
    response = production.get("/healthz", headers={"Host": "evil.example"})

    assert response.status_code == 400


def test_production_says_when_the_database_is_away(production):
    response = production.get("/readyz", headers={"Host": "cho.example.vn"})

    assert response.status_code == 503
    assert response.json["wrong"]["database"] == "does not answer"


def test_asking_for_a_language_is_remembered(client):
    client.get("/healthz?lang=en")

    assert client.get_cookie("lang").value == "en"


def test_an_unknown_language_is_not_remembered(client):
    client.get("/healthz?lang=<script>")

    assert client.get_cookie("lang") is None

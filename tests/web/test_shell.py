"""The frame: only living links, safe returns, remembered choices."""

from __future__ import annotations

import pytest

from marketplace.domain.words import OrganisationKind
from marketplace.web import addresses, shell
from marketplace.web.navigation import NAVIGATION, kind_of
from tests.pages import frame_app, problems_of


@pytest.fixture
def frame(tmp_path):
    return frame_app(tmp_path)


@pytest.fixture
def signed_in(frame, monkeypatch):
    """The frame of a cooperative with two lists and two counts."""
    for endpoint, path in (
        ("home.today", "/hom-nay"),
        ("harvests.index", "/vu-thu-hoach"),
        ("harvests.show", "/vu-thu-hoach/<public_id>"),
        ("notices.index", "/thong-bao"),
    ):
        frame.add_url_rule(path, endpoint, lambda **_: "ok")
    bad = "<b>Bảo Minh</b>"
    here = shell.Organisation(bad, "Chiềng Khoong", "htx")
    monkeypatch.setattr(shell, "_finders", [lambda: here])
    counted = {"home.today": 4, "notices.index": 120}
    monkeypatch.setattr(shell, "_counters", [lambda: counted])
    return frame


def test_the_navigation_leaves_out_what_nothing_serves(signed_in):
    with signed_in.test_request_context("/"):
        nav = shell.nav_for("htx")

    links = [link for _, group in nav.groups for link in group]
    assert [link.url for link in links] == ["/hom-nay", "/vu-thu-hoach"]
    assert [link.count for link in links] == [4, 0]
    assert links[0].hot
    assert len(nav.bar) <= 5


def test_a_list_is_current_on_its_records(signed_in):
    with signed_in.test_request_context("/vu-thu-hoach/abc"):
        nav = shell.nav_for("htx")

    assert [link.text for link in nav.bar if link.active] == ["Vụ của tôi"]


def test_counts_and_names_reach_the_page_escaped(signed_in):
    page = signed_in.test_client().get("/them").text

    assert problems_of(page) == []
    assert "&lt;b&gt;Bảo Minh" in page
    assert "<b>Bảo Minh" not in page
    assert "99+" in page
    assert 'data-role="htx"' in page


def test_each_kind_of_organisation_has_a_navigation_for_a_phone():
    for kind in OrganisationKind:
        plan = NAVIGATION[kind_of(kind)]
        assert plan.groups
        assert len(plan.bar) == 5


@pytest.mark.parametrize(
    "target",
    [
        "https://x.example/",
        "//x.example",
        "/\\x.example",
        "javascript:alert(1)",
        "\thttps://x.example",
        "x",
        "",
        None,
        "///x.example",
        "http:/x",
    ],
)
def test_a_return_address_never_leaves_the_market(target):
    assert addresses.safe_path(target) == "/"


def test_a_theme_is_kept_and_unknown_ones_follow_the_device(frame):
    client = frame.test_client()

    chosen = client.get("/giao-dien/nang?next=/them?q=1")
    page = client.get("/them").text
    client.get("/giao-dien/neon")
    after = client.get("/them").text

    assert chosen.location == "/them?q=1"
    assert 'data-theme="nang"' in page
    assert "data-theme=" not in after.split(">")[1]


def test_addresses_keep_the_filters_of_a_list(frame):
    with frame.test_request_context("/san?loai=nhan&trang=3&lang=en"):
        assert addresses.page_url(2) == "/san?loai=nhan&trang=2"
        assert addresses.sort_url("-kg") == "/san?loai=nhan&xep=-kg"
        assert addresses.in_language("vi") == "/san?loai=nhan&trang=3&lang=vi"
    assert addresses.page_numbers(6, 12) == [1, 0, 5, 6, 7, 0, 12]
    assert addresses.page_numbers(1, 1) == [1]


def test_the_page_of_components_is_not_for_production(frame):
    class Elsewhere:
        name = "production"
        secure = True

    frame.config["SETTINGS"] = Elsewhere()

    assert frame.test_client().get("/thanh-phan").status_code == 404

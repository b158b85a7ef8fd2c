"""Places in full: each unit once, in the words of the reader."""

from __future__ import annotations

import pytest

from marketplace.domain.addresses import full_address
from marketplace.domain.admin_units import own_name

PLACE = ["Xã Chiềng Khoong", "Huyện Sông Mã", "Tỉnh Sơn La"]


@pytest.mark.parametrize(
    ("lang", "over", "said"),
    [
        (
            "vi",
            {"country": "Việt Nam"},
            "Xã Chiềng Khoong, huyện Sông Mã, Sơn La, Việt Nam",
        ),
        ("en", {"country": "Vietnam"}, "Chiềng Khoong, Sông Mã, Sơn La, Vietnam"),
        (
            "vi",
            {"street": "Bản Một"},
            "Bản Một, xã Chiềng Khoong, huyện Sông Mã, Sơn La",
        ),
        (
            "vi",
            {"inside": True},
            "xã Chiềng Khoong, huyện Sông Mã, Sơn La",
        ),
    ],
)
def test_from_the_house_to_the_country(lang, over, said):
    assert full_address(PLACE, lang, **over) == said


def test_what_the_street_says_already_is_not_said_again():
    street = "Bản Một, xã Chiềng Khoong, tỉnh Sơn La"

    assert full_address(PLACE, "vi", street=street, country="Việt Nam") == (
        "Bản Một, xã Chiềng Khoong, tỉnh Sơn La, huyện Sông Mã, Việt Nam"
    )


def test_a_province_alone():
    assert full_address(["Thành phố Hà Nội"], "vi", inside=True) == "Hà Nội"
    assert full_address(["Thành phố Hà Nội"], "en") == "Hà Nội"


@pytest.mark.parametrize(
    ("name", "own"),
    [("Tỉnh Sơn La", "Sơn La"), ("Thị trấn Sông Mã", "Sông Mã"), ("Xã", "Xã")],
)
def test_a_name_without_its_kind(name, own):
    assert own_name(name) == own

"""The words of a rule on a page, in the language of the page."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from forms.said import said
from tests.pages import frame_app

KILOGRAMS = "Đợt %(number)s chỉ còn cần %(kg)s kg"
CONDITION = "Chưa đủ điều kiện %(code)s: %(title)s"


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    return frame_app(tmp_path_factory.mktemp("frame"))


@pytest.fixture
def here(frame):
    with frame.test_request_context("/"):
        yield


def test_vietnamese_is_said_as_it_is_written(here):
    params = {"number": 2, "kg": "12.500"}

    assert said(KILOGRAMS, params) == "Đợt 2 chỉ còn cần 12.500 kg"


def test_english_has_its_own_signs_in_numbers(here):
    with force_locale("en"):
        words = said(KILOGRAMS, {"number": 2, "kg": "12.500"})

    assert words == "Delivery 2 needs only 12,500 kg more"


def test_a_message_within_a_message_is_translated_too(here):
    with force_locale("en"):
        words = said(CONDITION, {"code": "P1", "title": "Đã được công nhận"})

    assert words == "Condition P1 is not met: Recognised"

"""Numbers that somebody declared, in both languages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask_babel import force_locale

from marketplace.web.naming import published, size_of
from tests.pages import frame_app


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    return frame_app(tmp_path_factory.mktemp("frame"))


@pytest.mark.parametrize(
    ("value", "unit", "here", "english"),
    [
        ("75", "", "75", "75"),
        ("gần 800", "thành viên", "gần 800 thành viên", "nearly 800 members"),
        ("hơn 14.400", "tấn/năm", "hơn 14.400 tấn/năm", "over 14,400 t/year"),
        ("gần 100 tỷ", "đồng", "gần 100 tỷ đồng", "nearly 100 billion VND"),
        ("khoảng 1 tỷ", "đồng/năm", "khoảng 1 tỷ đồng/năm", "about 1 billion VND/year"),
        ("12,5", "ha", "12,5 ha", "12.5 ha"),
        ("12", "thùng", "12 thùng", "12 thùng"),
        ("không rõ", "ha", "không rõ ha", "không rõ ha"),
    ],
)
def test_a_declared_number_is_written_in_the_language_of_the_page(
    frame, value, unit, here, english
):
    row = SimpleNamespace(value=value, unit=unit)

    with frame.test_request_context("/"):
        assert published(row) == here
        with force_locale("en"):
            assert published(row) == english


def test_the_size_of_a_grade_is_written_in_the_language_of_the_page(frame):
    grade = SimpleNamespace(description="≥ 1,2 kg/quả")

    with frame.test_request_context("/"):
        assert size_of(grade) == "≥ 1,2 kg/quả"
        with force_locale("en"):
            assert size_of(grade) == "≥ 1.2 kg/fruit"

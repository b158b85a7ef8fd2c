"""The page of a trace, its file, and the command line."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.services.recalls import open_recall
from tests.doors import enter
from tests.factories import NOW
from tests.services.test_lot_trace import Road


@pytest.fixture(autouse=True)
def then():
    """The rows lie around one day; the clock stands there too."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def road(session, make) -> Road:
    return Road(session, make)


def test_the_page_draws_and_lists_the_trace(client, session, road):
    enter(client, session, road.grower)

    page = client.get(f"/lo/{road.boxes.public_id}/truy-vet")

    assert page.status_code == 200
    assert page.text.count('<svg class="chart"') == 2
    assert "Thương lái" in page.text
    assert "Cửa hàng" not in page.text
    assert road.bags.code not in page.text


def test_the_garden_of_others_is_nobody_elses_to_trace(client, session, road):
    from models.papers import GrowingArea

    area = session.get_one(GrowingArea, road.lots.garden(road.grower))
    enter(client, session, road.trader)

    assert client.get(f"/vuon/{area.public_id}/truy-vet").status_code == 404


def test_the_file_has_the_lots_and_the_holders(client, session, make, road):
    enter(client, session, make.officer())

    answer = client.get(f"/lo/{road.boxes.public_id}/truy-vet.xlsx")

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.sheet_names == ["Các lô", "Các chuyến", "Hàng ở đâu"]
    cells = [cell for row in book.get_sheet_by_index(2).to_python() for cell in row]
    assert {"Người trồng", "Thương lái", "Cửa hàng"} <= set(cells)


def test_neither_page_nor_file_tells_the_maker_what_its_buyer_has(
    client, session, road
):
    enter(client, session, road.grower)

    page = client.get(f"/lo/{road.boxes.public_id}/truy-vet")
    answer = client.get(f"/lo/{road.boxes.public_id}/truy-vet.xlsx")

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    held = [row[0] for row in book.get_sheet_by_index(2).to_python()]
    assert "Người trồng" in held
    assert "Thương lái" not in held
    assert ">400<" not in page.text
    assert "chỉ hiện cho bên làm ra lô" in page.text


def test_a_drill_tells_no_kilograms_of_others_on_its_page(client, session, road):
    told = OpenRecall((road.boxes.public_id,), RecallKind.RECALL, "Thử", drill=True)
    drill = open_recall(session, road.grower, told, now=NOW + timedelta(days=40))
    enter(client, session, road.grower)

    page = client.get(f"/thu-hoi/{drill.public_id}")

    assert ">290<" in page.text
    assert ">400<" not in page.text
    assert "Số kg của đơn vị khác chỉ cán bộ xem được." in page.text
    assert "đã tìm thấy trong" not in page.text


def test_the_command_prints_the_holders(app, session, road):
    session.commit()
    runner = app.test_cli_runner()

    printed = runner.invoke(args=["trace", "recall", road.boxes.code, "--json"])
    back = runner.invoke(args=["trace", "upstream", road.bags.public_id])

    told = json.loads(printed.output)
    assert [(one["holder"], one["kg"]) for one in told["holders"]] == [
        ("Thương lái", 400),
        ("Người trồng", 290),
        ("Cửa hàng", 200),
    ]
    assert road.picked.code in back.output


def test_a_number_that_nobody_bears_ends_the_command_with_one(app, road):
    done = app.test_cli_runner().invoke(args=["trace", "recall", "KHONG-CO"])

    assert done.exit_code == 1

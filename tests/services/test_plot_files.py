"""Files of plots: every format read, its faults told, nothing stored in part."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.domain.commands_plots import DescribePlot
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.plot_rows import FilePlot, read_stored, stored
from marketplace.domain.plots import Shape
from marketplace.domain.words_plots import PlotFormat
from marketplace.services.plot_exports import export_plots
from marketplace.services.plot_files import read_plots
from marketplace.services.plot_imports import (
    access_import,
    check_import,
    list_imports,
    read_file,
    store_import,
    swap_import,
    undo_import,
)
from marketplace.services.plots import describe_plot, list_plots, redraw_plot
from models.households import Household
from models.organisations import Organisation
from models.plots import Plot, PlotImport
from tests.factories import NOW, TODAY
from tests.plot_rows import plot, square


def geojson(*features, **more):
    found = {"type": "FeatureCollection", "features": list(features), **more}
    return json.dumps(found).encode()


def feature(shape, kind="Polygon", **properties):
    rings = [[list(point) for point in ring] for ring in shape.rings]
    coordinates = rings if kind == "Polygon" else [rings, rings]
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def kml(inside, before=""):
    head = '<?xml version="1.0"?>' + before
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2">{inside}</kml>'.encode()


def placemark(shape, name="Thửa 1"):
    points = " ".join(f"{east},{north},0" for east, north in shape.outer)
    return (
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>{points}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark>"
    )


def zipped(name, body):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, body)
    return out.getvalue()


def by_points(shape, comma=",", cut=";"):
    lines = [cut.join(("Tên thửa", "Vĩ độ", "Kinh độ", "Diện tích"))]
    for east, north in shape.outer[:-1]:
        row = ["Thửa 1", f"{north}", f"{east}", "1.0"]
        lines.append(cut.join(cell.replace(".", comma) for cell in row))
    return "\n".join(lines)


SQUARE = square()
WKT = f"POLYGON (({', '.join(f'{x} {y}' for x, y in SQUARE.outer)}))"
GOOD = {
    "geojson": geojson(feature(SQUARE, name="Thửa 1")),
    "kml": kml(placemark(SQUARE)),
    "kmz": zipped("doc.kml", kml(placemark(SQUARE))),
    "points": by_points(SQUARE).encode(),
    "points with dots": by_points(SQUARE, ".", ",").encode(),
    "points in UTF-16": by_points(SQUARE, cut="\t").encode("utf-16"),
    "wkt": f'Tên thửa,WKT\nThửa 1,"{WKT}"\n'.encode("utf-8-sig"),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_same_plot_is_read_out_of_every_format(name):
    _kind, (row,) = read_plots(GOOD[name])

    assert (row.name, row.fault, row.shape) == ("Thửa 1", "", SQUARE)


BAD = {
    "nothing": (b"  ", "Chọn tệp"),
    "too much": (b"{" + b" " * 2_000_000, "2 MB"),
    "no JSON": (b'{"type":', "GeoJSON hỏng"),
    "no features": (b'{"type":"FeatureCollection"}', "GeoJSON hỏng"),
    "one number": (
        b'{"type":"Polygon","coordinates":[[[1],[2],[3],[1]]]}',
        "GeoJSON hỏng",
    ),
    "deep": (b"[" * 100_000, "GeoJSON hỏng"),
    "metres": (
        geojson(feature(SQUARE), crs={"properties": {"name": "EPSG:3405"}}),
        "EPSG:3405",
    ),
    "empty": (geojson(), "không có thửa nào"),
    "many": (geojson(*[feature(SQUARE)] * 501), "501"),
    "no XML": (b"<kml>", "KML hỏng"),
    "entities": (
        kml("&a;", '<!DOCTYPE kml [<!ENTITY a "x">]>'),
        "thực thể",
    ),
    "outside": (
        kml("&a;", '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "thực thể",
    ),
    "no zip": (b"PK\x03\x04 nothing", "KMZ hỏng"),
    "no KML inside": (zipped("a.txt", b"x"), "KMZ hỏng"),
    "bomb": (zipped("doc.kml", b" " * 50_000_000), "bung ra quá lớn"),
    "columns": ("Tên;Chiều dài\nA;3".encode(), "Tên;Chiều dài"),
    "corners without a name": ("Vĩ độ;Kinh độ\n21;103".encode(), "Tên thửa"),
    "no letters": ("Tên thửa;WKT\nThửa".encode() + b"\x01\xff", "UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_none_is_refused_with_its_reason(name):
    data, words = BAD[name]

    with pytest.raises(Refused, match=words) as refusal:
        read_plots(data)

    assert refusal.value.field == "file"


@pytest.mark.parametrize("place", ["NaN", "Infinity", "1e400"])
def test_a_corner_is_at_a_finite_place(place):
    rings = f"[[[103.6,21],[103.7,{place}],[103.7,21.1],[103.6,21]]]"
    data = f'{{"type":"Polygon","coordinates":{rings}}}'.encode()

    with pytest.raises(Refused):
        read_plots(data)


def test_half_a_sign_is_no_name():
    named = feature(square(), name="THỬA").copy()
    data = geojson(named).replace(b"TH\\u1eecA", b"\\ud800x")
    assert b"ud800" in data

    with pytest.raises(Refused):
        read_plots(data)


def test_a_bomb_is_never_unpacked_whole():
    import tracemalloc

    bomb = zipped("doc.kml", b" " * 200_000_000)
    tracemalloc.start()
    with pytest.raises(Refused):
        read_plots(bomb)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 40_000_000


def test_a_feature_of_several_polygons_becomes_several_plots():
    _kind, rows = read_plots(geojson(feature(SQUARE, "MultiPolygon", name="A")))

    assert [row.name for row in rows] == ["A (1)", "A (2)"]


def test_what_is_no_polygon_says_so_in_its_row():
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}
    _kind, rows = read_plots(geojson(point, feature(SQUARE, name="Thửa 2")))

    assert [bool(row.fault) for row in rows] == [True, False]


@given(st.text(max_size=40), st.text(max_size=10))
def test_a_stored_row_comes_back_as_it_was(name, declared):
    row = FilePlot(name, SQUARE, declared, "Hộ", "")

    assert read_stored(json.loads(json.dumps(stored(row)))) == row
    assert read_stored(stored(FilePlot(name))) == FilePlot(name)


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data):
    for start in (b"", b"{", b"<", b"PK", "Tên thửa;WKT\n".encode()):
        try:
            found = read_plots(start + data)[1]
        except Refused:
            continue
        assert found


# --- looked at, stored, undone ---------------------------------------------------


@pytest.fixture
def who(make):
    return make.member()


@pytest.fixture
def area(session, make, who):
    return make.area(session.get_one(Organisation, who.organisation_id))


@pytest.fixture
def read(session, who, area):
    def reading(data, name="thua.geojson"):
        return read_file(session, who, area.public_id, data, name, now=NOW)

    return reading


def checked(session, who, found):
    return check_import(session, who, found, today=TODAY)


def codes(row):
    return [finding.code for finding in row.findings]


def test_every_row_has_its_own_faults(session, who, area, read):
    plot(session, area, who, square(500), name="Đã có")
    crossed = Shape(tuple(SQUARE.outer[i] for i in (0, 2, 1, 3, 0)))
    rows = [
        feature(SQUARE, name="Thửa 1", dien_tich="5"),
        feature(square(200), name="Thửa 1"),
        feature(square(500), name="Thửa 3"),
        feature(crossed, name="Thửa 4"),
        feature(square(700), name="Thửa 5", ho="Ai đó", dien_tich="nhiều"),
        feature(square(0, 0), name="Đã có"),
        feature(square(900)),
    ]

    found = checked(session, who, read(geojson(*rows)))

    assert [codes(row) for row in found] == [
        ["plot.declared"],
        ["plot.name"],
        ["plot.twice"],
        ["plot.crossed"],
        ["plot.declared", "plot.household"],
        ["plot.name", "plot.twice"],
        [],
    ]
    assert [row.faulty for row in found] == [False, True, True, True, True, True, False]
    assert found[6].name == "Thửa 7"


def test_a_household_is_known_by_name_or_code(session, who, area, read):
    household = Household(
        organisation_id=who.organisation_id,
        name="Lò Văn Pâng",
        name_folded="lo van pang",
        code="H12",
        unit_id=area.unit_id,
    )
    session.add(household)
    session.flush()
    rows = [feature(SQUARE, ho="lò văn pâng"), feature(square(300), ho="h12")]

    found = checked(session, who, read(geojson(*rows)))

    assert [row.household for row in found] == [household, household]


@pytest.mark.parametrize(
    ("text", "hectares"), [("1,25", "1.25"), ("1.25", "1.25"), ("4.125", "4.125")]
)
def test_declared_hectares_have_a_comma_or_a_dot(session, who, read, text, hectares):
    (row,) = checked(session, who, read(geojson(feature(SQUARE, dien_tich=text))))

    assert row.declared_ha == Decimal(hectares)


def test_swapped_rows_are_told_and_turned_round(session, who, read):
    found = read(geojson(feature(SQUARE.swapped(), name="Thửa 1")))
    assert checked(session, who, found)[0].swapped

    swap_import(session, who, found.public_id)

    (row,) = checked(session, who, found)
    assert (row.findings, row.measured.shape) == ((), SQUARE)


def test_a_file_is_stored_whole_or_not_at_all(session, who, area, read):
    good, bad = feature(SQUARE, name="A"), feature(square(side=1), name="B")
    found = read(geojson(good, bad))
    with pytest.raises(Refused):
        store_import(session, who, found.public_id, today=TODAY, now=NOW)
    assert list_plots(session, [area]) == []

    whole = read(geojson(good, feature(square(300), name="B")))
    assert store_import(session, who, whole.public_id, today=TODAY, now=NOW) == 2

    assert [one.name for one in list_plots(session, [area])] == ["A", "B"]
    assert session.scalars(select(PlotImport)).all() == [whole]
    assert list_imports(session, area) == [whole]
    with pytest.raises(Refused):
        store_import(session, who, whole.public_id, today=TODAY, now=NOW)


@pytest.fixture
def imported(session, who, read):
    rows = (feature(SQUARE, name="A"), feature(square(50), name="B"))
    found = read(geojson(*rows))
    store_import(session, who, found.public_id, today=TODAY, now=NOW)
    return found


def test_an_import_is_undone_as_a_whole(session, who, area, imported):
    assert undo_import(session, who, imported.public_id, now=NOW) == 2

    assert session.scalars(select(Plot)).all() == []
    assert list_imports(session, area) == []
    with pytest.raises(Refused):
        undo_import(session, who, imported.public_id, now=NOW)


@pytest.mark.parametrize("what", ["code", "outline"])
def test_what_something_hangs_on_is_not_undone(
    session, make, who, area, imported, what
):
    row = list_plots(session, [area])[0]
    if what == "code":
        code = make.code(area).public_id
        words = DescribePlot(row.name, codes=(code,))
        describe_plot(session, who, row.public_id, words, today=TODAY)
    else:
        from marketplace.domain.commands_plots import SavePlot

        command = SavePlot(row.name, square(0, 500))
        redraw_plot(session, who, row.public_id, command, today=TODAY)

    with pytest.raises(Refused):
        undo_import(session, who, imported.public_id, now=NOW)


def test_nobody_else_reaches_an_import(session, make, imported):
    for stranger in (make.member(), make.officer()):
        with pytest.raises(NotFound):
            access_import(session, stranger, imported.public_id)


# --- taken out again ---------------------------------------------------------------


@pytest.mark.parametrize("kind", PlotFormat)
def test_what_is_taken_out_is_read_back_the_same(session, who, area, kind):
    hole = Shape(square(side=300).outer, (square(50, 50, 60).outer,))
    rows = [
        plot(session, area, who, hole, name="Thửa <1> & ; 'một'"),
        plot(session, area, who, square(400), declared_ha=Decimal("4.125")),
    ]

    read, found = read_plots(export_plots(rows, kind))

    assert read is kind
    assert [one.shape for one in found] == [hole, square(400)]
    assert [one.name for one in found] == [row.name for row in rows]
    assert [one.declared for one in found] == ["", "4,125"]


def test_no_formula_leaves_with_a_table(session, who, area):
    row = plot(session, area, who, square(), name="=HYPERLINK(1)")

    table = export_plots([row], PlotFormat.CSV).decode()

    assert ";=" not in table
    assert "\n=" not in table
    assert "'=HYPERLINK(1)" in table


def test_a_csv_in_windows_1258_is_read_with_its_tones():
    name = "Thửa của bà Nguyễn Thị Ẩn"
    text = by_points(SQUARE, cut=";").replace("Thửa 1", name)

    _, found = read_plots(text.encode("utf-8"))
    _, old = read_plots(_in_1258(text))

    assert [one.name for one in old] == [one.name for one in found] == [name]
    assert [one.shape for one in old] == [one.shape for one in found]


def _in_1258(text):
    """As programs of that code write: tones follow their letters."""
    whole = unicodedata.normalize("NFD", text)
    kept = ("\u0302", "\u0306", "\u031b")  # these stay with their letter
    for mark in kept:
        for letter in "aAeEoOuU":
            joined = unicodedata.normalize("NFC", letter + mark)
            whole = whole.replace(letter + mark, joined)
            for tone in "\u0300\u0301\u0303\u0309\u0323":
                whole = whole.replace(letter + tone + mark, joined + tone)
    return whole.encode("cp1258")

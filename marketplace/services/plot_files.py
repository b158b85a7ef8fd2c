"""A file of plots, whatever its format: told by what is in it, not by its name."""

from __future__ import annotations

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plot_rows import MOST_PLOTS, FilePlot
from marketplace.domain.words_plots import PlotFormat
from marketplace.services.plot_csv import read_csv_plots
from marketplace.services.plot_geojson import read_geojson
from marketplace.services.plot_kml import read_kml, read_kmz

MOST_BYTES = 2_000_000


def read_plots(data: bytes, field: str = "file") -> tuple[PlotFormat, list[FilePlot]]:
    """The plots of a file; refused if it is none, is too large, or has too many."""
    if not data.strip():
        raise Refused(N_("Chọn tệp GeoJSON, KML, KMZ hoặc CSV"), field)
    if len(data) > MOST_BYTES:
        raise Refused(N_("Tệp lớn hơn 2 MB, chia nhỏ rồi gửi lại"), field)
    kind, found = _read(data, field)
    if not found:
        raise Refused(N_("Tệp không có thửa nào"), field)
    if len(found) > MOST_PLOTS:
        message = N_("Tệp có %(count)s thửa, mỗi lần nhập nhiều nhất %(most)s")
        raise Refused(message, field, count=len(found), most=MOST_PLOTS)
    return kind, found


def _read(data: bytes, field: str) -> tuple[PlotFormat, list[FilePlot]]:
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if data.startswith(b"PK"):
        return PlotFormat.KML, read_kmz(data, field)
    if start in (b"{", b"["):
        return PlotFormat.GEOJSON, read_geojson(data, field)
    if start == b"<":
        return PlotFormat.KML, read_kml(data, field)
    return PlotFormat.CSV, read_csv_plots(data, field)

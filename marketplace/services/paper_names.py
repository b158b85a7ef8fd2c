"""What a paper is called in a notice and in a letter, in the reader's language."""

from __future__ import annotations

from marketplace.domain.words import CertificateScheme, Market
from marketplace.services.paper_rows import Row, named_paper

_SCHEMES: dict[CertificateScheme, tuple[str, str]] = {
    CertificateScheme.VIETGAP: ("VietGAP", "VietGAP"),
    CertificateScheme.GLOBALGAP: ("GlobalG.A.P.", "GlobalG.A.P."),
    CertificateScheme.ORGANIC_TCVN: ("Hữu cơ TCVN", "TCVN organic"),
    CertificateScheme.FOOD_SAFETY: ("Giấy an toàn thực phẩm", "Food-safety paper"),
    CertificateScheme.SAFETY_COMMITMENT: ("Bản cam kết an toàn", "Safety commitment"),
    CertificateScheme.OCOP: ("OCOP", "OCOP"),
    CertificateScheme.HACCP: ("HACCP", "HACCP"),
    CertificateScheme.ISO22000: ("ISO 22000", "ISO 22000"),
}
_MARKETS: dict[Market, tuple[str, str]] = {
    Market.DOMESTIC: ("trong nước", "domestic"),
    Market.US: ("Mỹ", "United States"),
    Market.CN: ("Trung Quốc", "China"),
    Market.AU: ("Úc", "Australia"),
    Market.NZ: ("New Zealand", "New Zealand"),
}


def paper_names(row: Row) -> tuple[str, str]:
    """`VietGAP số VG-12` and `VietGAP no. VG-12`; a code with its market."""
    number, value = named_paper(row)
    if value.scheme is not None:
        vi, en = _SCHEMES[value.scheme]
        return f"{vi} số {number}", f"{en} no. {number}"
    assert value.market is not None
    vi, en = _MARKETS[value.market]
    if value.packing:
        return f"Mã đóng gói {number}, {vi}", f"Packing-house code {number}, {en}"
    return f"Mã vùng {number}, {vi}", f"Growing-area code {number}, {en}"


def market_name(market: Market, lang: str) -> str:
    """The name of a market in the language of a paper."""
    return _MARKETS[market][0 if lang == "vi" else 1]

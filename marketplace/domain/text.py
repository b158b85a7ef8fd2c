"""Vietnamese text: folding for search, order for lists, short names."""

from __future__ import annotations

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=2)}
_SHAPES = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn
# Dictionaries order the tones: level, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

# What an organisation is and does comes before what it is called.
_GENERIC = (
    "lien hiep", "hop tac xa", "to hop tac", "htx", "dvnn", "dich vu", "nong nghiep",
    "nong san", "san xuat", "cong ty", "trach nhiem huu han", "tnhh", "co phan", "cp",
    "mot thanh vien", "hai thanh vien", "mtv", "chuoi", "sieu thi", "cua hang",
    "doanh nghiep", "tu nhan", "ho kinh doanh", "trang trai", "thuong mai", "va",
    "xuat nhap khau", "xuat khau", "che bien", "cay an qua", "huu co", "trai cay",
)  # fmt: skip


def fold(text: str) -> str:
    """Lower case without marks and with single spaces: what search compares."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    # Folding may lay bare a capital (as in "™"), hence the second casefold.
    return " ".join(kept.replace("đ", "d").casefold().split())


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Order of a Vietnamese dictionary: letters first, then tones.

    Digits and signs come before letters; the text itself breaks a tie.
    """
    letters: list[int] = []
    tones: list[int] = []
    for cluster in _clusters(text.casefold()):
        base = unicodedata.normalize("NFC", cluster[0] + _shape(cluster))
        letters.append(_rank(base))
        tones.append(max((_TONES.get(mark, 0) for mark in cluster[1:]), default=0))
    return tuple(letters), tuple(tones), text


def short_name(name: str) -> str:
    """What an organisation is called without the words of its kind.

    "HTX dịch vụ nông nghiệp Bảo Minh" is "Bảo Minh". A name made only of
    such words stays as it is.
    """
    words = name.split()
    while length := _generic_length(words):
        del words[:length]
    return " ".join(words) or " ".join(name.split())


def initials(name: str, most: int = 2) -> str:
    """Capitals for the round sign of an organisation: "Bảo Minh" is "BM"."""
    letters = [word[0] for word in short_name(name).split() if word[0].isalnum()]
    return "".join(letters[:most]).upper()


def code_name(name: str) -> str:
    """Short name in plain capitals, for contract numbers: "BAOMINH"."""
    return "".join(c for c in fold(short_name(name)) if c.isalnum()).upper()


def _generic_length(words: list[str]) -> int:
    """How many words at the start say only what kind it is."""
    folded = fold(" ".join(words)) + " "
    for phrase in _GENERIC:
        if folded.startswith(phrase + " "):
            return phrase.count(" ") + 1
    return 0


def _clusters(text: str) -> list[str]:
    clusters: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _shape(cluster: str) -> str:
    return "".join(mark for mark in cluster[1:] if mark in _SHAPES)


def _rank(letter: str) -> int:
    if letter in _RANK:
        return _RANK[letter]
    if letter.isspace():
        return 0
    # Any other letter stands behind z, any sign or digit before a.
    return 100 + ord(letter[0]) if letter[0].isalpha() else 1

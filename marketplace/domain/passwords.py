"""Which passwords are too easy to guess: short, common, or about oneself."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold

SHORTEST, LONGEST = 10, 128

# What people choose first, in Vietnam and elsewhere, folded and without spaces.
_COMMON = frozenset(
    [
        "password",
        "password1",
        "password12",
        "password123",
        "passw0rd",
        "matkhau",
        "matkhau1",
        "matkhau12",
        "matkhau123",
        "matkhau1234",
        "123456",
        "1234567",
        "12345678",
        "123456789",
        "1234567890",
        "0123456789",
        "12345678910",
        "0987654321",
        "9876543210",
        "1234512345",
        "1122334455",
        "1111111111",
        "0000000000",
        "1234567891",
        "123123123",
        "123123123123",
        "1231231234",
        "123456123456",
        "qwerty",
        "qwertyuiop",
        "qwerty123",
        "qwerty1234",
        "qwerty12345",
        "qwertyuiop1",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "asdfghjkl",
        "asdfghjkl1",
        "zxcvbnm123",
        "abc123",
        "abc123456",
        "abcd123456",
        "abcdefghij",
        "abcdef1234",
        "a123456789",
        "aa123456789",
        "aa12345678",
        "admin",
        "admin123",
        "admin12345",
        "administrator",
        "iloveyou",
        "iloveyou123",
        "iloveyou1234",
        "anhyeuem",
        "anhyeuem123",
        "emyeuanh123",
        "yeuemnhieu",
        "vietnam",
        "vietnam123",
        "vietnam1234",
        "vietnam2025",
        "vietnam2026",
        "vietnamvodich",
        "hanoi123456",
        "saigon12345",
        "sonla123456",
        "songma12345",
        "songma123456",
        "sonla12345",
        "nhanlong123",
        "htx1234567",
        "hoptacxa",
        "hoptacxa1",
        "hoptacxa12",
        "hoptacxa123",
        "hoptacxa1234",
        "nongnghiep",
        "nongnghiep1",
        "nongnghiep123",
        "nongsan123",
        "lienket",
        "lienket123",
        "lienket1234",
        "lienketsongma",
        "nhansongma",
        "xoaisongma",
        "letmein",
        "welcome",
        "welcome123",
        "welcome1234",
        "football",
        "baseball",
        "dragon",
        "monkey",
        "master",
        "superman",
        "princess",
        "sunshine",
        "changeme",
        "changeme123",
        "secret1234",
        "default123",
        "test123456",
        "tester1234",
        "guest12345",
        "login12345",
        "khongbiet",
        "khongbiet1",
        "khongbiet123",
        "quenmatkhau",
        "quenmatkhau1",
        "conmeo1234",
        "giadinh123",
        "hanhphuc123",
    ]
)
# Words of this place: alone, or with figures around them, they are guessed at once.
_CONTEXT = (
    "lienketsongma", "lienket", "songma", "sonla", "hoptacxa", "nongnghiep", "nongsan",
    "matkhau", "password", "vietnam", "hanoi",
)  # fmt: skip


def refuse_weak_password(
    password: str, about: Iterable[str] = (), *, field: str = "password"
) -> None:
    """Refuse what is too short, too long, common, monotonous or about the person."""
    if len(password) < SHORTEST:
        raise Refused(
            N_("Mật khẩu cần ít nhất %(least)d ký tự, ví dụ bốn từ không liên quan"),
            field,
            least=SHORTEST,
        )
    if len(password) > LONGEST:
        raise Refused(N_("Mật khẩu dài nhất %(most)d ký tự"), field, most=LONGEST)
    if _is_easy(password, about):
        raise Refused(
            N_("Mật khẩu này dễ đoán. Chọn vài từ không liên quan đến nhau"), field
        )


def _is_easy(password: str, about: Iterable[str]) -> bool:
    plain = "".join(fold(password).split())
    if plain in _COMMON or len(set(plain)) < 4 or _is_run(plain):
        return True
    bare = plain.strip("0123456789!@#$%^&*._-+?")
    if not bare:
        return True
    own = {"".join(fold(word).split()) for word in _words_about(about)}
    return bare in own | set(_CONTEXT) | _COMMON


def _words_about(about: Iterable[str]) -> Iterable[str]:
    for text in about:
        yield text
        yield text.partition("@")[0]
        yield from (word for word in text.split() if len(word) > 2)


def _is_run(text: str) -> bool:
    """1234567890 or abcdefghij: each sign follows the one before it."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1}, {0})

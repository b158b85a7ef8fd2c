"""Names that people see: no hidden signs, no look-alikes."""

from __future__ import annotations

import unicodedata

from marketplace.domain.errors import N_, Refused

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Letters of other scripts, and digits, that look like a Latin letter.
_LOOK_ALIKES = str.maketrans(
    {
        # Cyrillic
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j",
        "к": "k", "ӏ": "l", "м": "m", "н": "h", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s",
        "т": "t", "у": "y", "ѵ": "v", "х": "x", "ԝ": "w", "ё": "e", "г": "r",
        # Greek
        "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "m", "ν": "v",
        "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "σ": "o",
        # Armenian and Latin relatives
        "օ": "o", "ս": "u", "ո": "n", "հ": "h", "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i",
        "ð": "đ", "ɖ": "đ", "ƀ": "b", "ⅼ": "l",
        # Digits and signs
        "0": "o", "1": "l", "5": "s", "|": "l",
    }
)  # fmt: skip


def skeleton(name: str) -> str:
    """What is left of a name for the eye: equal skeletons look alike.

    Vietnamese marks stay, since they tell names apart; case, script, spaces
    and signs do not. Idempotent.
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = unicodedata.normalize("NFKD", text).translate(_LOOK_ALIKES)
    kept = "".join(c for c in text if c.isalnum() or unicodedata.combining(c))
    # "I" and "l" are one stroke in many typefaces, "r" and "n" are nearly "m".
    kept = kept.replace("i", "l").replace("rn", "m")
    return unicodedata.normalize("NFC", kept)


def clean_text(text: str, *, long: bool = False, field: str | None = None) -> str:
    """Give NFC text with single spaces; refuse controls and hidden signs.

    Only a long text keeps its line breaks.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    lines = text.replace("\t", " ").split("\n") if long else [text]
    for line in lines:
        _refuse_hidden(line, field)
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _refuse_hidden(text: str, field: str | None) -> None:
    for char in text:
        if unicodedata.category(char) in _REFUSED_CATEGORIES:
            raise Refused(
                N_("Có ký tự ẩn hoặc lạ (%(code)s), xóa đi rồi nhập lại"),
                field,
                code=f"U+{ord(char):04X}",
            )

"""What a payment says that it is for."""

import pytest

from marketplace.domain.payment_words import named_note


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("FT123\nPhiếu giao nhận 3", 3),
        ("tra tien phieu so 12, dot 2", 12),
        ("03/PGN", 3),
        ("phiếu 3 (03/PGN)", 3),
        ("phiếu 3, 4", None),
        ("phiếu 3 và phiếu 4", None),
        ("phiếu 3 và 4", None),
        ("FT3", None),
        ("", None),
    ],
)
def test_a_payment_names_one_delivery_note_or_none(words, number):
    assert named_note(words) == number

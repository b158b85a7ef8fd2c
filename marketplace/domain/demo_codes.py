"""Fictional codes with right check digits; no real party holds them."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.domain.identity import gs1_check_digit, tax_check_digit

_TAX_PREFIX = "5599"
_GLN_PREFIX = "8939999"


def demo_tax_codes() -> Iterator[str]:
    """All valid codes of the fictional range 5599, smallest first."""
    for serial in range(1, 100_000):
        body = f"{_TAX_PREFIX}{serial:05d}"
        digit = tax_check_digit(body)
        if digit is not None:
            yield f"{body}{digit}"


def demo_gln(serial: int) -> str:
    """A location number of 13 digits; `serial` is 1 to 99999."""
    body = f"{_GLN_PREFIX}{serial:05d}"
    return f"{body}{gs1_check_digit(body)}"

"""A place in full, from the house to the country, as strangers need it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from marketplace.domain.admin_units import bare_name, own_name


def full_address(
    units: Sequence[str],
    lang: str,
    *,
    street: str = "",
    country: str = "",
    inside: bool = False,
) -> str:
    """Street, units from the smallest on, and the country, each said once.

    A Vietnamese reader is told the kind of the units below the province; to others
    it is a word without meaning. `inside` a sentence nothing begins it.
    """
    parts = [street.strip(" ,"), *_named(units, street, lang), country]
    told = [one for one in parts if one]
    begins = 0 if inside else 1
    return ", ".join([*told[:begins], *map(_within, told[begins:])])


def _named(units: Sequence[str], street: str, lang: str) -> Iterator[str]:
    """What the street does not say already."""
    said = {bare_name(part) for part in street.split(",")}
    for place, name in enumerate(units, 1):
        if bare_name(name) not in said:
            whole = lang == "vi" and place < len(units)
            yield name if whole else own_name(name)


def _within(part: str) -> str:
    """The word of a kind is small inside a sentence: xã Sông Mã."""
    kind = part.removesuffix(f" {own_name(part)}")
    return part if kind == part else kind.lower() + part.removeprefix(kind)

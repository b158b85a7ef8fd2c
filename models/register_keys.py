"""The key by which a paper is in the register once, however its number was typed."""

from __future__ import annotations

from sqlalchemy.orm import validates

from marketplace.domain.papers import register_key
from models.database import Mapped, Words

_SAID = ("code", "number", "issuer")


class OneNumber:
    """A paper with a number, and an issuer where its kind has several.

    The key follows what is written; it is unique among the papers of a kind.
    """

    register_key: Mapped[Words]

    @validates(*_SAID)
    def _follow(self, name: str, value: str) -> str:
        said = {one: getattr(self, one, None) or "" for one in _SAID} | {name: value}
        self.register_key = register_key(said["number"] or said["code"], said["issuer"])
        return value

"""What a rule says when it refuses, in words that the edge translates."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the mark that extraction looks for
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


class Refused(Exception):
    """A rule forbids what was asked.

    `message` is a Vietnamese message id with `%(name)s` places, `params` fill
    them, `field` names the form field that the message belongs to.
    """

    def __init__(
        self, message: str, field: str | None = None, **params: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(Refused):
    """The object is not there, or not for this actor: both look the same."""

    def __init__(self) -> None:
        super().__init__(N_("Không tìm thấy"))


class Conflict(Refused):
    """Somebody else was faster; the caller may look again and retry."""

"""What a rule says, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale, gettext

from marketplace.domain.formats import written


def said(message: str, params: Mapping[str, object]) -> str:
    """The message of a refusal or a finding with its places filled.

    A place may hold a message itself, such as the title of a condition.
    """
    lang = "en" if str(get_locale()) == "en" else "vi"
    filled = {
        name: gettext(value) if isinstance(value, str) and value else value
        for name, value in written(params, lang).items()
    }
    return str(gettext(message, **filled))

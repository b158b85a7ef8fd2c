"""The words of a letter: a greeting, what happened, one link."""

from __future__ import annotations

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any
from urllib.parse import urlsplit

from flask_babel import force_locale
from flask_babel import gettext as _

from marketplace.domain.words import NoticeKind
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import said_of
from marketplace.services.tokens import (
    INVITATION,
    RESET_PASSWORD,
    VERIFY_EMAIL,
    sign_nonce,
)
from models.notices import Letter

# Letters whose link is a right: where it leads and what signs it.
_LINKS = {
    NoticeKind.VERIFY_EMAIL: ("/xac-nhan-thu/", VERIFY_EMAIL),
    NoticeKind.RESET_PASSWORD: ("/dat-lai-mat-khau/", RESET_PASSWORD),
    NoticeKind.INVITATION: ("/loi-moi/", INVITATION),
}


def compose(letter: Letter, config: Mapping[str, Any]) -> EmailMessage:
    """The message in the reader's language; the link is signed now, never stored."""
    base = str(config["BASE_URL"]).rstrip("/")
    with force_locale(letter.locale):
        said = said_of(letter.kind, letter.params)
        params = shown_params(letter.params, letter.locale)
        title = _(said.title) % params
        link = base + _path(letter, config)
        greeting = _("Chào %(name)s,", name=letter.recipient_name)
        lines = [greeting] if letter.recipient_name else []
        lines += [_(said.text) % params]
        button = _(said.button)
        foot = _("Liên kết Sông Mã gửi thư này tự động.")
    message = _envelope(letter, title, str(config["MAIL_FROM"]), base)
    message.set_content("\n\n".join([*lines, f"{button}:\n{link}", foot]) + "\n")
    message.add_alternative(_html(lines, button, link, foot), subtype="html")
    return message


def _envelope(letter: Letter, title: str, sender: str, base: str) -> EmailMessage:
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(
        _one_line(letter.recipient_name), addr_spec=letter.recipient
    )
    message["Subject"] = _one_line(title)
    message["Date"] = format_datetime(letter.created_at)
    host = urlsplit(base).hostname or "localhost"
    # Fixed: a letter sent twice is recognised as the same.
    message["Message-ID"] = f"<{letter.public_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _path(letter: Letter, config: Mapping[str, Any]) -> str:
    if letter.kind not in _LINKS:
        noun, _colon, public_id = letter.subject.partition(":")
        return f"/mo/{noun}/{public_id}"
    path, purpose = _LINKS[letter.kind]
    keys = [*config.get("SECRET_KEY_FALLBACKS", ()), config["SECRET_KEY"]]
    nonce = letter.subject.partition(":")[2]
    return path + sign_nonce(keys, purpose, nonce)


def _html(lines: list[str], button: str, link: str, foot: str) -> str:
    """Plain markup: mail programs drop most styles, and the link must stay seen."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    target = escape(link, quote=True)
    return (
        f"<!doctype html><html><body>{body}"
        f'<p><a href="{target}"><b>{escape(button)}</b></a><br>'
        f"<small>{target}</small></p><p><small>{escape(foot)}</small></p>"
        "</body></html>"
    )

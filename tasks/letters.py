"""Send what lies in the outbox: by SMTP, or as files where there is no server."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app

from marketplace.services.letters import claim_letter, fail_letter, finish_letter
from models.database import transaction
from tasks.handlers import JobRun, handles
from tasks.letter_text import compose

log = logging.getLogger(__name__)

MOST_IN_A_TURN = 100
PATIENCE = 20  # seconds for the mail server; well within the lease of a letter


@handles("letters.send")
def send_letters(job: JobRun) -> dict[str, Any]:
    """Send until nothing is due; each letter in transactions of its own."""
    sent = failed = 0
    while sent + failed < MOST_IN_A_TURN:
        outcome = send_next_letter()
        if outcome is None:
            break
        sent, failed = sent + outcome, failed + (not outcome)
    return {"sent": sent, "failed": failed, "attempt": job.attempt}


def send_next_letter() -> bool | None:
    """Claim and send one letter; None if none is due, False if it did not go."""
    with transaction() as session:
        letter = claim_letter(session)
        if letter is None:
            return None
        key, fence, public_id = letter.id, letter.fence, letter.public_id
        message = compose(letter, current_app.config)
    try:
        deliver(message, current_app.config["MAIL_URL"], public_id)
    except (OSError, smtplib.SMTPException) as error:
        # Not the error's words: they may hold the address.
        log.warning("Letter %s was not sent: %s", public_id, type(error).__name__)
        with transaction() as session:
            fail_letter(session, key, fence, f"{type(error).__name__}: {error}")
        return False
    with transaction() as session:
        finish_letter(session, key, fence)
    log.info("Letter %s was sent", public_id)
    return True


def deliver(message: EmailMessage, url: str, name: str) -> None:
    """Hand the message over to the server of `url`, or into its folder."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.eml").write_bytes(bytes(message))
        return
    secure = parts.scheme == "smtps"
    opener = smtplib.SMTP_SSL if secure else smtplib.SMTP
    port = parts.port or (465 if secure else 587 if parts.username else 25)
    with opener(parts.hostname or "localhost", port, timeout=PATIENCE) as server:
        if not secure and server.ehlo() and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)

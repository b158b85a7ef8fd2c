"""Copies of papers: sniffed, bounded, replaced and never removed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.paper_files import MOST_FILES, MOST_PDF, FileKind
from marketplace.domain.words import PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.paper_documents import prepare_document
from marketplace.services.paper_files import (
    access_paper_file,
    add_paper_files,
    all_paper_files,
    list_paper_files,
    read_paper_file,
)
from marketplace.services.paper_history import list_paper_events
from marketplace.services.paper_review import stamp_of, verify_paper
from models.paper_files import PaperBlob
from tests import photo_rows
from tests.factories import NOW, TODAY
from tests.paper_rows import PDF
from tests.services.test_papers import by


@pytest.fixture
def held(session, make):
    organisation = make.organisation()
    return make.member(organisation), make.certificate(organisation, verified=False)


def send(session, held, *bodies, replaces=None):
    who, row = held
    sent = [(f"{n}.bin", prepare_document(body)) for n, body in enumerate(bodies)]
    return add_paper_files(
        session, who, row, sent, replaces=replaces, today=TODAY, now=NOW
    )


def test_the_kind_is_read_from_the_bytes_and_a_picture_is_drawn_anew(session, held):
    picture, paper = send(session, held, photo_rows.with_place(), PDF)

    assert (picture.kind, paper.kind) == (FileKind.JPEG, FileKind.PDF)
    kept = read_paper_file(session, picture, small=False)
    assert photo_rows.PLACE.encode() not in kept
    assert read_paper_file(session, paper, small=False) == PDF
    with pytest.raises(NotFound):
        read_paper_file(session, paper, small=True)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 a spreadsheet",
        b"GIF89a" + bytes(40),
        photo_rows.jpeg()[:200],
        PDF[:-8],
        b" " + PDF,
        PDF.replace(b"endobj", b"/Encrypt endobj"),
        PDF.replace(b"endobj", b"/OpenAction<</S/JavaScript/JS(x)>>endobj"),
        PDF.replace(b"endobj", b"/Launch endobj"),
        PDF[:-6] + bytes(MOST_PDF) + b"%%EOF",
    ],
)
def test_hostile_and_broken_files_are_refused(sent):
    with pytest.raises(Refused):
        prepare_document(sent)


def test_a_copy_is_replaced_and_stays(session, held):
    (old,) = send(session, held, photo_rows.jpeg(1))

    (new,) = send(session, held, photo_rows.jpeg(2), replaces=old)

    assert list_paper_files(session, held[1]) == [new]
    assert all_paper_files(session, held[1]) == [old, new]
    assert (old.replaced_by_id, old.replaced_at) == (new.id, NOW)
    assert read_paper_file(session, old, small=True)
    kinds = [event.kind for event in list_paper_events(session, held[1])]
    assert kinds == [PaperEventKind.FILE_REPLACED, PaperEventKind.FILE_ADDED]
    with pytest.raises(NotFound):
        send(session, held, photo_rows.jpeg(3), replaces=old)


def test_the_same_copy_is_kept_once_and_only_so_many_stand(session, held):
    send(session, held, PDF, PDF)
    assert send(session, held, PDF) == []
    assert session.scalar(select(func.count()).select_from(PaperBlob)) == 1

    with pytest.raises(Refused):
        send(session, held, *map(photo_rows.jpeg, range(MOST_FILES)))

    assert len(list_paper_files(session, held[1])) == 1


def test_an_officer_verifies_only_with_the_copies_on_the_page(session, make, held):
    seen = stamp_of(held[1])
    send(session, held, PDF)
    session.flush()

    with pytest.raises(Conflict):
        verify_paper(session, held[1], by(make.officer()), seen=seen)


def test_a_paper_that_is_over_takes_no_more_copies(session, held):
    held[1].state = PaperState.REVOKED
    session.flush()

    with pytest.raises(Refused):
        send(session, held, PDF)


def test_only_the_holder_and_officers_of_the_scope_see_a_copy(session, make, held):
    (file,) = send(session, held, PDF)

    for who in (held[0], make.officer()):
        assert access_paper_file(session, who, file.public_id) is file
    for stranger in (make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            access_paper_file(session, stranger, file.public_id)

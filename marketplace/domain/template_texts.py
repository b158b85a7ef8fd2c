"""The clauses of a template: their words, their order, and what must hold of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.domain import clause_texts_en, clause_texts_vi
from marketplace.domain.canonical import digest_of
from marketplace.domain.clauses import CLAUSE_BY_KEY, CLAUSES, Clause
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.linkage import STAGES_OF_FORM
from marketplace.domain.template_places import places_of, wrong_places
from marketplace.domain.words import ClauseNeed, LinkageForm, Severity

LONGEST_TEXT = 3_000
FIELDS = ("plain_vi", "legal_vi", "plain_en", "legal_en")
DEFAULT_OPTIONAL = ("advance_deposit", "risk_sharing", "hardship")
_FIRST = (clause_texts_vi.TEXTS, clause_texts_en.TEXTS)


@dataclass(frozen=True)
class ClauseText:
    """The words of a clause in a template; `key` may name one of several ways.

    Of an optional clause `included` says whether contracts have it.
    """

    key: str
    need: ClauseNeed
    plain_vi: str
    legal_vi: str
    plain_en: str
    legal_en: str
    included: bool = True

    @property
    def clause(self) -> Clause:
        return CLAUSE_BY_KEY[self.key.partition(".")[0]]

    def reworded(self, words: Mapping[str, str], *, included: bool) -> ClauseText:
        """With other words, by the names in `FIELDS`."""
        return ClauseText(
            key=self.key,
            need=self.need,
            plain_vi=words["plain_vi"],
            legal_vi=words["legal_vi"],
            plain_en=words["plain_en"],
            legal_en=words["legal_en"],
            included=included,
        )

    @property
    def way(self) -> str:
        """Which of several ways to word the clause, such as a price mode."""
        return self.key.partition(".")[2]


def first_texts(
    form: LinkageForm | None = None, optional: Collection[str] = DEFAULT_OPTIONAL
) -> tuple[ClauseText, ...]:
    """Version 1 of a form's template; without a form, every clause there is."""
    return tuple(
        _first(key, clause, optional)
        for clause in CLAUSES
        if form is None or _belongs(clause, form)
        for key in _FIRST[0]
        if key.partition(".")[0] == clause.key
    )


def _belongs(clause: Clause, form: LinkageForm) -> bool:
    return clause.stage is None or clause.stage in STAGES_OF_FORM[form]


def _first(key: str, clause: Clause, optional: Collection[str]) -> ClauseText:
    (plain_vi, legal_vi), (plain_en, legal_en) = (texts[key] for texts in _FIRST)
    need = clause.need
    return ClauseText(
        key=key,
        need=ClauseNeed.MANDATORY if need is ClauseNeed.IF_STAGE else need,
        plain_vi=plain_vi,
        legal_vi=legal_vi,
        plain_en=plain_en,
        legal_en=legal_en,
        included=need is not ClauseNeed.OPTIONAL or clause.key in optional,
    )


def wanted_places(key: str) -> frozenset[str]:
    """What the legal words of a clause must state, as version 1 states it."""
    return places_of(clause_texts_vi.TEXTS[key][1])


def check_texts(form: LinkageForm, texts: Sequence[ClauseText]) -> list[Finding]:
    """All that forbids these words; `field` is the clause's key and the column.

    The clauses are those of the form, each once, in any order.
    """
    due = Counter(text.key for text in first_texts(form))
    if Counter(text.key for text in texts) != due:
        message = N_("Các điều khoản không khớp với hình thức liên kết")
        return [Finding("TP-01", Severity.ERROR, message)]
    return [finding for text in texts for finding in _check_text(text)]


def _check_text(text: ClauseText) -> Iterator[Finding]:
    wanted = wanted_places(text.key)
    for name in FIELDS:
        words, field = getattr(text, name), f"{text.key}:{name}"
        if not words.strip():
            message = N_("Nhập lời của điều khoản này")
            yield Finding("TP-02", Severity.ERROR, message, field=field)
            continue
        if len(words) > LONGEST_TEXT:
            message = N_("Viết ngắn hơn 3.000 chữ")
            yield Finding("TP-03", Severity.ERROR, message, field=field)
        due = wanted if name.startswith("legal") else ()
        for message, place in wrong_places(words, due):
            shown = place if place in "{}" else f"{{{place}}}"
            yield Finding(
                "TP-04", Severity.ERROR, message, {"name": shown}, field=field
            )


def digest_texts(form: LinkageForm, version: int, texts: Sequence[ClauseText]) -> str:
    """SHA-256 over the words of a version in their order."""
    return digest_of(
        {
            "form": form,
            "version": version,
            "clauses": [_plain(text) for text in texts],
        }
    )


def _plain(text: ClauseText) -> Mapping[str, object]:
    words = {name: getattr(text, name) for name in FIELDS}
    return {"key": text.key, "need": text.need, "included": text.included, **words}

"""Everything that is said in Vietnamese is said in English, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from jinja2 import nodes

from config import ROOT

ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
# The same options as in `./dev messages`.
KEYWORDS = ("-k", "N_", "-k", "_l", "-k", "_n:1,2")
PLACES = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
VIETNAMESE = re.compile(r"[à-ãè-êìíò-õùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
MARKS = {"_", "_l", "_n", "N_", "gettext", "ngettext", "lazy_gettext"}

# What keeps its Vietnamese spelling in an English sentence.
OWN_NAMES = (
    "Liên kết Sông Mã",
    "Liên kết",
    "Sông Mã",
    "Mã river",
    "Sơn La",
    "Sào",
    "sào",
    "Nhãn miền Thiết",
    "mã vùng Mỹ",
    "Kho Đông Anh, Hà Nội",
    "Chiềng Khoong",
    "Nà Nghịu",
    "Vườn nhãn bản Mo",
    "Xưởng sấy bản Mo",
    "tỷ (billion)",
)
# Words without Vietnamese letters that are not English either.
CODES = {
    "com",
    "mail",
    "ten",
    "ha",
    "htx",
    "kg",
    "km",
    "vn",
    "xlsx",
    "Excel",
    "GlobalG",
    "New",
    "VietGAP",
    "Zealand",
}
SYLLABLE = re.compile(
    r"(ngh?|nh|[cgkpt]h|gi|qu|tr|[bcdghklmnrstvx])?[aeiouy]{1,3}(ch|n[gh]?|[cmpt])?",
    re.IGNORECASE,
)
# One notion, one word (glossary of the product).
TERMS = {
    "đề nghị lại": ("counter-offer",),
    "đợt giao": ("deliver",),
    "đề xuất": ("propos",),
    "nghiệm thu": ("inspect",),
    "mã số vùng trồng": ("growing area code",),
    "chuỗi phát triển sản phẩm": ("product development chain",),
    "chuỗi cung ứng nông sản an toàn": ("safe agricultural supply chain",),
    "đơn mua": ("offer",),
    "vụ thu hoạch": ("harvest",),
    "hợp đồng": ("contract",),
    "hợp tác xã": ("cooperative",),
    "doanh nghiệp": ("enterprise", "exporter"),
    "truy xuất": ("trac",),
    "đ/kg": ("VND/kg",),
}
# Vietnamese that is data or paper, not words of a page.
NOT_WORDS = (
    "templates/style/",  # samples on the page of components
    "templates/pdf/",  # Typst, filled by services/contract_pdf.py in both languages
    "marketplace/demo/",  # people and places of the demo market
    "marketplace/domain/amendment",  # legal texts, kept in both languages
    "marketplace/domain/clause",  # legal texts, kept in both languages
    "marketplace/domain/formats.py",  # units by language
    "marketplace/domain/names.py",  # letters
    "marketplace/domain/offer_sheet.py",  # what people type into a sheet
    "marketplace/domain/template_samples.py",  # a made-up contract
    "marketplace/domain/text.py",  # letters
    "marketplace/matching/prices.py",  # an error for programmers
    "marketplace/services/contract_content.py",  # number of a decree
    "marketplace/services/amendment_words.py",  # amendments in both languages
    "marketplace/services/contract_pdf.py",  # the contract in both languages
    "marketplace/services/paper_words.py",  # what papers share, in both languages
    "marketplace/services/paper_printing.py",  # the day over an official paper
    "marketplace/services/statement_words.py",  # a statement in both languages
    "marketplace/services/closing_words.py",  # a closing in both languages
    "marketplace/services/season_words.py",  # tables by season in both languages
    "marketplace/services/recognition_words.py",  # a recognition in both languages
    "marketplace/services/note_words.py",  # notes and inspections in both languages
    "marketplace/services/label_words.py",  # labels in both languages
    "marketplace/services/report_paper_words.py",  # forms of the province, in both languages
    "marketplace/services/paper_names.py",  # names of papers in both languages
    "marketplace/services/contracts.py",  # the letters of a contract number
    "marketplace/services/search.py",  # letters
    "marketplace/services/reference_units.py",  # names of units in the data
    "marketplace/web/cli_",  # what an operator reads in a terminal
    "marketplace/web/market_pages.py",  # what precedes the name of a commune
    "marketplace/web/naming.py",  # how newspapers write a number
    "marketplace/web/offer_sheets.py",  # examples in the template for Excel
    "marketplace/web/style.py",  # samples on the page of components
    "marketplace/web/tiles.py",  # names of communes
    "marketplace/web/words.py",  # dates by language
    "forms/offer_filling.py",  # headings that people paste
    # How papers cite the law, in both languages at once.
    "marketplace/services/law_words.py",
)
LANGUAGE = "Tiếng Việt"  # a language is named in itself


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Catalog:
    """What the code says now."""
    pot = tmp_path_factory.mktemp("words") / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), *KEYWORDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run([*command, "--omit-header", "-o", str(pot), "."])
    return read(pot)


@pytest.fixture(scope="module")
def english() -> Catalog:
    return read(ENGLISH)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The singular and the plural, or the one form there is."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def pairs(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for message in messages(catalog):
        for said in filter(None, forms(message.string)):
            yield forms(message.id)[0], said


# --- the catalogue --------------------------------------------------------------


def test_every_message_has_an_english_one(template, english):
    known = {
        forms(message.id)
        for message in messages(english)
        if all(forms(message.string)) and not message.fuzzy
    }

    missing = {forms(message.id) for message in messages(template)} - known

    assert sorted(missing) == []


def test_the_catalogue_keeps_nothing_that_is_no_longer_said(template, english):
    said = {forms(message.id) for message in messages(template)}
    kept = {forms(message.id) for message in messages(english)}

    assert sorted(kept - said) == []
    assert not english.obsolete


def test_a_count_has_two_english_forms(template, english):
    counted = [m for m in messages(template) if m.pluralizable]

    assert counted
    for message in counted:
        assert len(forms(english.get(message.id).string)) == 2, message.id


def test_places_are_kept_and_can_be_filled(english):
    for there, here in pairs(english):
        assert set(PLACES.findall(here)) == set(PLACES.findall(there)), there
        if "%(" in here:
            assert here % defaultdict(int), there


def test_places_are_named(template):
    """A translator may change the order of names, not of bare signs."""
    for message in messages(template):
        for text in forms(message.id):
            assert not re.search(r"%[a-z]", text), text


def test_a_sentence_ends_as_in_vietnamese(english):
    for there, here in pairs(english):
        ends = there[-1:] if there[-1:] in ".?:!…" else ""
        assert (here[-1:] if here[-1:] in ".?:!…" else "") == ends, there
        assert here == " ".join(here.split()), there
        assert "!" not in here, there


def test_english_is_in_english(english):
    for there, here in pairs(english):
        rest = here
        for name in OWN_NAMES:
            rest = rest.replace(name, "")
        assert not VIETNAMESE.search(rest), there


def test_vietnamese_is_in_vietnamese(template):
    for message in messages(template):
        text = forms(message.id)[0]
        if VIETNAMESE.search(text):
            continue
        for word in re.findall(r"[A-Za-z]+", PLACES.sub("", text)):
            known = word.isupper() or word in CODES or SYLLABLE.fullmatch(word)
            assert known, text


def test_one_notion_has_one_word(english):
    for there, here in pairs(english):
        for term, words in TERMS.items():
            if re.search(rf"(?<!\w){term}(?!\w)", there, re.IGNORECASE):
                assert any(word.lower() in here.lower() for word in words), there


def test_the_compiled_catalogue_answers(tmp_path):
    """Compiled as `./dev` does; pages find what is counted and what is not."""
    compiled = tmp_path / "messages.mo"
    command = ["pybabel", "-q", "compile", "-f", "-i", str(ENGLISH)]
    CommandLineInterface().run([*command, "-o", str(compiled)])
    with compiled.open("rb") as file:
        said = GNUTranslations(file)

    left = ("Còn %(num)d ngày", "Còn %(num)d ngày")
    assert said.gettext("%(amount)s đ/kg") == "%(amount)s VND/kg"
    assert said.ngettext(*left, 1) == "%(num)d day left"
    assert said.ngettext(*left, 2) == "%(num)d days left"


# --- the code -------------------------------------------------------------------


def files(*folders: str, ends: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            if path.suffix in ends and not place.startswith(NOT_WORDS):
                yield path


CODE = list(files("marketplace", "forms", "tasks", ends=(".py",)))
TEMPLATES = list(files("templates", ends=(".html", ".txt", ".svg")))


def mark_of(node: ast.AST) -> str:
    """The name by which words are marked, if this is such a call."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id if node.func.id in MARKS else ""
    return ""


def test_what_rules_say_is_in_the_catalogue(english):
    known = {form for message in messages(english) for form in forms(message.id)}
    found = [
        node.args[0].value
        for path in files("marketplace", ends=(".py",))
        for node in ast.walk(ast.parse(path.read_text()))
        if mark_of(node) in ("N_", "_l") and isinstance(node.args[0], ast.Constant)
    ]

    assert len(found) > 100
    assert [text for text in found if text not in known] == []


def test_marked_words_are_not_put_together():
    """Neither an f-string nor a sum can be looked up; a name of words can."""
    built = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files("marketplace", "forms", "tasks", ends=(".py",))
        for node in ast.walk(ast.parse(path.read_text()))
        if mark_of(node)
        and node.args
        and isinstance(node.args[0], ast.BinOp | ast.JoinedStr | ast.IfExp)
    ]
    built += [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in TEMPLATES
        for call in parsed(path).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in MARKS
        and isinstance(call.args[0], nodes.BinExpr | nodes.Concat | nodes.CondExpr)
    ]

    assert built == []


def test_vietnamese_stands_only_in_marked_words():
    bare = [
        f"{path.relative_to(ROOT)}:{line} {text.strip()[:60]}"
        for path in CODE
        for line, text in bare_literals(ast.parse(path.read_text()))
    ]
    bare += [
        f"{path.relative_to(ROOT)}:{line} {text.strip()[:60]}"
        for path in TEMPLATES
        for line, text in bare_words(parsed(path))
        if VIETNAMESE.search(text.replace(LANGUAGE, ""))
    ]

    assert bare == []


def bare_literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if VIETNAMESE.search(node.value):
            yield node.lineno, node.value
        return
    marked = node.args[:2] if isinstance(node, ast.Call) and mark_of(node) else []
    for child in ast.iter_child_nodes(node):
        if not (child in marked and isinstance(child, ast.Constant)):
            yield from bare_literals(child)


def parsed(path: Path) -> nodes.Template:
    return jinja2.Environment(autoescape=True).parse(path.read_text())


def bare_words(node: nodes.Node) -> Iterator[tuple[int, str]]:
    text = getattr(
        node, "data" if isinstance(node, nodes.TemplateData) else "value", ""
    )
    if isinstance(node, nodes.TemplateData | nodes.Const):
        if isinstance(text, str) and VIETNAMESE.search(text):
            yield node.lineno, text
        return
    marked: list[nodes.Expr] = []
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in MARKS:
        marked = node.args[:2]
    for child in node.iter_child_nodes():
        if not (isinstance(child, nodes.Const) and any(child is m for m in marked)):
            yield from bare_words(child)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("Đã gửi")', []),
        ('_("Đã gửi %(what)s", what="đơn")', ["đơn"]),
        ('flash(f"Đã gửi {name}")', ["Đã gửi "]),
        ('"""Đã gửi."""', []),
    ],
)
def test_the_check_sees_bare_literals(code, found):
    assert [text for _line, text in bare_literals(ast.parse(code))] == found


def test_the_check_sees_bare_words():
    tree = jinja2.Environment(autoescape=True).parse(
        '<p>{{ _("Đã gửi") }}</p><p title="Gửi lại đi">{{ x or "đơn" }}</p>{# đã #}'
    )

    assert [text for _line, text in bare_words(tree)] == [
        '</p><p title="Gửi lại đi">',
        "đơn",
    ]

"""Rules of this house that no linter knows, read from the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("marketplace", "models", "forms", "tasks")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts
]
CODE += sorted(ROOT.glob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))

LONGEST_FUNCTION = 25
LONGEST_FILE = 250

Finder = Callable[[ast.AST], bool]


def place(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else ""
    return f"{path.relative_to(ROOT)}{line}"


def offences(finder: Finder, *, allowed: tuple[str, ...] = ()) -> list[str]:
    """Where the finder finds something, but for the allowed files and folders."""
    return [
        place(path, node)
        for path in CODE
        if not str(path.relative_to(ROOT)).startswith(allowed)
        for node in nodes_of(path)
        if finder(node)
    ]


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, read once for all the rules of this module."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def name_of(node: ast.AST) -> str:
    """`a.b.c` for a name or an attribute, else the empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def calls(*names: str) -> Finder:
    """Calls of one of these names, with or without the module before it."""

    def found(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        name = name_of(node.func)
        return any(name == wanted or name.endswith(f".{wanted}") for wanted in names)

    return found


def imports(*modules: str) -> Finder:
    def found(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom):
            return (node.module or "").split(".")[0] in modules
        if isinstance(node, ast.Import):
            return any(alias.name.split(".")[0] in modules for alias in node.names)
        return False

    return found


# --- what must not be there ----------------------------------------------------


def test_sql_is_not_written_as_text():
    allowed = (
        "models/database.py",
        "models/migrations/",
        "models/writers.py",  # SQLite's write lock, in its own words
        "models/guards.py",  # triggers, which SQLAlchemy has no words for
    )
    assert offences(raw_sql, allowed=allowed) == []


def raw_sql(node: ast.AST) -> bool:
    """`text(..)` of SQLAlchemy; in an index condition it is a constant of ours."""
    if not calls("sa.text", "sqlalchemy.text", "exec_driver_sql")(node):
        return False
    return not (
        isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and "=" in str(node.args[0].value)
    )


def test_markup_is_made_only_where_pictures_are_drawn():
    found = offences(
        calls("Markup"),
        allowed=(
            "marketplace/web/pictures.py",
            "marketplace/web/charts.py",
            "marketplace/web/plots.py",
        ),
    )
    assert found == []


def test_nothing_is_unpickled_or_evaluated():
    assert offences(imports("pickle", "marshal", "shelve", "dill")) == []
    assert offences(calls("eval", "exec", "yaml.load")) == []


def test_no_moment_is_without_its_zone():
    assert offences(calls("utcnow", "utcfromtimestamp", "datetime.today")) == []
    assert offences(naive_now) == []


def naive_now(node: ast.AST) -> bool:
    return (
        calls("datetime.now")(node)
        and isinstance(node, ast.Call)
        and not node.args
        and not node.keywords
    )


def test_the_clock_is_read_only_at_the_edge():
    found = offences(
        calls("datetime.now", "date.today", "time.time"),
        allowed=("marketplace/web/", "marketplace/api/", "models/database.py"),
    )
    assert [where for where in found if "/domain/" in where] == []
    assert [where for where in found if "/matching/" in where] == []
    assert [where for where in found if "/services/" in where] == []


def test_nobody_prints():
    assert offences(calls("print")) == []


def test_nobody_reaches_the_network_unguarded():
    assert offences(imports("requests", "httpx", "urllib3", "aiohttp")) == []
    assert offences(calls("urlopen")) == []


def test_relations_are_named_on_both_sides():
    def with_backref(node: ast.AST) -> bool:
        return isinstance(node, ast.keyword) and node.arg == "backref"

    assert offences(with_backref) == []


def test_rows_are_not_fetched_past_the_session():
    def on_query(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in ("query", "query_class")

    # An index of shapes has a `query` of its own.
    shapes = "marketplace/services/geodesy.py"
    found = offences(on_query, allowed=(shapes,))
    assert [w for w in found if "urlsplit" not in w] == []


def test_services_never_commit():
    found = offences(calls("session.commit", "session.rollback"))

    assert [where for where in found if where.startswith("marketplace/")] == []


def test_only_the_database_module_knows_flask_sqlalchemy():
    assert offences(imports("flask_sqlalchemy"), allowed=("models/database.py",)) == []


def test_only_the_settings_read_the_environment():
    def environment(node: ast.AST) -> bool:
        return name_of(node) in ("os.environ", "os.getenv")

    allowed = ("config.py", "marketplace/services/failpoints.py")
    assert offences(environment, allowed=allowed) == []


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|xfail")
    files = [path for path in [*CODE, *TEMPLATES, *TESTS] if path != Path(__file__)]

    assert [place(p) for p in files if words.search(p.read_text())] == []


# --- templates -------------------------------------------------------------------

FORBIDDEN = {
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"autoescape\s+false"),
    "inline style": re.compile(r"<[^>]*\sstyle\s*="),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "style element": re.compile(r"<style\b"),
    "inline handler": re.compile(r"<[^>]*\son\w+\s*="),
    "script address": re.compile(r"javascript:"),
    "foreign address": re.compile(r"(?:src|href)=\"https?://(?!www\.w3\.org)"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_keep_to_the_policy(what):
    found = [place(p) for p in TEMPLATES if FORBIDDEN[what].search(p.read_text())]

    assert found == []


def test_every_form_that_writes_carries_its_token():
    form = re.compile(
        r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.DOTALL | re.IGNORECASE
    )
    token = re.compile(r"hidden_tag|csrf_token|csrf\(\)|hidden\(|idempotency_field")
    comment = re.compile(r"\{#.*?#\}", re.DOTALL)

    bare = [
        place(path)
        for path in TEMPLATES
        for found in form.findall(comment.sub("", path.read_text()))
        if not token.search(found)
    ]
    assert bare == []


# --- measures ------------------------------------------------------------------------


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body after its docstring; decorators and signature are free."""
    body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1


def test_no_function_is_longer_than_a_glance():
    long = [
        f"{place(path, node)} {node.name} {body_length(node)}"
        for path in CODE
        for node in functions(path)
        if body_length(node) > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_file_is_longer_than_a_few_pages():
    lengths = {place(path): len(path.read_text().splitlines()) for path in CODE}

    assert {p: n for p, n in lengths.items() if n > LONGEST_FILE} == {}


def test_public_functions_say_what_they_do():
    silent = [
        f"{place(path, node)} {node.name}"
        for path in CODE
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


# --- tests ----------------------------------------------------------------------------


def test_every_test_is_run():
    """A function of a test file is a test, a fixture, or used by one."""
    idle = []
    for path in TESTS:
        tree = ast.parse(path.read_text())
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
            node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
        }
        idle += [
            f"{place(path, node)} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith(("test_", "pytest_"))
            and not node.decorator_list
            and node.name not in used
        ]

    assert idle == []


def test_every_test_asserts_something():
    """By `assert`, `raises`, `expect` or a helper that is named after it."""
    speaks = re.compile(r"\b(assert|raises|expect|check_|wait)")
    mute = []
    for path in TESTS:
        source = path.read_text()
        bodies = {
            node.name: ast.get_source_segment(source, node) or ""
            for node in functions(path)
        }
        helpers = [name for name, body in bodies.items() if speaks.search(body)]
        heard = re.compile("|".join([speaks.pattern, *map(re.escape, helpers)]))
        mute += [
            f"{place(path)} {name}"
            for name, body in bodies.items()
            if name.startswith("test_") and not heard.search(body.partition(":")[2])
        ]

    assert mute == []


def test_no_test_is_left_out():
    skipped = re.compile(r"pytest\.(mark\.)?(skip|xfail)|unittest\.skip")
    files = [path for path in TESTS if path != Path(__file__)]

    assert [place(p) for p in files if skipped.search(p.read_text())] == []


def test_every_failpoint_is_pulled_by_a_fault_test():
    named = re.compile(r"failpoint\(\"([a-z_.]+)\"\)")
    faults = "".join(p.read_text() for p in (ROOT / "tests" / "faults").glob("*.py"))

    declared = {name for path in CODE for name in named.findall(path.read_text())}

    assert declared
    assert {name for name in declared if f'"{name}"' not in faults} == set()

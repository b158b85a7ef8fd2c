"""The one script: says what it can, and knows its aliases."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

import pytest

from tools.servers import ROOT

SCRIPT = runpy.run_path(str(ROOT / "dev"))


def dev(*words):
    return subprocess.run(
        [sys.executable, "dev", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("words", [(), ("help",), ("--help",)])
def test_help_lists_every_command(words):
    said = dev(*words)

    listed = set(re.findall(r"^  ./dev (\w+)", said.stdout, re.MULTILINE))
    assert said.returncode == 0
    assert listed == set(SCRIPT["COMMANDS"])


def test_an_unknown_command_is_refused():
    said = dev("launch")

    assert said.returncode != 0
    assert "unknown command: launch" in said.stderr


def test_the_targets_of_make_are_commands():
    makefile = (ROOT / "Makefile").read_text()

    targets = set(re.search(r"^(.*):\n\t@./dev", makefile, re.MULTILINE)[1].split())

    assert targets <= set(SCRIPT["COMMANDS"])


def test_ci_runs_the_same_as_everybody():
    assert "./dev test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize(("check", "status"), [("true", False), ("false", True)])
def test_what_a_check_says_follows_the_tests_and_fails_the_run(
    monkeypatch, capfd, check, status
):
    script = SCRIPT["test"].__globals__
    for name in ("setup", "compile_messages"):
        monkeypatch.setitem(script, name, lambda *_: None)
    monkeypatch.setitem(script, "ensure_browser", lambda: "")
    words = ["sh", "-c", f"echo what it said; {check}"]
    monkeypatch.setitem(script, "checks", lambda: [("kernels", ["true"]), ("x", words)])
    monkeypatch.setitem(script, "PYTHON", "echo")  # in place of pytest

    with pytest.raises(SystemExit) as end:
        SCRIPT["test"]([])

    said = capfd.readouterr()
    assert end.value.code == status
    assert ("what it said" in said.out) == status
    assert ("[dev] failed beside the tests: x" in said.err) == status
    assert said.out.index("-m pytest") < said.out.index("[dev] x: ")


def test_the_files_of_others_are_as_they_were_taken_over():
    assert dev("vendor", "--check").returncode == 0


def test_reset_forgets_the_market_and_keeps_the_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("LIENKET_INSTANCE", str(tmp_path))
    (tmp_path / "market.db").touch()
    (tmp_path / "valkey").mkdir()
    (tmp_path / "secret_key").touch()

    said = dev("reset")

    assert said.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_every_requirement_is_pinned_by_its_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE | re.IGNORECASE)
        hashed = re.findall(
            r"^[a-z0-9].*== ?.*\\\n +--hash=", text, re.MULTILINE | re.IGNORECASE
        )
        assert len(pins) == len(hashed) > 50


def test_what_runs_is_part_of_what_is_tested():
    def pins(name):
        found = re.findall(
            r"^([a-z0-9].*?) [\\;]", (ROOT / name).read_text(), re.MULTILINE
        )
        return set(found)

    assert pins("requirements.txt") <= pins("requirements-dev.txt")

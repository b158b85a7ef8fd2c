"""`python -m marketplace.matching INSTANCE.json`: the result as JSON.

`-` reads standard input. The format is told in `format` and `format_result`.
Exit 0 with a result, 2 with a message about a malformed instance, 1 if the result
cannot be written.
"""

from __future__ import annotations

import json
import os
import sys
import time

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.format import Instance, read_instance
from marketplace.matching.format_json import load
from marketplace.matching.format_result import ADVICE_SECONDS, Json, result_json
from marketplace.matching.processors import Processed
from marketplace.matching.result import Result
from marketplace.matching.second_layer import solve_layers
from marketplace.matching.solve import solve

USAGE = """usage: python -m marketplace.matching INSTANCE.json

Reads an instance (- is standard input), writes the result to standard output.
Both are told in docs/matching.md. Status 0: a result, 2: a malformed instance,
1: the result could not be written.
"""
SECONDS = 120.0
"""How long the whole may take where a search has no end of its own."""
AFTERWARDS = 0.15
"""The part of it that is kept for prices, reasons and advice."""


def main(arguments: list[str]) -> int:
    """0 with a result, 2 with a message about a malformed instance."""
    if arguments and arguments[0] in ("-h", "--help"):
        return _written(USAGE)
    if len(arguments) != 1 or (arguments[0].startswith("-") and arguments[0] != "-"):
        sys.stderr.write(USAGE)
        return 2
    began = time.monotonic()
    try:
        instance = read_instance(load(arguments[0]))
    except (MalformedInstance, OSError) as fault:
        sys.stderr.write(f"{arguments[0]}: {fault}\n")
        return 2
    return _written(json.dumps(_answer(instance, began), indent=1) + "\n")


def _answer(instance: Instance, began: float) -> Json:
    """The result; its seconds sum up to the whole since the reading began."""
    read = time.monotonic()
    result, processed = _solved(instance)
    solved = time.monotonic()
    left = began + SECONDS - solved
    told = result_json(
        instance, result, processed, seconds=max(min(left, ADVICE_SECONDS), 0)
    )
    stages = dict(told["seconds"])  # type: ignore[call-overload]
    other = solved - read - sum(result.seconds.values())
    stages |= {"reading": round(read - began, 6), "other": round(max(other, 0), 6)}
    return told | {"seconds": stages}


def _solved(instance: Instance) -> tuple[Result, tuple[Processed, ...]]:
    """The ordinary market, or with its second layer."""
    seconds = SECONDS * (1 - AFTERWARDS)
    if not instance.processors:
        advice = SECONDS * AFTERWARDS - ADVICE_SECONDS
        return solve(instance.market, seconds=seconds, advice_seconds=advice), ()
    found = solve_layers(instance.market, instance.processors, seconds=seconds)
    return found.result, found.processed


def _written(text: str) -> int:
    """0 once it is written, 1 with a message if it cannot be."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as fault:
        sys.stderr.write(f"the result cannot be written: {fault.strerror}\n")
        # Nothing is left for the interpreter to flush when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

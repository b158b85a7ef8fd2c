"""`python -m marketplace.matching INSTANCE.json`: the result as JSON.

`-` reads standard input. The format is told in `format` and `format_result`.
Exit 0 with a result, 2 with a message about a malformed instance.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from marketplace.matching.faults import MalformedInstance
from marketplace.matching.format import Instance, read_instance
from marketplace.matching.format_result import result_json
from marketplace.matching.processors import Processed
from marketplace.matching.result import Result
from marketplace.matching.second_layer import solve_layers
from marketplace.matching.solve import solve

USAGE = "usage: python -m marketplace.matching INSTANCE.json\n"
SECONDS = 120.0
"""How long the search for side rules may take."""


def main(arguments: list[str]) -> int:
    """0 with a result, 2 with a message about a malformed instance."""
    if len(arguments) != 1:
        sys.stderr.write(USAGE)
        return 2
    try:
        instance = read_instance(_load(arguments[0]))
    except (MalformedInstance, OSError) as fault:
        sys.stderr.write(f"{arguments[0]}: {fault}\n")
        return 2
    told = result_json(instance, *_solved(instance))
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


def _solved(instance: Instance) -> tuple[Result, tuple[Processed, ...]]:
    """The ordinary market, or with its second layer."""
    if not instance.processors:
        return solve(instance.market, seconds=SECONDS), ()
    found = solve_layers(instance.market, instance.processors, seconds=SECONDS)
    return found.result, found.processed


def _load(path: str) -> object:
    """The JSON of a file, or of standard input; each key at most once."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except RecursionError:
        raise MalformedInstance("$", "nested too deeply") from None
    except MalformedInstance:
        raise
    except ValueError as fault:
        raise MalformedInstance("$", f"no JSON: {fault}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedInstance("$", f"the key {key!r} occurs twice in one object")
        found[key] = value
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

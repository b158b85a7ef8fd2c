"""`python -m marketplace.matching INSTANCE.json`: the result as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from marketplace.matching.codec import market_from_data, result_to_data
from marketplace.matching.faults import MalformedInstance
from marketplace.matching.solve import solve


def main(arguments: list[str]) -> int:
    """0 with a result, 2 with a message about a malformed instance."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m marketplace.matching INSTANCE.json\n")
        return 2
    try:
        data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        result = solve(market_from_data(data))
    except (MalformedInstance, json.JSONDecodeError, OSError) as fault:
        sys.stderr.write(f"{arguments[0]}: {fault}\n")
        return 2
    sys.stdout.write(json.dumps(result_to_data(result), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

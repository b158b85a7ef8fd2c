"""How tests start Chromium."""

from __future__ import annotations

import os
import shutil
from typing import Any


def launch_arguments() -> dict[str, Any]:
    """Arguments of Playwright's launch(): $CHROMIUM or the one on the PATH."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")  # Chromium refuses root otherwise
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return {"executable_path": path, "args": quiet} if path else {"args": quiet}

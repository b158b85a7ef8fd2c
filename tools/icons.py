"""Build static/icons/sprite.svg from the icons and pictures that are used.

    python tools/icons.py node_modules/@tabler/icons/icons/outline
    python tools/icons.py --check

The first form reads the outline icons of the npm package @tabler/icons; the
second only compares: it fails when something uses an icon the sprite lacks.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPRITE = ROOT / "static" / "icons" / "sprite.svg"
PICTURES = ROOT / "static" / "pictures"
# Names that only appear as data, never as icon("name"), stand in this file.
EXTRA = ROOT / "static" / "icons" / "names.txt"
CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
SYMBOL = re.compile(r'<symbol id="i-([a-z0-9-]+)"')
PATH = re.compile(r"<(?:path|circle|rect|line)\b[^>]*/>")
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def names_used() -> set[str]:
    """Every icon named in a template, in the web package or in names.txt."""
    found = set(EXTRA.read_text().split())
    for folder, pattern in (("templates", "*.html"), ("marketplace/web", "*.py")):
        for path in (ROOT / folder).rglob(pattern):
            found.update(CALL.findall(path.read_text()))
    return found


def names_drawn() -> set[str]:
    """Every icon in the sprite."""
    return set(SYMBOL.findall(SPRITE.read_text()))


def icon_symbol(folder: Path, name: str) -> str:
    """One Tabler icon as a symbol without its invisible frame."""
    text = (folder / f"{name}.svg").read_text().replace(FRAME, "")
    body = "".join(PATH.findall(text)).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>'


def picture_symbol(path: Path) -> str:
    """One of our own drawings of a crop as a symbol."""
    body = re.sub(r"</?svg[^>]*>", "", path.read_text()).strip()
    return f'<symbol id="f-{path.stem}" viewBox="0 0 48 48">{body}</symbol>'


def sprite(folder: Path) -> str:
    """The whole file: icons first, pictures after, both in order of name."""
    icons = [icon_symbol(folder, name) for name in sorted(names_used())]
    pictures = [picture_symbol(path) for path in sorted(PICTURES.glob("*.svg"))]
    body = "\n".join(icons + pictures)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def main() -> int:
    """Write the sprite, or name what it lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        missing = sorted(names_used() - names_drawn())
        sys.stderr.write("".join(f"no icon: {name}\n" for name in missing))
        return 1 if missing else 0
    if options.folder is None:
        parser.error("name the folder with the outline icons")
    SPRITE.write_text(sprite(options.folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

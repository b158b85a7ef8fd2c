"""Forms as a browser finds them on a page: where they go, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import html as markup


@dataclass
class Form:
    """A form of a page: its address, and its fields with what stands in them."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # name -> type
    choices: dict[str, list[str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.action).path


def forms_of(html: str, page: str) -> list[Form]:
    """All forms of a page; a form without an address leads to the page itself.

    Read quickly: whether the page is valid, tests/pages.py says.
    """
    tree = markup.document_fromstring(html)
    return [_form(element, page) for element in tree.iter("form")]


def form_to(path: str, html: str, page: str) -> Form:
    """The form of a page that leads to the path."""
    found = forms_of(html, page)
    ways = [form for form in found if form.path == path]
    assert ways, f"{page} leads to {[form.path for form in found]}, not {path}"
    return ways[0]


def _form(element: Any, page: str) -> Form:
    form = Form(element.get("action") or page, element.get("method", "get").lower())
    for control in element.iter():
        if control.tag not in ("input", "select", "textarea", "button"):
            continue
        name = control.get("name")
        if not name:
            continue
        kind = control.get("type", "text" if control.tag == "input" else control.tag)
        form.names.setdefault(name, kind)
        form.choices.setdefault(name, []).extend(_choices(control, kind))
        form.values += [(name, value) for value in _values(control, kind)]
    return form


def _values(control: Any, kind: str) -> list[str]:
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]  # as a browser does
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        return [o.get("value", o.text or "") for o in chosen]
    if kind in ("checkbox", "radio"):
        return (
            [control.get("value", "on")] if control.get("checked") is not None else []
        )
    if kind in ("submit", "button", "file"):
        return []
    return [control.get("value", "")]


def _choices(control: Any, kind: str) -> list[str]:
    """What a person could choose here, but for nothing at all."""
    if control.tag == "select":
        return [v for o in control.iter("option") if (v := o.get("value", ""))]
    if kind in ("checkbox", "radio", "submit"):
        return [v for v in (control.get("value", "on"),) if v]
    return []

"""What a check found: a code, how grave it is, and words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.domain.errors import Refused
from marketplace.domain.words import Severity


@dataclass(frozen=True)
class Finding:
    """One remark of a rule; `message` is a msgid with `%(name)s` places."""

    code: str
    severity: Severity
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    field: str | None = None

    @property
    def forbids(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def refuse_errors(findings: Iterable[Finding]) -> list[Finding]:
    """Raise the first error as `Refused`; give back what is only a warning."""
    kept = []
    for finding in findings:
        if finding.forbids:
            raise Refused(finding.message, finding.field, **finding.params)
        kept.append(finding)
    return kept


def stored_findings(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Warnings as a post keeps them: the message is a msgid."""
    return [
        {
            "code": one.code,
            "message": one.message,
            "params": dict(one.params),
            "field": one.field or "",
        }
        for one in findings
    ]

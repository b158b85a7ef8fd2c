"""Administrative units with their dates: which one, when, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from marketplace.domain.text import fold
from marketplace.domain.words import AdminKind, AdminLevel

REFORM_DAY = date(2025, 7, 1)

_KIND_WORDS = (
    ("thi tran", AdminKind.THI_TRAN),
    ("thi xa", AdminKind.THI_XA),
    ("thanh pho", AdminKind.THANH_PHO),
    ("tp", AdminKind.THANH_PHO),
    ("phuong", AdminKind.PHUONG),
    ("huyen", AdminKind.HUYEN),
    ("tinh", AdminKind.TINH),
    ("xa", AdminKind.XA),
)


@dataclass(frozen=True)
class Unit:
    """One unit while it had this name and place; `valid_to` is not included."""

    id: int
    code: str
    level: AdminLevel
    kind: AdminKind
    name: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Change:
    """The old unit became (a part of) the new one on a day."""

    old_id: int
    new_id: int
    effective_on: date


@dataclass(frozen=True)
class Resolution:
    """What a text means: the unit named, and today's if that one is gone."""

    unit: Unit
    current: Unit

    @property
    def renamed(self) -> bool:
        return self.unit.id != self.current.id


@dataclass
class Directory:
    """All units and changes, looked up in many ways; never changed."""

    units: Iterable[Unit]
    changes: Iterable[Change]
    by_id: dict[int, Unit] = field(init=False)
    _after: dict[int, Change] = field(init=False)
    _by_name: dict[str, list[Unit]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {unit.id: unit for unit in self.units}
        self._after = {change.old_id: change for change in self.changes}
        self._by_name = {}
        for unit in self.by_id.values():
            self._by_name.setdefault(bare_name(unit.name), []).append(unit)

    def find(self, code: str, level: AdminLevel, day: date) -> Unit | None:
        """The unit that carried this code on that day."""
        for unit in self.by_id.values():
            if (unit.code, unit.level) == (code, level) and unit.valid_on(day):
                return unit
        return None

    def successor(self, unit_id: int, day: date) -> Unit:
        """The unit that stands for this one on a day: itself or a later one."""
        unit = self.by_id[unit_id]
        while (change := self._after.get(unit.id)) and change.effective_on <= day:
            unit = self.by_id[change.new_id]
        return unit

    def predecessors(self, unit_id: int) -> list[Unit]:
        """The units that went into this one directly, by code."""
        old = [c.old_id for c in self._after.values() if c.new_id == unit_id]
        return sorted((self.by_id[i] for i in old), key=lambda unit: unit.code)

    def former_district(self, unit_id: int) -> Unit | None:
        """The district, also for a commune of today (merged within one)."""
        for unit in [self.by_id[unit_id], *self.predecessors(unit_id)]:
            parent = self.by_id.get(unit.parent_id or 0)
            if parent is not None and parent.level is AdminLevel.DISTRICT:
                return parent
        return None

    def district_members(self, district_id: int, day: date) -> list[Unit]:
        """The communes of a former district that are valid on a day, by code."""
        old = [u for u in self.by_id.values() if u.parent_id == district_id]
        found = {self.successor(unit.id, day) for unit in old}
        members = (unit for unit in found if unit.valid_on(day))
        return sorted(members, key=lambda unit: unit.code)

    def both_sides(self, district_id: int) -> frozenset[int]:
        """Ids of all communes of a district, before and after every change."""
        ids = {u.id for u in self.by_id.values() if u.parent_id == district_id}
        pending = list(ids)
        while pending:
            change = self._after.get(pending.pop())
            if change and change.new_id not in ids:
                ids.add(change.new_id)
                pending.append(change.new_id)
        return frozenset(ids)

    def resolve(self, text: str, day: date) -> list[Resolution]:
        """Communes named in an address, the most certain reading first.

        "xã Nà Nghịu, huyện Sông Mã" gives the old commune with today's
        successor. A name that is still in use means today's unit, unless the
        text gives the kind of the old one ("thị trấn Sông Mã").
        """
        parts = [_read(part) for part in re.split(r"[,;\n]", text)]
        districts = {n for kind, n in parts if kind is AdminKind.HUYEN}
        found: list[Resolution] = []
        for kind, name in parts:
            for unit in self._named(kind, name, districts, day):
                now = self.successor(unit.id, day)
                if all(now.id != other.current.id for other in found):
                    found.append(Resolution(unit, now))
        return found

    def _named(
        self, kind: AdminKind | None, name: str, districts: set[str], day: date
    ) -> list[Unit]:
        units = [
            unit
            for unit in self._by_name.get(name, ())
            if unit.level is AdminLevel.COMMUNE and kind in (None, unit.kind)
        ]
        within = [unit for unit in units if self._district_name(unit) in districts]
        # Units valid on the day first, and of those gone the latest first.
        return sorted(
            within if districts else units,
            key=lambda unit: (not unit.valid_on(day), -unit.valid_from.toordinal()),
        )

    def _district_name(self, unit: Unit) -> str | None:
        district = self.former_district(unit.id)
        return bare_name(district.name) if district else None


def expected_parent_level(day: date) -> AdminLevel:
    """ADM-04: districts stood between commune and province until the reform."""
    return AdminLevel.DISTRICT if day < REFORM_DAY else AdminLevel.PROVINCE


def bare_name(name: str) -> str:
    """Folded name without the word of its kind: "Xã Nà Nghịu" is "na nghiu"."""
    return _read(name)[1]


@lru_cache(maxsize=1024)
def own_name(name: str) -> str:
    """The name without the word of its kind, as it is written: "Nà Nghịu"."""
    for word, _kind in _KIND_WORDS:
        if fold(name).startswith(word + " "):
            return name.split(" ", word.count(" ") + 1)[-1]
    return name


@lru_cache(maxsize=4_096)  # the names of a province and its former units, and again
def _read(text: str) -> tuple[AdminKind | None, str]:
    folded = re.sub(r"[.\s]+", " ", fold(text)).strip()
    for word, kind in _KIND_WORDS:
        if folded.startswith(word + " "):
            return kind, folded.removeprefix(word + " ")
    return None, folded

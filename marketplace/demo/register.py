"""The register of certificates: each with a number, a holder and an officer's word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count

from marketplace.demo.diary import Diary, World
from marketplace.demo.gardens import Garden
from marketplace.demo.paper_plan import Term
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.actor import Actor
from marketplace.domain.commands_papers import SaveCertificate
from marketplace.domain.demo_codes import demo_gln
from marketplace.domain.words import CertificateScheme
from marketplace.services.paper_review import Reviewing, stamp_of, verify_paper
from marketplace.services.paper_rows import Row
from marketplace.services.papers import save_certificate

VIETGAP, FOOD_SAFETY = CertificateScheme.VIETGAP, CertificateScheme.FOOD_SAFETY
CERTIFIER = "Trung tâm Chứng nhận Mẫu"
QUALITY_OFFICE = "Cơ quan chất lượng nông sản (mẫu)"
PROVINCE = "Ủy ban nhân dân tỉnh (mẫu)"
FIRST_DAYS = 418  # days ago; by then all have joined


@dataclass
class Register:
    """Writes papers down on their days, each with a number of its own."""

    world: World
    diary: Diary
    serial: count[int] = field(default_factory=lambda: count(101))

    def certificate(
        self, short: str, scheme: CertificateScheme, term: Term, **words: object
    ) -> None:
        """Held by an organisation from the day it was issued, or joined."""
        issued = self.world.day(-term.first)
        command = SaveCertificate(
            scheme=scheme,
            number=self._number(scheme, issued),
            issuer=issuer_of(scheme),
            issued_on=issued,
            expires_on=self.world.day(-term.last),
            **words,  # type: ignore[arg-type]
        )
        day = max(issued, self.world.day(FIRST_DAYS))
        self.diary.note(day, partial(self._save, short, command, {}))

    def in_garden(self, short: str, garden: Garden, term: Term) -> None:
        """VietGAP of one garden, which is known by then."""
        issued = self.world.day(-term.first)
        words: dict[str, object] = {
            "product_code": garden.product,
            "area_ha": garden.hectares,
            "output_kg_per_year": (garden.tonnes or 0) * 1000 or None,
        }
        command = SaveCertificate(
            VIETGAP,
            self._number(VIETGAP, issued),
            CERTIFIER,
            issued,
            self.world.day(-term.last),
            **words,  # type: ignore[arg-type]
        )
        day = max(issued, self.world.day(FIRST_DAYS))
        where = {"area": (short, garden.product)}
        self.diary.note(day, partial(self._save, short, command, where))

    def _number(self, scheme: CertificateScheme, issued: date) -> str:
        number = next(self.serial)
        if scheme is VIETGAP:
            return f"VietGAP-TT-14-26-{issued:%y}-{number:04d}"
        if scheme is CertificateScheme.GLOBALGAP:
            return demo_gln(number)
        return f"{number:04d}/{issued.year}/{scheme.value[:4]}-MẪU"

    def _save(
        self,
        short: str,
        command: SaveCertificate,
        where: dict[str, tuple[str, str]],
        day: date,
    ) -> None:
        world = self.world
        places = {name: world.gardens[key] for name, key in where.items()}
        full = SaveCertificate(**{**vars(command), **places})
        who, now = world.actors[short], world.at(day)
        row = save_certificate(world.session, who, full, today=day, now=now)
        officer = world.actors[(OFFICER, SECOND_OFFICER)[day.toordinal() % 2].email]
        verify(world, officer, row, day)


def verify(world: World, officer: Actor, row: Row, day: date) -> None:
    """An officer compares the paper with what is written here."""
    step = Reviewing(officer, day, world.at(day))
    verify_paper(world.session, row, step, seen=stamp_of(row))


def issuer_of(scheme: CertificateScheme) -> str:
    """Which invented office gives papers of a scheme."""
    if scheme is CertificateScheme.OCOP:
        return PROVINCE
    private = (VIETGAP, CertificateScheme.GLOBALGAP)
    return CERTIFIER if scheme in private else QUALITY_OFFICE

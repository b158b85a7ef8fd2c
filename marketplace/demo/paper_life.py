"""What happens to papers: copies, one that came back, codes of a packing house."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from PIL import Image, ImageDraw

from marketplace.demo.cooperatives import BAO_MINH, TOAN_THANG
from marketplace.demo.diary import Diary, World
from marketplace.demo.people import OFFICER
from marketplace.demo.pictures import jpeg
from marketplace.demo.register import QUALITY_OFFICE, verify
from marketplace.domain.commands_papers import (
    SaveCertificate,
    SaveFacility,
    SavePackingCode,
)
from marketplace.domain.words import CertificateScheme, FacilityKind, Market, PaperState
from marketplace.services.areas import list_facilities, save_facility
from marketplace.services.packing_codes import list_packing_codes, save_packing_code
from marketplace.services.paper_documents import prepare_document
from marketplace.services.paper_files import add_paper_files
from marketplace.services.paper_reminders import papers_to_remind, remind
from marketplace.services.paper_review import (
    Reviewing,
    return_paper,
    stamp_of,
    suspend_paper,
)
from marketplace.services.papers import list_certificates, save_certificate
from models.papers import Certificate

PAPER, INK, STAMP = (250, 247, 238), (70, 70, 80), (190, 40, 40)
HACCP_HOLDER = "Hương Rừng"
WAITING = ("Pá Hồng", "Đá Bạc")
CODES = (
    (Market.CN, "VN-SLPH-901"),
    (Market.US, "SL.14.99.91"),
    (Market.AU, "SL.14.99.92"),
)
PDF = (
    b"%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R"
    b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 52>>stream\nBT /F 24 Tf 60 500 Td (GIAY CHUNG NHAN MAU) Tj ET \n"
    b"endstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def note_paper_life(world: World, diary: Diary) -> None:
    """All that is more than written down and verified."""
    diary.note(world.day(310), partial(_packing_house, world))
    diary.note(world.day(400), partial(_haccp, world))
    diary.note(world.day(40), partial(_suspended, world))
    diary.note(world.day(6), partial(_came_back, world))
    diary.note(world.day(0), partial(_copies, world))


def remind_tonight(world: World) -> None:
    """The reminders of this night, as the clock would send them."""
    session, today, now = world.session, world.today, world.now
    for key in papers_to_remind(session, today=today):
        remind(session, key, today=today, now=now)


def _packing_house(world: World, day: date) -> None:
    who, officer = world.actors[TOAN_THANG], world.actors[OFFICER.email]
    unit = world.organisations[TOAN_THANG].unit_id
    words = SaveFacility(FacilityKind.PACKING_HOUSE, "Nhà đóng gói", unit, 8_000)
    house = save_facility(world.session, who, words, today=day)
    for market, code in CODES:
        command = SavePackingCode(
            house.public_id,
            market,
            code,
            first_day=day - timedelta(days=30),
            last_day=day + timedelta(days=730),
            supervised_on=day - timedelta(days=20),
        )
        at = {"today": day, "now": world.at(day)}
        row = save_packing_code(world.session, who, command, **at)  # type: ignore[arg-type]
        verify(world, officer, row, day)


def _haccp(world: World, day: date) -> None:
    """Nobody has looked again for more than a year: surveillance is overdue."""
    who = world.actors[HACCP_HOLDER]
    dryer = list_facilities(world.session, who)[0].public_id
    command = _paper(CertificateScheme.HACCP, "HACCP-MẪU-26", day, dryer)
    row = save_certificate(world.session, who, command, today=day, now=world.at(day))
    verify(world, world.actors[OFFICER.email], row, day)


def _suspended(world: World, day: date) -> None:
    who, step = world.actors[TOAN_THANG], _step(world, day)
    row = list_packing_codes(world.session, who)[0]
    reason = "Kho lạnh hỏng, chờ sửa và kiểm tra lại."
    suspend_paper(world.session, row, reason, step)


def _came_back(world: World, day: date) -> None:
    who = world.actors[TOAN_THANG]
    command = _paper(CertificateScheme.ISO22000, "ISO-MẪU-7", day, "")
    row = save_certificate(world.session, who, command, today=day, now=world.at(day))
    reason = "Số giấy không khớp bản chụp. Chụp lại trang 1 cho rõ số."
    seen = stamp_of(row)
    return_paper(world.session, row, reason, _step(world, day), seen=seen)


def _copies(world: World, day: date) -> None:
    for place, short in enumerate((TOAN_THANG, BAO_MINH, *WAITING)):
        who, today = world.actors[short], world.today
        row = _shown(world, short)
        sent = [("trang-1.jpg", prepare_document(_sheet(place)))]
        if short in WAITING:
            sent.append(("giay-chung-nhan.pdf", prepare_document(PDF)))
        add_paper_files(world.session, who, row, sent, today=today, now=world.at(day))


def _shown(world: World, short: str) -> Certificate:
    """What waits for an officer, or else what ends next."""
    held = list_certificates(world.session, world.actors[short])
    standing = [row for row in held if row.expires_on >= world.today]
    waits = [row for row in standing if row.state is PaperState.PENDING]
    return (waits or standing)[0]


def _step(world: World, day: date) -> Reviewing:
    return Reviewing(world.actors[OFFICER.email], day, world.at(day))


def _paper(
    scheme: CertificateScheme, number: str, day: date, facility: str
) -> SaveCertificate:
    issued = day - timedelta(days=5)
    ends = issued + timedelta(days=1090)
    return SaveCertificate(
        scheme, number, QUALITY_OFFICE, issued, ends, facility=facility
    )


def _sheet(number: int) -> bytes:
    """A sheet with lines of writing and a stamp; every one a little different."""
    image = Image.new("RGB", (700, 960), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 676, 936), outline=INK, width=4)
    draw.rectangle((180, 90, 520, 118), fill=INK)
    for line in range(14):
        wide = 260 + (line * 97 + number * 41) % 300
        draw.rectangle((80, 190 + line * 38, 80 + wide, 200 + line * 38), fill=INK)
    draw.ellipse((430, 730, 610, 910), outline=STAMP, width=8)
    draw.ellipse((470, 770, 570, 870), outline=STAMP, width=4)
    return jpeg(image)

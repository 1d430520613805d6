"""The letterhead of mails to customers: logo and footer, in the mails and on their page."""

import struct
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from tests.personas import Personas, make_personas

from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.kernel.pictures import whole_picture
from opale.kernel.stored_files import named_keys
from opale.messaging.actions.letterheads import (
    LOGO_LIMIT,
    remove_letterhead_logo,
    restore_letterhead,
    set_letterhead_logo,
    write_letterhead,
)
from opale.messaging.actions.outgoing import build_message, queue_mail, send_elsewhere
from opale.messaging.models import Letterhead, OutgoingMail
from opale.messaging.queries.letterheads import head_in, shown_size
from opale.messaging.queries.mail_layout import Letter, letter_as_html
from opale.messaging.states import MailState
from opale.messaging.tests.pictures import png

ADMIN = Actor("person", "user:1", "Léa", {"messaging.letterhead": EVERYTHING})
READER = Actor(
    "person", "user:2", "Max", {"messaging.read": EVERYTHING, "messaging.retry": EVERYTHING}
)
FRENCH = "12 quai de la Fosse\n44000 Nantes\n+33 2 40 00 00 00\nhttps://velora.example"
ENGLISH = "12 quai de la Fosse\nNantes, France\n+33 2 40 00 00 00\nhttps://velora.example/en"

pytestmark = pytest.mark.django_db


def webp(chunk: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


LOSSY = webp(b"VP8 " + struct.pack("<I", 10) + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 300, 90))
LOSSLESS = webp(
    b"VP8L" + struct.pack("<I", 6) + b"\x2f" + struct.pack("<I", 299 | 89 << 14) + b"\0"
)
EXTENDED = webp(
    b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (299).to_bytes(3, "little")
    + (89).to_bytes(3, "little")
)  # fmt: skip
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"ab"
    + b"\xff\xc0" + struct.pack(">HBHH", 11, 8, 90, 300) + b"\0\0\0\0" + b"\xff\xd9"
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def written() -> Letterhead:
    return write_letterhead(by=ADMIN, company="Velora", footer_fr=FRENCH, footer_en=ENGLISH)


def queued(language: str = "fr", **options: object) -> OutgoingMail:
    letter = Letter(language=language, body="Bonjour", head=head_in(language))
    return queue_mail(
        by=ADMIN, origin="t:1", to=["a@acme.example"], subject="Lien", body=letter,
        language=language, **options,  # type: ignore[arg-type]  # of the test
    )  # fmt: skip


def parsed(mail: OutgoingMail) -> EmailMessage:
    mail.refresh_from_db()
    sent = message_from_bytes(build_message(mail).message().as_bytes(), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    return sent


def part(sent: EmailMessage, kind: str) -> str:
    found = sent.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def pictures(sent: EmailMessage) -> Sequence[EmailMessage]:
    return [one for one in sent.walk() if one.get_content_maintype() == "image"]


@pytest.mark.parametrize("content", [LOSSY, LOSSLESS, EXTENDED, JPEG])
def test_each_kind_of_picture_is_read(content: bytes) -> None:
    picture = whole_picture(content)
    assert picture is not None
    assert picture[1:] == (300, 90)
    for cut in range(len(content)):
        assert whole_picture(content[:cut]) is None


def test_a_mail_begins_with_the_logo_and_ends_with_the_footer(written: Letterhead) -> None:
    set_letterhead_logo([png()], by=ADMIN)
    sent = parsed(queued())
    (related,) = (one for one in sent.walk() if one.get_content_type() == "multipart/related")
    html_part, picture = related.iter_parts()
    html = str(html_part.get_content())
    content_id = str(picture["Content-ID"]).strip("<>")
    assert f'src="cid:{content_id}"' in html
    assert 'alt="Velora" width="200" height="50"' in html
    assert picture.get_content() == png()
    assert picture.get_content_disposition() == "inline"
    assert html.index("<img") < html.index("Bonjour") < html.index("44000 Nantes")
    assert 'href="https://velora.example"' in html
    assert part(sent, "plain").rstrip().endswith(f"Velora\n{FRENCH}")


def test_the_footer_is_that_of_the_language(written: Letterhead) -> None:
    assert "Nantes, France" in part(parsed(queued("en")), "plain")
    assert "Nantes, France" not in part(parsed(queued("fr")), "plain")
    write_letterhead(by=ADMIN, company="Velora", footer_fr=FRENCH)
    assert "44000 Nantes" in part(parsed(queued("en")), "plain")


def test_without_a_letterhead_a_mail_is_as_before() -> None:
    sent = parsed(queued())
    assert not pictures(sent)
    assert "<img" not in part(sent, "html")
    assert part(sent, "plain").endswith("-- \n")


def test_files_and_the_logo_are_kept_apart(written: Letterhead) -> None:
    set_letterhead_logo([png()], by=ADMIN)
    kept = Letterhead.objects.first()
    assert kept is not None
    report = {"name": "plan.png", "media_type": "image/png", "key": kept.logo_key}
    sent = parsed(queued(attachments=[report]))
    assert [one.get_filename() for one in sent.iter_attachments()] == ["plan.png"]
    assert [one.get_content_disposition() for one in pictures(sent)] == ["inline", "attachment"]


def test_a_queued_mail_keeps_its_letterhead(written: Letterhead) -> None:
    set_letterhead_logo([png()], by=ADMIN)
    mail = queued()
    set_letterhead_logo([png(60, 60)], by=ADMIN)
    write_letterhead(by=ADMIN, company="Velora SAS", footer_fr="Rennes")
    remove_letterhead_logo(by=ADMIN)
    sent = parsed(mail)
    assert [one.get_content() for one in pictures(sent)] == [png()]
    assert 'width="200" height="50"' in part(sent, "html")
    assert "44000 Nantes" in part(sent, "html")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)
    again = parsed(send_elsewhere(mail, "b@acme.example", by=READER))
    assert [one.get_content() for one in pictures(again)] == [png()]
    assert not pictures(parsed(queued()))


def test_a_mail_queued_before_there_were_letterheads_is_sent() -> None:
    mail = queued()
    assert mail.letter is not None
    del mail.letter["head"]
    mail.save(update_fields=["letter"])
    assert "Bonjour" in part(parsed(mail), "html")


@pytest.mark.parametrize(
    ("size", "shown"),
    [((400, 100), (200, 50)), ((100, 300), (20, 60)), ((50, 20), (50, 20)), ((2000, 3), (200, 1))],
)
def test_a_logo_is_shown_within_its_bounds(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert shown_size(*size) == shown


def test_the_words_of_a_letterhead_are_no_markup() -> None:
    write_letterhead(by=ADMIN, company='V"><script>', footer_fr="<b>Nantes</b>")
    set_letterhead_logo([png()], by=ADMIN)
    html = part(parsed(queued()), "html")
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not accepted"),
        (b"<?xml version='1.0'?>\n<!-- x --><SVG onload='alert(1)'/>", "SVG is not accepted"),
        (b"GIF89a" + struct.pack("<HH", 20, 10), "not a complete"),
        (b"<html><script>alert(1)</script>", "not a complete"),
        (b"MZ\x90\0", "not a complete"),
        (b"", "not a complete"),
        (png()[:-5], "not a complete"),
        (png() + b"<script>alert(1)</script>", "not a complete"),
        (png() + png()[-12:], "not a complete"),
        (JPEG + b"PK\x03\x04", "not a complete"),
        (LOSSY + b"x", "not a complete"),
        (png(2001, 1), "2000"),
        (png() + b"\0" * LOGO_LIMIT, "256 KiB"),
    ],
)
def test_a_hostile_logo_is_refused(written: Letterhead, content: bytes, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_letterhead_logo([content], by=ADMIN)
    assert says in str(refused.value.fields["file"])
    assert Letterhead.objects.count() == 1


def test_a_letterhead_is_checked() -> None:
    for said in (
        {"company": " "},
        {"company": "x" * 101},
        {"company": "V", "footer_fr": "x\n" * 9},
        {"company": "V", "footer_en": "x" * 601},
    ):
        with pytest.raises(Invalid):
            write_letterhead(by=ADMIN, **said)
    with pytest.raises(Invalid):
        set_letterhead_logo([png()], by=ADMIN)
    with pytest.raises(NotFound):
        remove_letterhead_logo(by=ADMIN)


def test_the_right_is_asked_first(written: Letterhead) -> None:
    with pytest.raises(NotAllowed):
        write_letterhead(by=READER, company="Velora")
    with pytest.raises(NotAllowed):
        set_letterhead_logo([b"no picture"], by=READER)
    with pytest.raises(NotAllowed):
        remove_letterhead_logo(by=READER)
    with pytest.raises(NotAllowed):
        restore_letterhead(written, by=READER)


def test_each_change_is_a_version_and_can_be_restored(written: Letterhead) -> None:
    with_logo = set_letterhead_logo([png()], by=ADMIN)
    remove_letterhead_logo(by=ADMIN)
    assert head_in("fr") is not None
    back = restore_letterhead(with_logo, by=ADMIN)
    assert (back.logo_width, back.company, back.actor_name) == (400, "Velora", "Léa")
    assert len(pictures(parsed(queued()))) == 1
    assert named_keys([with_logo.logo_key]) == {with_logo.logo_key}


# The page, and the endpoints


@pytest.fixture
def personas() -> Personas:
    return make_personas()


@pytest.fixture
def admin(personas: Personas) -> Client:
    return personas.client("administrator")


def test_the_page_sets_removes_and_restores(admin: Client) -> None:
    assert "No letterhead yet" in admin.get("/mail/letterhead/").content.decode()
    said = {"company": "Velora", "footer_fr": FRENCH, "footer_en": ENGLISH}
    assert admin.post("/mail/letterhead/edit/", said).status_code == 302
    file = SimpleUploadedFile("logo.png", png(), "image/png")
    assert admin.post("/mail/letterhead/logo/", {"file": file}).status_code == 302
    undo = admin.get("/mail/letterhead/").content.decode()
    before = Letterhead.objects.order_by("id").first()
    assert before is not None
    restoration = f"/mail/letterhead/versions/{before.pk}/restoration/"
    later = admin.get("/mail/letterhead/").content.decode()
    # The toast is shown once, the line of the version stays.
    assert undo.count(restoration) > later.count(restoration) > 0
    assert "Remove logo" in undo
    for language, town in (("fr", "44000 Nantes"), ("en", "Nantes, France")):
        answer = admin.get(f"/mail/letterhead/preview/{language}/")
        shown = answer.content.decode()
        assert town in shown
        assert 'src="data:image/png;base64,' in shown
        assert f'<html lang="{language}">' in shown
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert admin.post("/mail/letterhead/logo/removal/").status_code == 302
    assert "Remove logo" not in admin.get("/mail/letterhead/").content.decode()
    assert admin.get("/mail/letterhead/preview/eo/").status_code == 404


def test_the_page_says_why_a_logo_is_refused(admin: Client, written: Letterhead) -> None:
    file = SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")
    answer = admin.post("/mail/letterhead/logo/", {"file": file})
    assert answer.status_code == 422
    assert "SVG is not accepted" in answer.content.decode()


def test_programs_set_read_and_remove(admin: Client) -> None:
    base = "/api/v1/mail/letterhead"
    assert admin.get(base).json()["id"] is None
    said = {"company": "Velora", "footer_fr": FRENCH}
    put = admin.put(base, said, content_type="application/json")
    assert (put.status_code, put.json()["company"]) == (200, "Velora")
    file = SimpleUploadedFile("logo.png", png(), "image/png")
    assert admin.post(f"{base}/logo", {"file": file}).json()["logo_width"] == 400
    assert admin.delete(f"{base}/logo").status_code == 204
    assert admin.delete(f"{base}/logo").status_code == 404
    versions = admin.get(f"{base}/versions").json()
    assert [one["logo_width"] for one in versions] == [0, 400, 0]
    again = admin.post(f"{base}/versions/{versions[1]['id']}/restoration")
    assert again.json()["logo_width"] == 400


def test_the_frame_stays_the_same_without_a_head() -> None:
    html = letter_as_html(Letter(language="fr", body="Bonjour"), logo="cid:none")
    assert "<img" not in html

"""What a mail says, whatever program wrote it and however broken it is."""

import time
from base64 import b64encode

import pytest

from opale.messaging.domain.mail_parser.mime import MAX_DEPTH
from opale.messaging.domain.mail_parser.parsed_mail import Address
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.tests.samples import REPLIES, mail, multipart

TNEF_HEAD = """Content-Type: application/ms-tnef; name=winmail.dat
Content-Transfer-Encoding: base64"""
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.mark.parametrize("name", REPLIES)
def test_quotes_and_signatures_are_cut_for_display_and_kept(name: str) -> None:
    text, shown = REPLIES[name]
    parsed = parse_mail(mail(text))
    assert parsed.text_shown == shown
    assert parsed.text == text.strip("\n")


def test_quotes_of_an_html_mail_are_cut_too() -> None:
    html = (
        "<html><head><style>p{}</style><title>x</title></head><body>"
        "<p>C&#39;est <b>répar&eacute;</b>.</p><div class='gmail_quote'>"
        "<div class='gmail_attr'>Le mar. 24 nov., Support a écrit :"
        "</div><blockquote><p>Bonjour</p></blockquote></div></body></html>"
    )
    parsed = parse_mail(mail(html, "text/html; charset=utf-8"))
    assert parsed.text_shown == "C'est réparé."
    assert "> Bonjour" in parsed.text
    assert parsed.html == html


def test_what_is_forwarded_is_shown() -> None:
    text = "Pour vous.\n\n---------- Forwarded message ---------\nDe : Jean\nDate : mardi\n\nPanne."
    assert parse_mail(mail(text, Subject="Fwd: Panne")).text_shown == text


def test_the_plain_form_is_read_and_the_html_is_kept() -> None:
    parsed = parse_mail(
        multipart(
            "multipart/alternative",
            ("Content-Type: text/plain; charset=utf-8", "Bonjour à tous"),
            ("Content-Type: text/html; charset=utf-8", "<p>Bonjour <i>à</i> tous</p>"),
            ("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR\nEND:VCALENDAR"),
        )
    )
    assert parsed.text == "Bonjour à tous"
    assert parsed.html == "<p>Bonjour <i>à</i> tous</p>"
    assert [(part.name, part.media_type) for part in parsed.parts] == [
        ("part-1.ics", "text/calendar")
    ]


def test_a_picture_that_the_text_shows_is_inline() -> None:
    parsed = parse_mail(
        multipart(
            "multipart/related",
            ("Content-Type: text/html", '<img src="cid:logo@x">'),
            (
                "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64",
                b64encode(PNG).decode(),
            ),
        )
    )
    (part,) = parsed.parts
    assert (part.is_inline, part.content_id, part.content) == (True, "logo@x", PNG)
    assert part.open().read() == PNG


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("filename*=UTF-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        ("filename*0*=UTF-8''r%C3%A9; filename*1*=sum%C3%A9; filename*2=.pdf", "résumé.pdf"),
        ('filename="=?utf-8?q?r=C3=A9sum=C3=A9=2Epdf?="', "résumé.pdf"),
        ('filename="résumé.pdf"', "résumé.pdf"),
        ('filename="a\\"b.pdf"', 'a"b.pdf'),
        ("filename=plan du site.pdf", "plan du site.pdf"),
        ("filename*=iso-8859-15''%A4%FF", "€ÿ"),
        ("filename*=nonsense''%E9t%E9", "été"),
    ],
)
def test_names_of_files_are_read_in_every_form(head: str, name: str) -> None:
    parsed = parse_mail(
        multipart(
            "multipart/mixed",
            ("Content-Type: text/plain", "Voici"),
            (f"Content-Type: application/pdf\nContent-Disposition: attachment; {head}", "x"),
        )
    )
    assert parsed.parts[0].name == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?R=C3=A9ponse?= =?utf-8?q?_rapide?=", "Réponse rapide"),
        ("=?utf-8?b?UsOp?==?utf-8?b?cG9uc2U=?=", "Réponse"),
        ("=?utf-8?b?ww==?= =?utf-8?b?qQ==?=", "é"),
        ("=?x-nonsense?q?caf=E9?=", "café"),
        ("=?iso-8859-1?q?=80?=", "€"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("=?hex?q?6162?=", "6162"),
        ("=?utf-8?z?x?=", "=?utf-8?z?x?="),
        ("a\r\n\tb", "a b"),
    ],
)
def test_subjects_are_read_in_every_charset(written: str, read: str) -> None:
    assert parse_mail(mail("x", Subject=written)).subject == read


RAW = {
    "gb2312": ("交换机端口中断", "网络监控.txt"),
    "shift_jis": ("回線が切断されました", "監視.txt"),
    "euc-kr": ("회선 장애 알림", "경보.txt"),
    "koi8-r": ("Обрыв линии", "отчёт.txt"),
    "iso-8859-1": ("Coupure réseau à Orléans", "été.txt"),
    "iso-2022-jp": ("回線が切断されました", "監視.txt"),
    "utf-8": ("交换机端口中断", "网络监控.txt"),
}


@pytest.mark.parametrize("charset", RAW)
def test_raw_bytes_of_headers_are_in_the_charset_of_the_texts(charset: str) -> None:
    subject, name = RAW[charset]
    raw = (
        f"From: {subject} <noc@client.example>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset={charset}\r\n\r\n{subject}\r\n--b\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--b--\r\n'
    )
    parsed = parse_mail(raw.encode(charset))
    assert (parsed.subject, parsed.from_.name, parsed.text) == (subject, subject, subject)
    assert parsed.header("Subject") == subject
    assert parsed.parts[0].name == name


def test_raw_bytes_are_utf_8_where_they_can_be_whatever_the_mail_says() -> None:
    written = mail("x", "text/plain; charset=gb2312", Subject="Coupure à Orléans")
    assert parse_mail(written).subject == "Coupure à Orléans"
    unknown = mail("x", "text/plain; charset=nonsense").replace("Lien coupé".encode(), b"caf\xe9")
    assert parse_mail(unknown).subject == "café"


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-15", b"\xa4", "€"),
        ("windows-1252", b"l\x92eau", "l’eau"),
        ("utf-8", b"caf\xe9", "café"),
        ("no-such-charset", "été".encode(), "été"),
        ("", "été".encode("cp1252"), "été"),
        ("utf-16", "été".encode("utf-16"), "été"),
        ("base64", b"abc", "abc"),
        ("a" * 5000, b"abc", "abc"),
        ("utf-8\x00", b"abc", "abc"),
    ],
)
def test_texts_are_read_in_every_charset(charset: str, content: bytes, text: str) -> None:
    assert parse_mail(mail(content, f'text/plain; charset="{charset}"')).text == text


@pytest.mark.parametrize(
    ("encoding", "content", "text"),
    [
        ("base64", b64encode(b"Bonjour"), "Bonjour"),
        ("base64", b"Qm9uam9", "Bonjo"),
        ("base64", b"Qm9u!!am91cg==", "Bonjour"),
        ("quoted-printable", b"caf=C3=A9 =ZZ =", "café =ZZ "),
        ("BASE64 ", b64encode(b"Bonjour"), "Bonjour"),
        ("wrong", b"Bonjour", "Bonjour"),
        ("x-uuencode", b"begin 644 a\n'0F]N:F]U<@  \n`\nend\n", "Bonjour"),
    ],
)
def test_wrong_transfer_encodings_give_what_they_can(
    encoding: str, content: bytes, text: str
) -> None:
    assert (
        parse_mail(mail(content, Content_Transfer_Encoding=encoding)).text.strip() == text.strip()
    )


def test_a_tree_of_200_levels_is_read_to_a_depth_and_kept_below() -> None:
    body = b"Bonjour"
    for level in range(200):
        kind = f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n'.encode()
        body = (
            kind + b"--b%d\r\n" % level + body + b"\r\n--b%d--\r\n" % level
            if level
            else b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n--b0\r\n\r\n" + body
        )
    parsed = parse_mail(b"From: a@b.example\r\n" + body)
    assert any(str(MAX_DEPTH) in defect for defect in parsed.defects)
    assert any(b"Bonjour" in part.content for part in parsed.parts) or "Bonjour" in parsed.text


@pytest.mark.parametrize(
    "raw",
    [
        mail("x", Subject="a" * 1_000_000),
        mail("x", Subject="=?utf-8?q?" * 100_000),
        mail("x", References="<" * 1_000_000),
        mail("x", To='"' + "a\\" * 500_000),
        mail("x", To="(" * 1_000_000),
        mail("x", From=",<" * 500_000),
        mail("x", Content_Disposition="attachment; " + "filename*0*=x;" * 70_000),
        mail("x", Content_Disposition='attachment; filename="' + "\\" * 1_000_000),
        mail("x", Authentication_Results="mx; " + "(" * 900_000),
        mail("<" * 1_000_000, "text/html"),
        mail("<!--" * 300_000, "text/html"),
        mail("<a href='" * 200_000, "text/html"),
        mail("<blockquote>" * 100_000 + "x", "text/html"),
        mail("&" * 1_000_000, "text/html"),
        mail("x</a>" * 200_000, "text/html"),
        mail("<a>" * 120_000 + "x" + "</a>" * 110_000, "text/html"),
        mail("On 1 a wrote:\n> b\nc\n" * 60_000),
        mail("Cordialement\n" * 90_000),
        mail("De : a\nDate : b\n" * 60_000),
        mail(">" * 1_000_000),
        mail("-" * 1_000_000),
        mail("--b\n\n" * 200_000, "multipart/mixed; boundary=b"),
        mail("\n" * 1_000_000, "multipart/mixed; boundary=\n"),
        mail("x@y.example " * 90_000, From="MAILER-DAEMON@x.example", Subject="failure notice"),
        b"A: b\n" * 300_000,
        b" x\n" * 400_000,
    ],
)
def test_no_mail_of_a_megabyte_takes_minutes(raw: bytes) -> None:
    """In linear time each takes less than two seconds of a slow core; squared, it never ends."""
    began = time.process_time()
    parse_mail(raw)
    assert time.process_time() - began < 15


@pytest.mark.parametrize("unit", ["<!", "<", "a<b<"])
def test_brackets_that_are_no_tags_are_read_as_one_text(unit: str) -> None:
    """Each read by itself, 400,000 of them take a hundred times as long as their text."""
    began = time.process_time()
    parsed = parse_mail(mail(unit * (800_000 // len(unit)), "text/html"))
    assert time.process_time() - began < 0.8
    assert parsed.text == unit * (800_000 // len(unit))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a < b <b>c</b> d", "a < b c d"),
        ("1 <2> 3", "1 <2> 3"),
        ("<!x>a<!-- b -->c", "ac"),
        ("x <!-- never closed", "x never closed"),
        ("<a href='https://x.example/y'>la page</a>", "la page <https://x.example/y>"),
        (
            "<a href='https://x.example'>a <a href='https://y.example'>b</a>",
            "a b <https://y.example>",
        ),
        ("b</a> c", "b c"),
        ("<a href='https://x.example'><p>c</p></a>d", "c\n\nd"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert parse_mail(mail(html, "text/html")).text == text


def test_ten_thousand_recipients_are_read() -> None:
    to = ", ".join(f'"Nom, P. {n}" <p{n}@client.example>' for n in range(10_000))
    parsed = parse_mail(mail("x", To=to))
    assert len(parsed.to) == 10_000
    assert parsed.to[9_999] == Address("Nom, P. 9999", "p9999@client.example")


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("Thu, 01 Jan 1970 00:00:00 +0000", 1970),
        ("Wed, 30 Dec 2099 12:00:00 -0000", 2099),
        ("Tue, 24 Nov 2026 10:00:00", 2026),
        ("yesterday", None),
        ("Tue, 24 Nov 99999 10:00:00 +0000", None),
        ("Tue, 24 Nov 2026 10:00:00 +9999999", None),
    ],
)
def test_dates_are_what_the_sender_said_where_they_can_be(written: str, year: int | None) -> None:
    date = parse_mail(mail("x", Date=written)).date
    assert (date.year if date else None) == year


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Léa <LEA@Atelier.example>", Address("Léa", "lea@atelier.example")),
        ("lea@atelier.example (Léa)", Address("Léa", "lea@atelier.example")),
        ('"Martin, Léa" <lea@atelier.example>', Address("Martin, Léa", "lea@atelier.example")),
        ("=?utf-8?q?L=C3=A9a?= <lea@x.example>", Address("Léa", "lea@x.example")),
        ("<lea@x.example>", Address("", "lea@x.example")),
        ("undisclosed-recipients:;", Address("undisclosed-recipients")),
        ("Équipe: lea@x.example, jean@x.example;", Address("", "lea@x.example")),
        ("Léa", Address("Léa", "")),
        ("", Address()),
        ("\x00<lea\x00@x.example>", Address("", "lea@x.example")),
        ('"lea@x.example" <evil@y.example>', Address("lea@x.example", "evil@y.example")),
        ("lea@x.example.", Address("", "lea@x.example")),
        ("Léa <lea@localhost.>", Address("Léa", "lea@localhost")),
        ("lea@[192.0.2.1]", Address("", "lea@[192.0.2.1]")),
        # Nothing can be sent to these.
        ("lea@", Address("lea@", "")),
        ("@x.example", Address("@x.example", "")),
        ("lea@y@x.example", Address("lea@y@x.example", "")),
        ("lea@x..example", Address("lea@x..example", "")),
        ("Léa <lea@.>", Address("Léa", "")),
        (f"lea@{'x' * 64}.example", Address(f"lea@{'x' * 64}.example", "")),
    ],
)
def test_senders_are_read_in_every_form(written: str, address: Address) -> None:
    assert parse_mail(mail("x", From=written)).from_ == address


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<1@x.example>", "<1@x.example>"),
        ("1@x.example", "<1@x.example>"),
        ("1@x.example <2@x.example>", "<2@x.example>"),
        ("1@x.example (no comment)", ""),
        ("none", ""),
    ],
)
def test_a_message_id_is_kept_without_its_brackets_too(written: str, read: str) -> None:
    assert parse_mail(mail("x", Message_ID=written)).message_id == read
    assert parse_mail(mail("x", In_Reply_To=written)).in_reply_to == read


def test_references_without_brackets_are_kept_in_their_order() -> None:
    parsed = parse_mail(mail("x", References="1@x.example 2@x.example 1@x.example"))
    assert parsed.references == ("<1@x.example>", "<2@x.example>")


def test_signed_and_encrypted_parts_are_kept() -> None:
    signed = parse_mail(
        multipart(
            "multipart/signed; protocol=application/pgp-signature",
            ("Content-Type: text/plain", "Bonjour"),
            ("Content-Type: application/pgp-signature", "-----BEGIN PGP SIGNATURE-----"),
        )
    )
    assert signed.text == "Bonjour"
    assert [part.media_type for part in signed.parts] == ["application/pgp-signature"]
    sealed = parse_mail(
        mail(
            b64encode(b"\x30\x82"),
            "application/pkcs7-mime; name=smime.p7m",
            Content_Transfer_Encoding="base64",
        )
    )
    assert [(part.name, part.content) for part in sealed.parts] == [("smime.p7m", b"\x30\x82")]


def test_a_mail_in_a_mail_is_a_file() -> None:
    parsed = parse_mail(
        multipart(
            "multipart/mixed",
            ("Content-Type: text/plain", "Voir ci-joint"),
            ("Content-Type: message/rfc822", "Subject: Panne\nFrom: a@b.example\n\nLe lien"),
        )
    )
    (part,) = parsed.parts
    assert (part.name, part.media_type) == ("Panne.eml", "message/rfc822")
    assert parsed.text == "Voir ci-joint"


def test_an_attached_text_is_no_part_of_the_text() -> None:
    parsed = parse_mail(
        multipart(
            "multipart/mixed",
            ("Content-Type: text/plain", "Voici le journal"),
            ("Content-Type: text/plain; name=journal.log", "ligne 1"),
            ("Content-Type: text/plain", "Cordialement"),
        )
    )
    assert parsed.text == "Voici le journal\n\nCordialement"
    assert [part.name for part in parsed.parts] == ["journal.log"]


def tnef(*files: tuple[str, bytes]) -> bytes:
    def attribute(name: int, content: bytes) -> bytes:
        return (
            (
                b"\x02"
                + name.to_bytes(2, "little")
                + b"\x06\x00"
                + len(content).to_bytes(4, "little")
            )
            + content
            + b"\x00\x00"
        )

    found = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00"
    for name, content in files:
        found += attribute(0x9002, b"\x00" * 14) + attribute(0x8010, name.encode() + b"\x00")
        found += attribute(0x800F, content)
    return found


def property_of(kind: int, name: int, value: bytes) -> bytes:
    """As Outlook writes one of a message or file: [MS-OXTNEF], 2.1.3.4."""
    head = kind.to_bytes(2, "little") + name.to_bytes(2, "little")
    if kind in (2, 3, 11, 64):
        return head + value
    padded = value + b"\x00" * (-len(value) % 4)
    return head + (1).to_bytes(4, "little") + len(value).to_bytes(4, "little") + padded


def test_a_file_of_outlook_has_its_long_name_its_kind_and_its_place_in_the_text() -> None:
    named = (31).to_bytes(2, "little") + (0x8001).to_bytes(2, "little") + b"\x11" * 16
    named += (1).to_bytes(4, "little") + (6).to_bytes(4, "little") + "Own".encode("utf-16-le")
    named += b"\x00\x00" + (1).to_bytes(4, "little") + (4).to_bytes(4, "little") + b"x\x00y\x00"
    properties = [
        property_of(3, 0x0E20, b"\x07\x00\x00\x00"),
        property_of(258, 0x3702, b""),
        property_of(31, 0x3704, "PLANDU~1.PDF\0".encode("utf-16-le")),
        property_of(31, 0x3707, "Plan du site – été.pdf\0".encode("utf-16-le")),
        property_of(64, 0x3007, b"\x00" * 8),
        property_of(30, 0x370E, b"application/pdf\0"),
        property_of(30, 0x3712, b"<plan@x>\0"),
        named,
    ]
    block = len(properties).to_bytes(4, "little") + b"".join(properties)
    packed = tnef(("PLANDU~1.PDF", b"%PDF-1"))
    packed += b"\x02\x05\x90\x06\x00" + len(block).to_bytes(4, "little") + block + b"\x00\x00"
    parsed = parse_mail(
        multipart(
            "multipart/mixed",
            ("Content-Type: text/plain", "Voici"),
            (TNEF_HEAD, b64encode(packed).decode()),
        )
    )
    (part,) = parsed.parts
    assert (part.name, part.media_type, part.content_id, part.content) == (
        "Plan du site – été.pdf",
        "application/pdf",
        "plan@x",
        b"%PDF-1",
    )


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_the_files_in_a_winmail_dat_are_found(cut: int) -> None:
    packed = tnef(("plan.pdf", b"%PDF-1"), ("photo.jpg", b"\xff\xd8"))
    packed = packed[: len(packed) - cut]
    parsed = parse_mail(
        multipart(
            "multipart/mixed",
            ("Content-Type: text/plain", "Voici"),
            (
                TNEF_HEAD,
                b64encode(packed).decode(),
            ),
        )
    )
    names = [part.name for part in parsed.parts]
    assert names == (["plan.pdf", "photo.jpg"] if cut == 0 else ["plan.pdf"])


def test_the_language_is_that_of_the_words() -> None:
    assert parse_mail(mail("Bonjour, le lien est coupé depuis ce matin, merci.")).language == "fr"
    assert parse_mail(mail("Hello, the link has been down since this morning.")).language == "en"
    assert parse_mail(mail("OK")).language == ""


def test_what_is_broken_is_said() -> None:
    parsed = parse_mail(b"Subject: x\nSubject: y\n\nz")
    assert parsed.subject == "x"
    assert "no From" in parsed.defects
    assert "more than one Subject: the first counts" in parsed.defects

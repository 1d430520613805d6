"""No bytes whatever make the parser raise, and none of them are lost."""

from hypothesis import given
from hypothesis import strategies as st

from opale.messaging.domain.mail_parser import fingerprints
from opale.messaging.domain.mail_parser.headers import first_value, parse_fields, split_head
from opale.messaging.domain.mail_parser.mime import parse_mime, walk
from opale.messaging.domain.mail_parser.parsed_mail import ParsedMail
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.tests.samples import (
    AWAY,
    FAILED,
    HUMANS,
    LETTERS,
    REPLIES,
    mail,
    multipart,
    report,
)

HTML = "<p>Bonjour</p><blockquote>ici <a href='http://x.example'>là</a></blockquote>"
SAMPLES = [
    *(raw for raw, _ in LETTERS.values()),
    *AWAY.values(),
    *HUMANS.values(),
    *(mail(text) for text, _ in REPLIES.values()),
    report(FAILED),
    mail(HTML, "text/html"),
    multipart(
        "multipart/related",
        ("Content-Type: text/html", HTML),
        ("Content-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64", "iVBORw=="),
        ("Content-Type: application/ms-tnef; name*0*=utf-8''%C3; name*1*=%A9", "x\x9f\x3e\x22"),
    ),
]
TYPES = st.sampled_from(
    [
        "text/plain",
        "text/html; charset=utf-7",
        "text/plain; charset=utf-16",
        "multipart/alternative",
        "multipart/mixed",
        "multipart/report; report-type=delivery-status",
        "multipart/digest",
        "message/rfc822",
        "message/delivery-status",
        "application/ms-tnef",
        "text/calendar",
        "nonsense",
        "",
    ]
)
ENCODINGS = st.sampled_from(["", "base64", "quoted-printable", "x-uuencode", "8bit", "?"])
PIECES = [
    *(b"\r\n\r\n", b"\n", b"\x00", b"--b\n", b"--b--\n", b"=?utf-8?b?", b"?=", b"<", b">", b'"'),
    *(b"(", b":", b";", b"begin 644 x\n", b"> ", b"Le 1 a \xc3\xa9crit :\n", b"=", b"\xff\xfe"),
    *(b"Content-Type: multipart/mixed; boundary=b\n", b"From: ", b"Status: 5.1.1\n", b"<!--"),
    *(b"</", b"&#x110000;", b"&#0;", b"\x01", b"\x02", b"\xed\xa0\x80"),
]
CHUNKS = st.one_of(st.binary(max_size=60), st.sampled_from(PIECES))


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> bytes:
    """A part, perhaps of parts, each header and boundary right or not."""
    kind = draw(TYPES)
    boundary = draw(st.sampled_from(["b", "=_x", "", " ", "é", "b" * 100]))
    head = f'Content-Type: {kind}; boundary="{boundary}"\r\n'.encode()
    if encoding := draw(ENCODINGS):
        head += f"Content-Transfer-Encoding: {encoding}\r\n".encode()
    if depth < 4 and kind.startswith("multipart"):
        inner = draw(st.lists(trees(depth=depth + 1), max_size=3))
        body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), one) for one in inner)
        if draw(st.booleans()):
            body += b"--%s--\r\n" % boundary.encode()
    else:
        body = b"".join(draw(st.lists(CHUNKS, max_size=8)))
    return head + draw(st.sampled_from([b"\r\n", b"\n", b""])) + body


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A real mail in which pieces were replaced, put in and taken out."""
    raw = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(CHUNKS) + raw[at + draw(st.integers(0, 40)) :]
    return raw


def holds_up(raw: bytes) -> ParsedMail:
    before = bytes(raw)
    parsed = parse_mail(raw, trusted_servers=["mx.opale.example"], installation="x")
    assert raw == before
    head, body = split_head(raw)
    assert raw.startswith(head)
    assert raw.endswith(body)
    for text in (parsed.subject, parsed.text, parsed.text_shown, parsed.html, parsed.message_id):
        assert "\x00" not in text
        text.encode()
    for part in parsed.parts:
        part.name.encode()
        assert "\x00" not in part.name
    assert len(fingerprints.content_hash(raw)) == 64
    return parsed


@given(trees())
def test_no_tree_of_parts_makes_it_raise(raw: bytes) -> None:
    holds_up(b"From: a@b.example\r\n" + raw)


@given(mutations())
def test_no_broken_mail_makes_it_raise(raw: bytes) -> None:
    holds_up(raw)


@given(st.lists(CHUNKS, max_size=40).map(b"".join))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    holds_up(raw)


@given(st.lists(st.text(alphabet="abc é\n->", max_size=80), min_size=1, max_size=5))
def test_every_part_of_a_sound_mail_comes_out_whole(texts: list[str]) -> None:
    raw = multipart(
        "multipart/mixed",
        *(("Content-Type: text/plain; charset=utf-8; name=a.txt", text) for text in texts),
        boundary="=_no text has this",
    )
    found = [part.content.decode().replace("\r\n", "\n") for part in parse_mail(raw).parts]
    assert [text for text in found if text] == [text for text in texts if text] or found == texts


@given(mutations())
def test_the_content_is_the_same_by_every_route(raw: bytes) -> None:
    head, _ = split_head(raw)
    of = parse_fields(head)
    if not (first_value(of, "message-id") or first_value(of, "date")):
        return  # also where one is named and says nothing: it counts as another mail
    routed = b"Received: from a by b\r\n\tfor c; now\r\nDelivered-To: x@y.example\r\n" + raw
    if raw[:1] not in (b" ", b"\t"):
        assert fingerprints.content_hash(routed) == fingerprints.content_hash(raw)


def test_the_samples_are_walked_to_every_leaf() -> None:
    assert all(list(walk(parse_mime(raw))) for raw in SAMPLES)

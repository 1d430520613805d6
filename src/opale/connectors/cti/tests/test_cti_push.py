"""Both ways in which telephone systems push their calls."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from opale.connectors.cti import Cti
from opale.run.events.domain.deliveries import Delivery, Unreadable
from opale.run.telephone.states import Direction, SignalKind

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
URL = "https://opale.example/ingest/cti/key?a=1&b=2"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def delivery(name: str, content_type: str = "", path: str = "") -> Delivery:
    kind = content_type or (JSON if name.endswith(".json") else FORM)
    return Delivery((FIXTURES / name).read_bytes(), NOW, kind, path)


@pytest.mark.parametrize("name", ["zammad_new_call.json", "zammad_new_call.form"])
def test_a_new_call_in_the_shape_of_zammad(name: str) -> None:
    signal = Cti().read(delivery(name))
    assert signal is not None
    assert (signal.kind, signal.direction) == (SignalKind.RING, Direction.IN)
    assert (signal.caller, signal.called) == ("33199001122", "33199000000")
    assert (signal.users, signal.queue) == (("Léa Morel", "102"), "support")
    assert Cti().reply(delivery(name), URL).body == b"{}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("zammad_answer.json", SignalKind.ANSWER),
        ("zammad_hangup.json", SignalKind.HANGUP),
        ("sipgate_answer.form", SignalKind.ANSWER),
        ("sipgate_hangup.form", SignalKind.HANGUP),
    ],
)
def test_answer_and_hangup(name: str, kind: SignalKind) -> None:
    signal = Cti().read(delivery(name))
    assert signal is not None
    assert signal.kind == kind


def test_a_new_call_of_sipgate_is_answered_in_its_xml() -> None:
    signal = Cti().read(delivery("sipgate_new_call.form"))
    assert signal is not None
    assert signal.users == ("Léa Morel", "w0")
    reply = Cti().reply(delivery("sipgate_new_call.form"), URL)
    assert reply.content_type == "application/xml"
    root = ElementTree.fromstring(reply.body)
    assert (root.tag, root.attrib) == (
        "Response",
        {"onAnswer": f"{URL}/sipgate", "onHangup": f"{URL}/sipgate"},
    )
    hangup = delivery("sipgate_hangup.form", path="sipgate")
    assert Cti().reply(hangup, f"{URL}/sipgate").body == reply.body


def test_the_address_may_say_that_it_is_sipgate() -> None:
    told = delivery("zammad_new_call.form", path="sipgate/")
    assert Cti().reply(told, URL).content_type == "application/xml"


def test_tones_say_nothing_of_a_call() -> None:
    assert Cti().read(delivery("sipgate_dtmf.form")) is None


def test_a_body_is_read_whatever_its_type_says() -> None:
    signal = Cti().read(delivery("zammad_new_call.json", "text/plain"))
    assert signal is not None
    assert signal.call_id == "pbx-1"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "event"),
        (b"\xff\xfe", "body"),
        (b"[1]", "event"),
        (b'{"event": "newCall"}', "callId"),
        (b'{"callId": "1"}', "event"),
        (b'{"event": "ring", "callId": "1"}', "event"),
        (b'{"event": "newCall", "callId": "1", "direction": "up"}', "direction"),
        (b'{"event": "newCall", "callId": "' + b"1" * 251 + b'"}', "callId"),
        (b"event=newCall&callId=", "callId"),
        (b"&".join(b"a%d=1" % n for n in range(200)), "body"),
        (b'{"event": ["newCall"], "callId": "1"}', "event"),
    ],
)
def test_what_cannot_be_read_names_its_fault(body: bytes, fault: str) -> None:
    with pytest.raises(Unreadable) as refused:
        Cti().read(Delivery(body, NOW))
    assert refused.value.reason.startswith(fault)


def test_what_no_text_can_hold_is_replaced() -> None:
    body = b'{"event": "newCall", "callId": "a\\u0000b", "user": ["x\\u0000"]}'
    signal = Cti().read(Delivery(body, NOW, JSON))
    assert signal is not None
    assert (signal.call_id, signal.users) == ("a\ufffdb", ("x\ufffd",))

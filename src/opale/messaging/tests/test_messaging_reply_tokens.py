"""Addresses that lead an answer back: signed, short, and read again whatever servers do to them."""

from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from opale.messaging.queries.reply_tokens import (
    LOCAL_PART,
    installation_name,
    origin_of_address,
    origin_of_thread,
    reply_address,
    thread_message_id,
)

BOX = "support@example.net"
TICKET = "desk.ticket:4711"


def test_an_answer_finds_its_ticket() -> None:
    assert origin_of_address(reply_address(BOX, TICKET)) == TICKET
    assert origin_of_address(f'"Support" <{reply_address(BOX, TICKET)}>') == TICKET


@given(st.integers(0, 2**63 - 1))
def test_every_number_is_read_again_and_fits(number: int) -> None:
    address = reply_address("service.technique.velora@example.net", f"desk.ticket:{number}")
    assert origin_of_address(address) == f"desk.ticket:{number}"
    assert len(address.rpartition("@")[0]) <= LOCAL_PART


@pytest.mark.parametrize("origin", ["desk.approval:12", "telephone.call:é", "desk.ticket:007"])
def test_an_origin_without_short_form_is_read_again_too(origin: str) -> None:
    assert origin_of_address(reply_address("s@example.net", origin)) == origin


def test_a_server_that_folds_case_or_takes_another_sign_changes_nothing() -> None:
    address = reply_address(BOX, TICKET)
    assert origin_of_address(address.upper()) == TICKET
    assert origin_of_address(address.replace("+", "-")) == TICKET


def test_no_letter_of_a_token_can_be_changed() -> None:
    local, _at, domain = reply_address(BOX, TICKET).rpartition("@")
    for place in range(len("support+t."), len(local)):
        other = "a" if local[place] != "a" else "b"
        assert origin_of_address(f"{local[:place]}{other}{local[place + 1 :]}@{domain}") is None


@pytest.mark.parametrize(
    "address", ["", BOX, "support+t.@example.net", "support+t.aa@example.net", "é+t.é@é", "+t."]
)
def test_other_addresses_lead_nowhere(address: str) -> None:
    assert origin_of_address(address) is None


def test_the_token_of_another_installation_is_nothing_here(settings: Settings) -> None:
    address, mark, root = reply_address(BOX, TICKET), installation_name(), thread_message_id(TICKET)
    settings.SECRET_KEY = "another-key-of-another-house"
    assert origin_of_address(address) is None
    assert origin_of_thread(root) is None
    assert installation_name() != mark


def test_a_key_that_was_replaced_is_still_read(settings: Settings) -> None:
    address = reply_address(BOX, TICKET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-key"
    assert origin_of_address(address) == TICKET


def test_a_name_too_long_for_a_token_is_left_as_it_is() -> None:
    box = f"{'n' * 60}@example.net"
    assert reply_address(box, TICKET) == box


def test_the_root_of_a_thread_is_signed_too() -> None:
    assert origin_of_thread(thread_message_id(TICKET)) == TICKET
    assert origin_of_thread("<17640@example.net>") is None
    assert parseaddr(thread_message_id(TICKET))[1]

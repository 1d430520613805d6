"""Addresses as they are written: `Léa Morel <lea@velora.example>`."""

from email.utils import parseaddr
from functools import lru_cache
from typing import NamedTuple


class AddressParts(NamedTuple):
    """Both are empty where what is written is no address."""

    name: str
    address: str


@lru_cache(1024)
def split_address(written: str) -> AddressParts:
    """Read letter by letter, so that those of the mailboxes are remembered."""
    return AddressParts(*parseaddr(written))

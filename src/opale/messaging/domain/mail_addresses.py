"""Parsing of mail addresses such as `Léa Morel <lea@velora.example>`."""

from email.utils import parseaddr
from functools import lru_cache
from typing import NamedTuple


class AddressParts(NamedTuple):
    """Name and address; both are empty where the text is no address."""

    name: str
    address: str


@lru_cache(1024)
def split_address(written: str) -> AddressParts:
    """Split a written address into name and address; cached, because the parsing is slow."""
    return AddressParts(*parseaddr(written))

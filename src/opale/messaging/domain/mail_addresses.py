"""Parsing of mail addresses such as `Léa Morel <lea@velora.example>`."""

import re
from email.header import decode_header, make_header
from email.utils import parseaddr
from functools import lru_cache
from typing import Final, NamedTuple

SPECIALS: Final = re.compile(r'[][\\()<>@,:;".]')
"""Letters that a name may have only in quotes (RFC 5322, 3.2.3)."""


class AddressParts(NamedTuple):
    """Name and address; both are empty where the text is no address."""

    name: str
    address: str


@lru_cache(1024)
def split_address(written: str) -> AddressParts:
    """Split a written address into name and address; cached, because the parsing is slow.

    A name encoded for a header (RFC 2047), as settings may hold it, is decoded.
    """
    name, address = parseaddr(written)
    return AddressParts(_decoded(name), address)


def write_address(name: str, address: str) -> str:
    """Return `Name <address>` in plain letters: only the mail itself encodes them (RFC 2047)."""
    said = " ".join(name.split())
    if not said:
        return address
    if SPECIALS.search(said):
        said = '"' + said.replace("\\", r"\\").replace('"', r"\"") + '"'
    return f"{said} <{address}>"


def _decoded(name: str) -> str:
    if "=?" not in name:
        return name
    try:
        return str(make_header(decode_header(name)))
    except (LookupError, ValueError):
        return name

"""Addresses of people and gateways, kept encrypted."""

from opale.kernel.sealing import seal, unseal

PURPOSE = "paging"


def closed(address: str) -> str:
    return seal(address, purpose=PURPOSE)


def opened(sealed: str) -> str:
    """Errors: cryptography.fernet.InvalidToken."""
    return unseal(sealed, purpose=PURPOSE)

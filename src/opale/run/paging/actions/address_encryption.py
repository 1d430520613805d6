"""Encryption of the addresses of people and gateways."""

from opale.kernel.encryption import decrypt, encrypt

PURPOSE = "paging"


def encrypt_address(address: str) -> str:
    return encrypt(address, purpose=PURPOSE)


def decrypt_address(sealed: str) -> str:
    """Errors: cryptography.fernet.InvalidToken."""
    return decrypt(sealed, purpose=PURPOSE)

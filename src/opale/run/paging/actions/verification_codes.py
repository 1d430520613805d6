"""Verification codes of addresses: not stored, derived anew from the secret key."""

from django.utils.crypto import constant_time_compare, salted_hmac

from opale.run.paging.models import ContactMethod


def verification_code(method: ContactMethod) -> str:
    """Return the six digits for this method, valid until `code_until`."""
    until = method.code_until.isoformat() if method.code_until else ""
    digest = salted_hmac("opale.paging.code", f"{method.pk} {until}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def is_valid_code(method: ContactMethod, said: str) -> bool:
    return constant_time_compare(verification_code(method), "".join(said.split()))

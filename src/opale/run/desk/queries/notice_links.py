"""Links by which a contact chooses its notices without a login: signed, valid for ever.

A link names the contact. It proves that this installation wrote it to that contact, and can only
change which unrequested mails reach it.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "opale.notice-preferences"


def notice_link_to(contact_id: int) -> str:
    return settings.BASE_URL + reverse(
        "desk_notice_preferences", args=[notice_token_of(contact_id)]
    )


def end_notice_link(contact_id: int, occasion: str) -> str:
    """Return the address of the same page; one POST to it (RFC 8058) ends the mails of the
    occasion."""
    return f"{notice_link_to(contact_id)}?end={occasion}"


def notice_token_of(contact_id: int) -> str:
    return signing.Signer(salt=SALT).sign(str(contact_id))


def contact_id_of_token(token: str) -> int | None:
    """Return the contact of a token; None where the link is not one of ours."""
    try:
        return int(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature:
        return None

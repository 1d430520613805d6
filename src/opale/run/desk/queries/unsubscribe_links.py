"""Links by which a follower of a ticket unsubscribes without a login: signed, valid for ever.

A link names the follower and the ticket, or no ticket for all digests. It proves that this
installation wrote it to that person, and can do nothing but end mails.
"""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "opale.unfollow"


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """The subscription that a link ends: `ticket_id` 0 is every digest."""

    kind: Literal["person", "contact"]
    key: int
    ticket_id: int = 0


def unsubscribe_link_to(ending: Unsubscription) -> str:
    return settings.BASE_URL + reverse("desk_unfollow", args=[unsubscribe_token_of(ending)])


def unsubscribe_token_of(ending: Unsubscription) -> str:
    said = f"{ending.kind[0]}{ending.key}.{ending.ticket_id}"
    return signing.Signer(salt=SALT).sign(said)


def unsubscription_of_token(token: str) -> Unsubscription | None:
    """Return the subscription that a token ends; None where the link is not one of ours."""
    try:
        said = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    who, _dot, ticket = said.partition(".")
    kind: Literal["person", "contact"] = "person" if who[:1] == "p" else "contact"
    return Unsubscription(kind, int(who[1:]), int(ticket))

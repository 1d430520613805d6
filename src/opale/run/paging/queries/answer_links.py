"""Signed links by which a paged person answers without a login, valid while the page is open.

A link names the page. It proves that this installation sent it to that person, and allows nothing
but the answer; programs open every link, so only a POST acts.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "opale.page"


def answer_url(page_id: int) -> str:
    return settings.BASE_URL + reverse("paging_link", args=[token_of_page(page_id)])


def token_of_page(page_id: int) -> str:
    return signing.Signer(salt=SALT).sign(str(page_id))


def page_id_of_token(token: str) -> int | None:
    """Return the page that a link names; None for a link that is not ours."""
    try:
        return int(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None

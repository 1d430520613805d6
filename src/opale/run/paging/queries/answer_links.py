"""Links by which whoever is paged answers without a login: signed, and good while it calls.

A link names the page. It proves that this installation sent it to that person, and can do nothing
but answer; programs open every link, so only a POST acts.
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
    """The page that the link is of; None where it is not one of ours."""
    try:
        return int(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None

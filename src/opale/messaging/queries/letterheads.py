"""The letterhead of mails to customers: its present and former versions, and its logo."""

from base64 import b64encode
from hashlib import sha256
from typing import Any, Final

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.files import open_stored
from opale.kernel.reference_cache import cached
from opale.messaging.models import Letterhead, LetterheadQuerySet
from opale.messaging.queries.mail_layout import LOGO, Head

MOST_WIDE: Final = 200
MOST_HIGH: Final = 60
"""Pixels that the logo takes in a mail, at most."""
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def letterheads(*, seen_by: Actor) -> LetterheadQuerySet:
    """Return all versions, the newest first."""
    return Letterhead.objects.visible_to(seen_by).order_by("-id")


def get_letterhead(version_id: int, *, seen_by: Actor) -> Letterhead:
    """Return a version. Errors: NotFound."""
    found = letterheads(seen_by=seen_by).filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def present_letterhead(*, seen_by: Actor) -> Letterhead:
    """Return the version in force; an empty one where none was ever written."""
    return letterheads(seen_by=seen_by).first() or Letterhead()


def version_before(version: Letterhead) -> Letterhead | None:
    return Letterhead.objects.filter(pk__lt=version.pk).order_by("-id").first()


@cached(2)
def head_in(language: str) -> Head | None:
    """Return the letterhead of mails in a language; None where there is none."""
    last = Letterhead.objects.order_by("-id").first()
    return None if last is None else head_of(last, language)


def head_of(version: Letterhead, language: str) -> Head | None:
    """Return a version in a language; a footer that is not written takes the other language's."""
    footers = (version.footer_fr, version.footer_en)
    own, other = footers if language == "fr" else reversed(footers)
    if not version.company:
        return None
    return Head(
        company=version.company,
        footer=(own or other).splitlines(),
        **_logo(version),
    )


def _logo(version: Letterhead) -> dict[str, Any]:
    if not version.logo_key:
        return {}
    return {
        "logo_size": shown_size(version.logo_width, version.logo_height),
        "logo_file": {
            "name": f"{LOGO}.{ENDINGS[version.logo_type]}",
            "media_type": version.logo_type,
            "key": version.logo_key,
            "shown_as": LOGO,
        },
    }


def shown_size(width: int, height: int) -> tuple[int, int]:
    """Return the size at which a logo is shown: never larger than it is."""
    scale = min(1, MOST_WIDE / width, MOST_HIGH / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def is_own_logo(content: bytes) -> bool:
    """Return whether a file is a logo of ours, present or former, as answers quote it."""
    return sha256(content).hexdigest() in _logo_digests()


@cached(1)
def _logo_digests() -> frozenset[str]:
    keys = Letterhead.objects.exclude(logo_key="").values_list("logo_key", flat=True).distinct()
    return frozenset(key.rpartition("/")[2] for key in keys)


def logo_as_data(head: Head | None) -> str:
    """Return the logo as a data address, for a preview, which loads nothing; "" without a logo."""
    if head is None or not head.logo_file:
        return ""
    with open_stored(head.logo_file["key"]) as kept:
        return f"data:{head.logo_file['media_type']};base64,{b64encode(kept.read()).decode()}"

"""Editing the letterhead of mails to customers. Each change is a new version: nothing is lost.

Source: docs/rules/letterhead.md.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.action_steps import require_everywhere
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotFound
from opale.kernel.files import UPLOADS, store_bytes
from opale.kernel.locks import take_locks
from opale.kernel.pictures import Picture, whole_picture
from opale.messaging.models import Letterhead
from opale.messaging.rights import LETTERHEAD

LOGO_LIMIT: Final = 256 * 1024
"""Bytes of a logo: every mail carries it."""
LOGO_SIDE: Final = 2000
"""Pixels of the longer side of a logo, which is shown at a tenth of that."""
MAX_FOOTER_LINES: Final = 8
MAX_FOOTER_LENGTH: Final = 600
LOGO_COLUMNS: Final = ("logo_key", "logo_type", "logo_width", "logo_height")
WORDS: Final = ("company", "footer_fr", "footer_en")


def write_letterhead(
    *, by: Actor, company: str, footer_fr: str = "", footer_en: str = ""
) -> Letterhead:
    """Set the company's name and the footer of mails from now on. Errors: NotAllowed, Invalid."""
    require_everywhere(by, LETTERHEAD)
    footers = {"footer_fr": _lines(footer_fr), "footer_en": _lines(footer_en)}
    wrong = {name: _("At most 8 lines.") for name, text in footers.items() if _is_long(text)}
    company = " ".join(company.split())
    if not company:
        wrong["company"] = _("Required")
    elif len(company) > 100:
        wrong["company"] = _("This text is too long.")
    if wrong:
        raise Invalid(**wrong)
    return _write(by, company=company, **footers)


def set_letterhead_logo(chunks: Iterable[bytes], *, by: Actor) -> Letterhead:
    """Set the logo of mails from now on: a PNG, JPEG or WebP, stored as it is.

    Errors: NotAllowed, Invalid (too large, no such picture, or the company has no name yet),
    TooMany.
    """
    require_everywhere(by, LETTERHEAD)
    content = _bounded(chunks)
    picture = _checked(content)
    UPLOADS.take(by.key, len(content))
    return _write(
        by,
        logo_key=store_bytes(content),
        logo_type=picture.media_type,
        logo_width=picture.width,
        logo_height=picture.height,
    )


def remove_letterhead_logo(*, by: Actor) -> Letterhead:
    """Remove the logo from mails from now on; those in the outbox keep it.

    Errors: NotAllowed, NotFound (there is none).
    """
    require_everywhere(by, LETTERHEAD)
    last = Letterhead.objects.order_by("-id").first()
    if last is None or not last.logo_key:
        raise NotFound
    return _write(by, logo_key="", logo_type="", logo_width=0, logo_height=0)


def restore_letterhead(version: Letterhead, *, by: Actor) -> Letterhead:
    """Use a former version again, its logo included. Errors: NotAllowed."""
    require_everywhere(by, LETTERHEAD)
    return _write(by, **{name: getattr(version, name) for name in (*WORDS, *LOGO_COLUMNS)})


def _write(by: Actor, **changes: Any) -> Letterhead:
    """Add a version: the last one with some changes. One at a time, so that none is lost."""
    with attributed(by):
        take_locks("messaging.letterhead")
        last = Letterhead.objects.order_by("-id").first() or Letterhead()
        said = {name: getattr(last, name) for name in (*WORDS, *LOGO_COLUMNS)} | changes
        if said["logo_key"] and not said["company"]:
            raise Invalid(
                file=_("Enter the company name first: it is shown where pictures are blocked.")
            )
        return Letterhead.objects.create(
            actor=by.key, actor_name=by.name[:200], at=clock.now(), **said
        )


def _bounded(chunks: Iterable[bytes]) -> bytes:
    content = b""
    for chunk in chunks:
        content += chunk
        if len(content) > LOGO_LIMIT:
            raise Invalid(
                file=_("The logo is larger than %(limit)s KiB.") % {"limit": LOGO_LIMIT // 1024}
            )
    return content


def _checked(content: bytes) -> Picture:
    if b"<svg" in content[:4096].lower():
        raise Invalid(
            file=_("SVG is not accepted: many mail programs do not show it. Use PNG, JPEG or WebP.")
        )
    picture = whole_picture(content)
    if picture is None:
        raise Invalid(file=_("This is not a complete PNG, JPEG or WebP picture."))
    if max(picture.width, picture.height) > LOGO_SIDE:
        raise Invalid(
            file=_("The logo is larger than %(side)s × %(side)s pixels.") % {"side": LOGO_SIDE}
        )
    return picture


def _lines(text: str) -> str:
    """Return the lines that say something, without spaces at their ends."""
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line)


def _is_long(text: str) -> bool:
    return len(text) > MAX_FOOTER_LENGTH or len(text.splitlines()) > MAX_FOOTER_LINES

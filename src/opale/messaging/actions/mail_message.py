"""A mail as it leaves: plain text, HTML with its pictures, and attachments."""

from email.message import Message
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from typing import cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart


class MailMessage(EmailMultiAlternatives):
    """Django's mail, whose pictures that the HTML shows are related to it (RFC 2387).

    They are among `attachments`, where a provider's API finds them too.
    """

    def attach_picture(self, name: str, content: bytes, media_type: str, content_id: str) -> None:
        """Attach a picture that the HTML shows as `cid:<content_id>`."""
        picture = MIMEImage(content, media_type.partition("/")[2])
        picture.add_header("Content-ID", f"<{content_id}>")
        picture.add_header("Content-Disposition", "inline", filename=_encoded(name))
        self.attachments.append(picture)

    def _create_attachments(self, msg: Message) -> Message:
        attached = self.attachments
        self.attachments = [one for one in attached if not _is_inline(one)]
        try:
            made: Message = super()._create_attachments(msg)  # type: ignore[misc]  # Django's
        finally:
            self.attachments = attached
        return made

    def _create_alternatives(self, msg: Message) -> Message:
        made: Message = super()._create_alternatives(msg)  # type: ignore[misc]  # Django's
        pictures = [one for one in self.attachments if _is_inline(one)]
        if not pictures:
            return made
        parts = cast("list[Message]", made.get_payload())
        related = SafeMIMEMultipart("related", encoding=self.encoding or settings.DEFAULT_CHARSET)
        related.set_param("type", "text/html")
        for part in (parts[-1], *pictures):
            related.attach(part)
        made.set_payload([*parts[:-1], related])
        return made


def _is_inline(attached: object) -> bool:
    return isinstance(attached, MIMEBase) and attached.get_content_disposition() == "inline"


def _encoded(name: str) -> str | tuple[str, str, str]:
    return name if name.isascii() else ("utf-8", "", name)

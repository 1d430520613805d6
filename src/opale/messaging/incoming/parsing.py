"""Reading a mail."""

from opale.messaging.incoming import headers
from opale.messaging.incoming.parsed import ParsedMail


def parse(raw: bytes) -> ParsedMail:
    """What a mail says. Never raises for what stands in it."""
    head, body = headers.split(raw)
    of = headers.fields(head)
    text = headers.UNPRINTABLE.sub("", headers.text_of(body))
    return ParsedMail(
        message_id=next(iter(headers.ids_in(headers.decoded(headers.first(of, "message-id")))), ""),
        subject=headers.decoded(headers.first(of, "subject")),
        from_=headers.first_address(headers.first(of, "from")),
        to=headers.addresses(headers.first(of, "to")),
        text=text,
        text_shown=text,
    )

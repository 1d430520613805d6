"""Parsing of bounces, mail servers' reports of mails not delivered (RFC 3464), in any form.

Many servers write no report but a letter, in the words of their program and their language. It is
taken for a bounce only when the sender is a mail server and the words are those of one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from opale.messaging.domain.mail_parser import headers, mime
from opale.messaging.domain.mail_parser.automatic_mail import is_null_sender
from opale.messaging.domain.mail_parser.headers import Fields
from opale.messaging.domain.mail_parser.parsed_mail import Address, Bounce, FailedRecipient

MAX_ADDRESSES: Final = 100
MAX_READ: Final = 60_000
"""Characters of a letter that are read: the server's words are at its beginning."""
SERVERS: Final = re.compile(
    r"(?:mailer[._-]?daemon|mail[._-]?daemon|postmaster|maildelivery"
    r"|mail[._-]?delivery[._-]?(?:system"
    r"|subsystem)|microsoftexchange[0-9a-f]{8,}|mailadmin|bounces?|mmdf|daemon)(?:[+.=_-].*)?",
    re.IGNORECASE,
)
SERVER_NAMES: Final = re.compile(
    r"mail delivery (?:sub)?system|mail delivery service|mailer.daemon|postmaster"
    r"|system administrator"
    r"|administrateur (?:du )?syst[èe]me|microsoft outlook|service de distribution",
    re.IGNORECASE,
)
SUBJECTS: Final = re.compile(
    r"\s*(?:undeliver(?:able|ed)|undelivered mail returned|mail delivery (?:failed|failure|status"
    r"|system|error)|mail system error|delivery (?:status notification|failure|has failed|failed)"
    r"|delivery notification|failure notice|failure delivery|returned mail|return(?:ed)? to sender"
    r"|message (?:undeliverable|delayed|not delivered|status)|non[- ]delivery|nondeliverable"
    r"|warning: (?:could not send|message)|delayed mail|delayed:|error sending|rejected:"
    r"|non remis|non distribu[ée]|non d[ée]livr[ée]|[ée]chec de (?:la )?(?:remise"
    r"|distribution|livraison)"
    r"|[ée]chec (?:d.envoi|d.acheminement)|notification d.[ée]chec|[ée]tat de la remise"
    r"|notification d.[ée]tat de (?:la )?remise|message non (?:remis|distribu[ée]|d[ée]livr[ée])"
    r"|courrier (?:non remis|en retour)|retour [àa] l.exp[ée]diteur|avis de non[- ]remise"
    r"|retard[ée]|remise retard[ée]e|r[ée]expédition impossible|unzustellbar)",
    re.IGNORECASE,
)
LETTERS: Final = re.compile(
    r"this is the (?:mail system at host|qmail-send program|mail delivery agent|postfix program)"
    r"|i(?:'m| am) (?:sorry to have to inform you|afraid i wasn't able to deliver)"
    r"|created automatically by mail delivery software|could not be delivered to one or more"
    r"|your (?:message|email|mail) (?:wasn.t|was not|could not be|couldn.t be"
    r"|did not reach|hasn.t been"
    r"|has not been)|delivery (?:has failed"
    r"|to the following recipients? (?:has been delayed|failed))"
    r"|the following (?:address|recipient|organization|message)|permanent fatal errors"
    r"|unable to deliver"
    r"|recipient address rejected|mailbox (?:is full|unavailable|not found)|user unknown"
    r"|no such user"
    r"|address not found|quota exceeded|this is a permanent error|has been undeliverable"
    r"|votre message (?:n.a pas pu|n.a pu|n.est pas parvenu|au destinataire|[àa] \S+ n.a)"
    r"|(?:n.a pas pu|n.a pu) [êe]tre (?:remis|distribu[ée]|d[ée]livr[ée]|envoy[ée])"
    r"|[ée]chec de la remise|adresse (?:introuvable|inconnue|incorrecte)|destinataires? suivants?"
    r"|bo[îi]te (?:aux lettres|de r[ée]ception) (?:est )?(?:pleine|satur[ée]e|inexistante"
    r"|introuvable)"
    r"|utilisateur inconnu|n.existe pas|a d[ée]pass[ée] son quota|did not reach the following"
    r"|not listed in (?:domino|public)|delivery failure",
    re.IGNORECASE,
)
DELAYED: Final = re.compile(
    r"delayed|will (?:continue|retry|be retried|keep trying)|no action is required|retard[ée]"
    r"|nouvelle tentative|n.avez rien [àa] faire|do not need to resend|warning message only",
    re.IGNORECASE,
)
COPY: Final = re.compile(
    r"^[ >]*(?:-{2,}.{0,80}(?:copy of|copie|original message|message d.origine|returned message"
    r"|below this line|headers?|transcript).{0,80}|original message (?:headers|follows):?"
    r"|en-t[êe]tes? (?:de |du )?message(?: d.origine)?\s*:?|original message headers\s*:?"
    r"|-{3,} ?message header.{0,60}|received: from .{0,300}|message-id:.{0,600})$",
    re.IGNORECASE | re.MULTILINE,
)
ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[a-z0-9][a-z0-9.-]{0,250}[a-z0-9]", re.IGNORECASE
)
STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY_CODE: Final = re.compile(r"(?<![\d.])([45])[0-7]\d[ -](?=\S)")
WORDS: Final = (
    (
        "5.1.1",
        re.compile(
            r"user unknown|unknown user|no such user|does ?n.t exist|n.existe pas"
            r"|address not found|adresse introuvable|utilisateur inconnu|not listed in"
            r"|mailbox not found"
            r"|unknown (?:local part|recipient|address)|no mailbox|destinataire inconnu"
            r"|inexistante"
            r"|recipient rejected|wasn.t found|introuvable",
            re.IGNORECASE,
        ),
    ),
    (
        "5.2.2",
        re.compile(
            r"mailbox (?:is )?full|over ?quota|quota exceeded|bo[îi]te .{0,40}(?:pleine|satur)"
            r"|d[ée]pass[ée] (?:son|le) quota|storage space|exceeded storage",
            re.IGNORECASE,
        ),
    ),
    ("5.3.4", re.compile(r"too large|message size|size limit|trop volumineu", re.IGNORECASE)),
    (
        "5.1.2",
        re.compile(
            r"host (?:unknown|not found)|domain (?:not found|wasn.t found|name not found)"
            r"|domaine (?:introuvable|inconnu)|unrouteable|name or service not known",
            re.IGNORECASE,
        ),
    ),
    (
        "5.7.1",
        re.compile(
            r"spam|blocked|blacklist|policy|denied|refus[ée]|rejected|bloqu[ée]", re.IGNORECASE
        ),
    ),
)


def read_bounce(
    tree: mime.Entity, of: Fields, sender: Address, text: str, envelope_from: str
) -> Bounce | None:
    """Return the bounce that a mail contains; None for every other mail."""
    parts = list(mime.walk(tree))
    status = [part for part in parts if part.media_type.endswith("/delivery-status")]
    subject = headers.decode_header(headers.first_value(of, "subject"))
    if status:
        failed = [one for part in status for one in _reported(part.content())]
        if not failed:
            return None  # all was delivered: a receipt
        return _with_original(failed, parts, of, text, status[0])
    named = headers.decode_header(headers.first_value(of, "x-failed-recipients"))
    if not _from_server(of, sender, subject, envelope_from, text, failed=named):
        return None
    letter = _letter(text)
    addresses = ADDRESS.findall(named[:10_000])
    failed = [_told(address.lower(), letter) for address in addresses] or _written(letter, sender)
    return _with_original(failed, parts, of, text, None)


def _from_server(
    of: Fields, sender: Address, subject: str, envelope_from: str, text: str, *, failed: str
) -> bool:
    return_path = headers.decode_header(headers.first_value(of, "return-path")[:500])
    local = sender.address.rpartition("@")[0]
    server = bool(SERVERS.fullmatch(local)) or bool(SERVER_NAMES.search(sender.name))
    null = is_null_sender(return_path) or is_null_sender(envelope_from) or not sender.address
    if failed and (server or null):
        return True
    telling = bool(SUBJECTS.match(subject)) + bool(LETTERS.search(text[:MAX_READ]))
    return (
        server and telling >= 1 and (null or telling == 2 or bool(SUBJECTS.match(subject)))
    ) or (null and telling == 2)


def _reported(content: bytes) -> list[FailedRecipient]:
    """Return the failures of a machine-readable report: one block a recipient after the first."""
    found: list[FailedRecipient] = []
    blocks = re.split(rb"\n[ \t\r]*\n", content.replace(b"\r\n", b"\n").strip())
    for block in blocks[: MAX_ADDRESSES + 1]:
        of = headers.parse_fields(block.strip(b"\n"))
        action = headers.decode_header(headers.first_value(of, "action")).lower()
        who = headers.first_value(of, "original-recipient") or headers.first_value(
            of, "final-recipient"
        )
        if not who or action in ("delivered", "relayed", "expanded"):
            continue
        address = headers.decode_header(who).rpartition(";")[2].strip().strip("<>").lower()
        status = STATUS.search(headers.decode_header(headers.first_value(of, "status"))[:100])
        diagnostic = headers.decode_header(headers.first_value(of, "diagnostic-code"))[:2000]
        diagnostic = re.sub(r"^(?:smtp|x-[a-z-]+|dns)\s*;\s*", "", diagnostic, flags=re.IGNORECASE)
        code = status[1] if status else _status_of(diagnostic)
        if action == "delayed" and not code.startswith("4"):
            code = "4.0.0"
        # Servers put the precise reason into the text and a general one into the field.
        if code in ("5.0.0", "5.0.1", "") and (told := STATUS.search(diagnostic)):
            code = told[1]
        found.append(FailedRecipient(address[:320], code, diagnostic))
    return found


def _letter(text: str) -> str:
    """Return the server's own words, without the copy of the mail below them."""
    text = text[:MAX_READ]
    copy = COPY.search(text)
    return text[: copy.start()] if copy and copy.start() > 40 else text


def _written(letter: str, sender: Address) -> list[FailedRecipient]:
    """Return the addresses that a letter names, each with the words after it."""
    found: dict[str, FailedRecipient] = {}
    places = [(one.start(), one[0].lower().strip(".'")) for one in ADDRESS.finditer(letter)]
    for index, (at, address) in enumerate(places[:MAX_ADDRESSES]):
        if address == sender.address or SERVERS.fullmatch(address.rpartition("@")[0]):
            continue
        if address in found:
            continue
        later = (begin for begin, other in places[index + 1 :] if other != address)
        end = next(later, len(letter))
        found[address] = _told(address, letter[at : min(end, at + 1500)], letter)
    return list(found.values())


def _told(address: str, near: str, letter: str = "") -> FailedRecipient:
    status = _status_of(near) or _status_of(letter)
    if DELAYED.search(letter or near) and not status.startswith("5"):
        status = "4.0.0"
    lines = [line.strip() for line in near.splitlines() if line.strip()]
    return FailedRecipient(address, status, headers.plain_line(" ".join(lines[:8]))[:1000])


def _status_of(text: str) -> str:
    if found := STATUS.search(text):
        return found[1]
    worded = next((status for status, words in WORDS if words.search(text)), "")
    if worded:
        return worded
    code = REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def _with_original(
    failed: Sequence[FailedRecipient],
    parts: Iterable[mime.Entity],
    of: Fields,
    text: str,
    status: mime.Entity | None,
) -> Bounce:
    original = next(
        (
            headers.parse_fields(headers.split_head(part.content())[0])
            for part in parts
            if part.media_type
            in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
        ),
        [],
    )
    message_id = headers.decode_header(headers.first_value(original, "message-id"))
    if not headers.message_ids_in(message_id):
        message_id = _quoted_id(text) or _referred(of)
    reporter = headers.first_value(
        headers.parse_fields(status.content()[:5000]) if status else [], "reporting-mta"
    )
    return Bounce(
        failed=tuple(failed[:MAX_ADDRESSES]),
        original_message_id=next(iter(headers.message_ids_in(message_id)), ""),
        original_subject=headers.decode_header(headers.first_value(original, "subject"))[:998],
        reporter=headers.decode_header(reporter).rpartition(";")[2].strip()[:255],
    )


def _quoted_id(text: str) -> str:
    found = re.search(
        r"^[ >]*message-id:[ \t]*(<[^<>\s]{1,500}>|[^<>\s@]{1,250}@[^<>\s@]{1,249}[ \t]*$)",
        text[-200_000:],
        re.IGNORECASE | re.MULTILINE,
    )
    return found[1] if found else ""


def _referred(of: Fields) -> str:
    """Return the Message-ID that failed: in a bounce written as an answer, the thread's newest."""
    ids = headers.message_ids_in(
        headers.decode_header(headers.first_value(of, "in-reply-to"))
    ) or headers.message_ids_in(headers.decode_header(headers.first_value(of, "references")))
    return ids[-1] if ids else ""

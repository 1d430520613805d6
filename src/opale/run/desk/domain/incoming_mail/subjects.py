"""Ticket numbers in subjects: ours, and those of other systems. Source: docs/rules/mail.md."""

import re

LONGEST = 60
MOST = 5

_PREFIX = re.compile(
    r"^\s*(?:re|ré|fw|fwd|aw|wg|tr|rep|rép|réf|sv|vs|antw|odp|rif|enc)\s*(?:\[\d+\])?\s*[:：]\s*",
    re.IGNORECASE,
)
_OURS = re.compile(r"(?<![\w-])T-(\d{1,18})(?![\w-])", re.IGNORECASE)
_OUR_MARK = re.compile(r"\[T-\d{1,18}\]\s*", re.IGNORECASE)
_THEIRS = (
    re.compile(r"\[(#\d{1,15})\]"),
    re.compile(r"\[([\w.-]{2,30} #\d{1,15})\]"),
    re.compile(r"(##\d{1,15}##)"),
    re.compile(r"\b(Ticket ?(?:ID)?[#:] ?\d{2,20})\b", re.IGNORECASE),
    re.compile(r"\b(Case ?[#:]? ?\d{4,15})\b", re.IGNORECASE),
    re.compile(r"\b((?:REQ|RITM|INC|CHG|PRB|SR|CS|TASK)[-_]?\d{4,12})\b"),
    re.compile(r"\[((?!T-)[A-Z][A-Z0-9]{1,9}-\d{1,9})\]"),
)


def clean_subject(subject: str) -> str:
    """Return the subject without the prefixes of mail programs (Re:, Fwd:, AW:, TR:) and our own
    number."""
    rest = _OUR_MARK.sub("", " ".join(subject.split()))
    while (shorter := _PREFIX.sub("", rest, count=1)) != rest:
        rest = shorter
    return rest.strip()


def own_ticket_numbers(subject: str) -> list[int]:
    """Return the numbers of our tickets in a subject, each once, in order."""
    return list(dict.fromkeys(int(number) for number in _OURS.findall(subject)))[:MOST]


def partner_numbers(subject: str) -> list[str]:
    """Return the numbers of other ticket systems, spelled as those systems recognise them."""
    found = [
        " ".join(number.split())[:LONGEST]
        for pattern in _THEIRS
        for number in pattern.findall(subject)
    ]
    return list(dict.fromkeys(found))[:MOST]

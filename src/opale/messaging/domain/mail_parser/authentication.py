"""Sender authentication, as reported by the mailbox's own mail server (RFC 8601).

Anybody can write an Authentication-Results header, under any name. Servers add theirs on top, so
one counts: the first that bears the name of a server which the mailbox trusts. A forged one
stands below, and is not looked at. Name only servers that write the header into every mail; where
several programs of one server write, the one that writes last (DMARC) tells.
"""

import re
from collections.abc import Collection
from typing import Final

from opale.messaging.domain.mail_parser.headers import Fields, decode_text
from opale.messaging.domain.mail_parser.parsed_mail import Address, Authentication

MAX_LENGTH: Final = 20_000
METHOD: Final = re.compile(r"\s*([a-z0-9-]{1,20})(?:/\d+)?\s*=\s*([a-z]{1,20})\b(.*)", re.DOTALL)
PROPERTY: Final = re.compile(r"\b([a-z]{1,20}\.[a-z0-9_-]{1,30})\s*=\s*\"?([^\s;\"]{1,320})")
RESULTS: Final = frozenset(
    (
        "pass",
        "fail",
        "none",
        "neutral",
        "softfail",
        "temperror",
        "permerror",
        "policy",
        "bestguesspass",
    )
)


def read_authentication(of: Fields, sender: Address, trusted: Collection[str]) -> Authentication:
    """Return the authentication of the sender; `trusted` are names of servers, in any case."""
    server, methods = _results(of, {name.strip().lower() for name in trusted if name.strip()})
    if not server:
        return Authentication()
    said: dict[str, str] = {}
    proven = False
    for method, result, properties in methods:
        proven = proven or (result == "pass" and _proven(method, properties, sender.domain))
        # One valid signature of several is enough.
        is_known = method in ("spf", "dkim", "dmarc")
        if is_known and (method not in said or result == "pass"):
            said[method] = result
    proven = proven and said.get("dmarc") != "fail"
    return Authentication(
        spf=said.get("spf", ""),
        dkim=said.get("dkim", ""),
        dmarc=said.get("dmarc", ""),
        domain=sender.domain if proven else "",
        trusted=True,
        server=server,
    )


Method = tuple[str, str, dict[str, str]]


def _results(of: Fields, names: Collection[str]) -> tuple[str, list[Method]]:
    for name, value in of:
        if name.lower() != "authentication-results":
            continue
        server, *methods = _without_comments(decode_text(value[:MAX_LENGTH])).lower().split(";")
        written = (server.split() or [""])[0]
        if written in names:
            return written, [one for one in map(_method, methods) if one]
    return "", []


def _method(text: str) -> Method | None:
    matched = METHOD.match(text)
    if matched is None or matched[2] not in RESULTS:
        return None
    return matched[1], matched[2], dict(PROPERTY.findall(matched[3]))


def _proven(method: str, properties: dict[str, str], domain: str) -> bool:
    """Return whether a check that passed proves the domain of From."""
    if method == "dmarc":
        return properties.get("header.from", domain) == domain
    if method == "dkim":
        said = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        return _aligned(said, domain)
    if method == "spf":
        return _aligned(properties.get("smtp.mailfrom", "").rpartition("@")[2], domain)
    return False


def _aligned(proven: str, domain: str) -> bool:
    """Return whether `proven` is `domain` or a parent of it that is no public suffix."""
    proven = proven.strip(".")
    return "." in proven and bool(domain) and (domain == proven or domain.endswith(f".{proven}"))


def _without_comments(text: str) -> str:
    """Return the text without comments in brackets, closed or not."""
    kept: list[str] = []
    depth = 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return " ".join(kept)

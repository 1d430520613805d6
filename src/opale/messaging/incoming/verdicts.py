"""Whether a machine wrote a mail, and which words of it say so (RFC 3834, RFC 3464, habit).

A human who is taken for a machine is not greeted; a machine that is taken for a human is answered,
and may answer back. So a doubt counts for the machine, where a header gives one; words of the
subject count only at its beginning, and in the forms that machines write.
"""

import re
from collections.abc import Iterator
from typing import Final

from opale.messaging.incoming.headers import Fields, decoded, first
from opale.messaging.incoming.parsed import Address, Bounce, Kind, Verdict

INSTALLATION: Final = "x-opale-installation"
AWAY_SUBJECT: Final = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|out of (?:the )?office"
    r"|out of office autoreply|away from (?:the |my )?office|on vacation|i am out of the office"
    r"|r[ée]ponse automatique|absence du bureau|absent(?:\(?e\)?)? du bureau|message d.absence"
    r"|notification d.absence|r[ée]pondeur automatique|en dehors du bureau|hors du bureau"
    r"|avis d.absence|accus[ée] de r[ée]ception automatique|abwesenheit(?:snotiz)?"
    r"|automatische antwort|respuesta autom[áa]tica|risposta automatica)\b",
    re.IGNORECASE,
)
RECEIPT_SUBJECT: Final = re.compile(
    r"\s*(?:read|lu|not read|non lu|delivered|remis|accus[ée] de lecture|accus[ée] de r[ée]ception"
    r"|return receipt)\s*[(:]",
    re.IGNORECASE,
)
MACHINES: Final = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|donotreply|ne[._-]?pas[._-]?r[eé]pondre|nepasrepondre"
    r"|pas[._-]?de[._-]?r[eé]ponse|mailer[._-]?daemon|notifications?|alert(?:e?s|s)?|monitoring"
    r"|supervision|nagios|zabbix|centreon|icinga|prometheus|alertmanager|grafana|cron|root|daemon"
    r"|backup|sauvegarde|bounces?|auto[._-]?(?:reply|responder)|robot|postmaster)"
    r"(?:[+.=_-].*)?",
    re.IGNORECASE,
)
LISTS: Final = ("list-id", "list-post", "mailing-list", "x-mailing-list", "list-unsubscribe")
SYSTEMS: Final = (
    ("x-rt-loop-prevention", "rt"),
    ("rt-ticket", "rt"),
    ("x-rt-ticket", "rt"),
    ("x-otrs-loop", "otrs"),
    ("x-znuny-loop", "znuny"),
    ("x-zammad-ticket-id", "zammad"),
    ("x-zammad-auto-response", "zammad"),
    ("x-zendesk-from-account-id", "zendesk"),
    ("x-jira-fingerprint", "jira"),
    ("x-servicenow-source", "servicenow"),
    ("x-servicenow-generated", "servicenow"),
    ("x-glpi-id", "glpi"),
    ("x-freshdesk-ticket", "freshdesk"),
    ("x-mantis-issue", "mantis"),
    ("x-redmine-host", "redmine"),
    ("x-gitlab-project", "gitlab"),
    ("x-github-reason", "github"),
)
MAILERS: Final = re.compile(
    r"\b(otrs|znuny|zammad|zendesk|glpi|itop|freshdesk|kayako|osticket|request ?tracker|easyvista"
    r"|servicenow|jira|hubspot)\b",
    re.IGNORECASE,
)


def verdict(
    of: Fields, sender: Address, *, bounce: Bounce | None, envelope_from: str, installation: str
) -> Verdict:
    """Who wrote. `installation` is our own mark; `bounce` is what a mail server was read to say."""
    mark = decoded(first(of, INSTALLATION))[:200]
    said = {
        "ours": [f"X-Opale-Installation: {mark}"] if mark and mark == installation else [],
        "bounce": [_said("Subject", decoded(first(of, "subject")))] if bounce else [],
        "reply": list(_replies(of)),
        "list": list(_lists(of)),
        "machine": list(_machines(of, sender, envelope_from)),
    }
    kinds: tuple[Kind, ...] = ("ours", "bounce", "reply", "list", "machine")
    kind: Kind = next((one for one in kinds if said[one]), "")
    why = tuple(dict.fromkeys(word for one in kinds for word in said[one]))
    return Verdict(kind, why, mark, _system(of, mark))


def is_null(address: str) -> bool:
    """The sender of those who want no answer."""
    return address.strip() in ("<>", "MAILER-DAEMON", "mailer-daemon")


def _replies(of: Fields) -> Iterator[str]:
    for name, value in of:
        lowered, text = name.lower(), decoded(value[:500])
        word = text.lower().partition(";")[0].strip()
        if (
            (lowered == "auto-submitted" and word.startswith("auto-replied"))
            or (lowered == "precedence" and word == "auto_reply")
            or (
                lowered in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
                and word not in ("no", "false")
            )
            or (lowered == "delivered-to" and word.startswith("autoresponder"))
            or (lowered == "x-post-messageclass" and "autoreply" in word)
            or (lowered == "content-type" and "disposition-notification" in text.lower())
            or (lowered == "subject" and (AWAY_SUBJECT.match(text) or _receipt(of, text)))
        ):
            yield _said(name, text)


def _receipt(of: Fields, subject: str) -> bool:
    report = decoded(first(of, "content-type")).lower().startswith("multipart/report")
    return report and bool(RECEIPT_SUBJECT.match(subject))


def _lists(of: Fields) -> Iterator[str]:
    for name, value in of:
        lowered, text = name.lower(), decoded(value[:500])
        if lowered in LISTS or (lowered == "precedence" and text.lower().strip() == "list"):
            yield _said(name, text)


def _machines(of: Fields, sender: Address, envelope_from: str) -> Iterator[str]:
    for name, value in of:
        lowered, text = name.lower(), decoded(value[:500])
        word = text.lower().partition(";")[0].strip()
        if (
            (lowered == "auto-submitted" and word not in ("", "no"))
            or (lowered == "precedence" and word in ("bulk", "junk"))
            or (lowered == "x-auto-response-suppress" and word not in ("", "none"))
            or (lowered == "return-path" and is_null(text))
            or (lowered in ("x-loop", "feedback-id", "x-cron-env", "x-auto-generated"))
            or (lowered == "x-servicenow-generated" and word == "true")
        ):
            yield _said(name, text)
    if is_null(envelope_from):
        yield "MAIL FROM: <>"
    if sender.address and MACHINES.fullmatch(sender.address.rpartition("@")[0]):
        yield f"From: {sender.address}"


def _system(of: Fields, mark: str) -> str:
    if mark:
        return "opale"
    names = {name.lower() for name, _ in of}
    named = next((system for header, system in SYSTEMS if header in names), "")
    if named:
        return named
    for header in ("x-mailer", "user-agent", "x-managed-by", "x-powered-by"):
        if found := MAILERS.search(decoded(first(of, header)[:200])):
            return found[1].lower().replace(" ", "")
    return ""


def _said(name: str, text: str) -> str:
    return f"{name}: {text}"[:200]

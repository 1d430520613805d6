"""Detection of mails written by machines, with the evidence (RFC 3834, 3464, 5965, 6522, custom).

A person taken for a machine gets no greeting; a machine taken for a person gets an answer, and may
answer back. So in doubt a header decides for the machine; words of the subject count only at its
beginning, and in the forms that machines write.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from opale.messaging.domain.mail_parser.headers import Fields, decode_header, first_value
from opale.messaging.domain.mail_parser.parsed_mail import Address, AuthorKind, Bounce, Verdict

Predicate = Callable[[str], bool]
"""Returns whether the text of a field shows that a machine wrote."""
INSTALLATION: Final = "x-opale-installation"
AWAY_SUBJECT: Final = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|out of (?:the )?office"
    r"|out of office autoreply|away from (?:the |my )?office|on vacation|i am out of the office"
    r"|r[ée]ponse automatique|absence du bureau|absent(?:\(?e\)?)? du bureau|message d.absence"
    r"|notification d.absence|r[ée]pondeur automatique|en dehors du bureau|hors du bureau"
    r"|avis d.absence|accus[ée] de r[ée]ception automatique|abwesenheit(?:snotiz)?"
    r"|automatische antwort|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica"
    r"|automatisch antwoord|autosvar|automatiskt svar|automaattinen vastaus|automatick[áa] odpov\w*"
    r"|odpowied[źz] automatyczna|автоматический ответ|автоответ|自動応答|自動返信|自动回复|自動回覆"
    r"|자동 ?회신|자동 ?응답|fuori ufficio|fuera de la oficina|ausencia de la oficina)(?!\w)",
    re.IGNORECASE,
)
COMPLAINT_SUBJECT: Final = re.compile(
    r"\s*(?:e-?mail feedback report|complaint about message from|(?:e-?mail )?abuse report(?!\w)"
    r"|(?:spam|fraud|phishing) (?:report|complaint) ?(?:for (?:ip|message|\d)|id\b|[#\[(\d])"
    r"|report domain:|\[x-?arf\]|\[arf\]|delivery status notification\s*(?:\(|$)|cron <)",
    re.IGNORECASE,
)
"""Beginnings of what programs report: complaints, DMARC (RFC 7489), the output of jobs.

Customers report spam and fraud by hand: that alone is no program's subject.
"""
RECEIPT_SUBJECT: Final = re.compile(
    r"\s*(?:read|lu|not read|non lu|delivered|remis|accus[ée] de lecture|accus[ée] de r[ée]ception"
    r"|return receipt)\s*[(:]",
    re.IGNORECASE,
)
MACHINES: Final = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|donotreply|ne[._-]?pas[._-]?r[eé]pondre|nepasrepondre"
    r"|pas[._-]?de[._-]?r[eé]ponse|mailer[._-]?daemon|notifications?|alert(?:e?s|s)?|monitoring"
    r"|supervision|nagios|zabbix|centreon|icinga|prometheus|alertmanager|grafana|cron|root|daemon"
    r"|backup|sauvegarde|bounces?|auto[._-]?(?:reply|responder|answer|response|mailer)|robot"
    r"|postmaster|mailer|mail(?:er)?daemon|mailsystem|maildelivery(?:system|subsystem)?|mmdf"
    r"|microsoftexchange[0-9a-f]{8,}|uucp|www-?data|nobody|fbl|feedback-?loop"
    r"|abuse-?reports?|complaints?|dmarc(?:-?reports?)?|tls-?(?:rpt|reports?)|listserv|listproc"
    r"|majordomo|mailman|ezmlm|check_?mk|librenms|observium|cacti|munin|prtg|netdata"
    r"|uptime-?(?:robot|kuma)|pingdom|datadog|sentry|dynatrace|newrelic|splunk|graylog|wazuh|ossec"
    r"|logwatch|fail2ban|smartd|mdadm|veeam|gitlab|github|jira|scanner|copieur|photocopieur"
    r"|idrac|ipmi|onduleur|news(?:letters?)?|promo(?:tion)?s?)"
    r"(?:[+.=_-].*)?|owner-.+|.+-(?:bounces?|owner|request|errors?)"
    r"|.+[._-](?:no[._-]?reply|do[._-]?not[._-]?reply)"
    r"|(?:system|apache|sympa|jenkins)(?:[+=].*|[._-](?:ci|builds?|alerts?|notifications?|\d+))?",
    re.IGNORECASE,
)
"""Local parts of programs. Those of the last line are names of people and teams as well, who have
another word beside it: `jenkins.mark`, `system.admin`.
"""
LISTS: Final = (
    *("list-id", "list-post", "mailing-list", "x-mailing-list", "list-unsubscribe", "list-help"),
    *("list-subscribe", "list-owner", "list-archive", "list-software", "x-mlserver", "x-ml-name"),
    *("x-ml-count", "x-ml-info", "x-mail-count", "x-beenthere", "x-mailman-version", "x-list"),
    *("x-listname", "x-list-name", "x-listserver", "x-listprocessor-version", "x-listmember"),
    *("x-ecartis-version", "x-sympa-to", "x-google-group-id", "x-yahoogroups", "x-egroups-return"),
    *("x-campaign", "x-campaign-id", "x-campaignid", "x-mc-user", "x-mailer-recptid"),
)
REPORTS: Final[Mapping[str, AuthorKind]] = {
    "message/delivery-status": "reply",
    "message/global-delivery-status": "reply",
    "message/disposition-notification": "reply",
    "message/global-disposition-notification": "reply",
    "message/tracking-status": "reply",
    "message/feedback-report": "machine",
    "application/tlsrpt+gzip": "machine",
    "application/tlsrpt+json": "machine",
}
"""The media types of reports (RFC 6522): of what became of a mail, or of anything else."""
JOINTS: Final = re.compile(r"[._-]")
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


def is_null_sender(address: str) -> bool:
    """Return whether the address is the empty sender, which wants no answer."""
    return address.strip() in ("<>", "MAILER-DAEMON", "mailer-daemon")


def _word(text: str) -> str:
    return text.lower().partition(";")[0].strip()


def _anything(_text: str) -> bool:
    return True


def _one_of(*words: str) -> Predicate:
    return lambda text: _word(text) in words


def _none_of(*words: str) -> Predicate:
    return lambda text: _word(text) not in words


REPLIES: Final[dict[str, Predicate]] = {
    "auto-submitted": lambda text: _word(text).startswith("auto-replied"),
    "precedence": _one_of("auto_reply"),
    **dict.fromkeys(
        (
            *("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation"),
            *("x-mail-autoreply", "x-auto-response", "x-autoreply-from", "x-away"),
        ),
        _none_of("no", "false"),
    ),
    "delivered-to": lambda text: _word(text).startswith("autoresponder"),
    "x-post-messageclass": lambda text: "autoreply" in _word(text),
    "content-type": lambda text: "disposition-notification" in text.lower(),
}
BY_MACHINES: Final[dict[str, Predicate]] = {
    "auto-submitted": _none_of("", "no"),
    "precedence": _one_of("bulk", "junk"),
    "x-precedence": _one_of("bulk", "junk", "list"),
    "content-type": lambda text: _word(text) == "multipart/report",
    "subject": lambda text: bool(COMPLAINT_SUBJECT.match(text)),
    "x-auto-response-suppress": _none_of("", "none"),
    "return-path": is_null_sender,
    **dict.fromkeys(
        (
            *("x-loop", "feedback-id", "x-cron-env", "x-auto-generated", "x-autogenerated"),
            *("x-failed-recipients", "x-fc-machinegenerated", "x-arf", "x-xarf"),
            *("x-ms-exchange-generated-message-source", "x-alertmanager", "x-zabbix", "x-nagios"),
        ),
        _anything,
    ),
    "x-servicenow-generated": _one_of("true"),
}


def classify_author(
    of: Fields,
    sender: Address,
    *,
    bounce: Bounce | None,
    envelope_from: str,
    installation: str,
    media_types: Collection[str] = (),
) -> Verdict:
    """Return who wrote. `installation` is our own mark; `bounce` is the parsed bounce, if any.

    `media_types` are those of the mail's parts. A report is never a person's words, whoever
    forwards its parts; one of a mail that arrived, or that was read, is an answer to that mail,
    unless it is a part of another mail: somebody may have written the rest, which opens a ticket.
    """
    reports = [one for one in dict.fromkeys(media_types) if one in REPORTS]
    receipts = list(_parts(reports, "reply"))
    whole = _is_report(of)
    mark = decode_header(first_value(of, INSTALLATION))[:200]
    said = {
        "ours": [f"X-Opale-Installation: {mark}"] if mark and mark == installation else [],
        "bounce": [_said("Subject", decode_header(first_value(of, "subject")))] if bounce else [],
        "reply": [*_replies(of), *(receipts if whole else ())],
        "list": list(_lists(of)),
        "machine": [
            *_machines(of, sender, envelope_from),
            *_parts(reports, "machine"),
            *(() if whole else receipts),
        ],
    }
    kinds: tuple[AuthorKind, ...] = ("ours", "bounce", "reply", "list", "machine")
    kind: AuthorKind = next((one for one in kinds if said[one]), "")
    why = tuple(dict.fromkeys(word for one in kinds for word in said[one]))
    return Verdict(kind, why, mark, _system(of, mark))


def _parts(reports: Iterable[str], kind: AuthorKind) -> Iterator[str]:
    return (f"Part: {one}" for one in reports if REPORTS[one] == kind)


def _replies(of: Fields) -> Iterator[str]:
    yield from _saying(of, REPLIES | {"subject": lambda text: _is_reply(of, text)})


def _is_reply(of: Fields, subject: str) -> bool:
    if AWAY_SUBJECT.match(subject):
        return True
    return _is_report(of) and bool(RECEIPT_SUBJECT.match(subject))


def _is_report(of: Fields) -> bool:
    """Return whether the mail as a whole is a report (RFC 6522)."""
    return decode_header(first_value(of, "content-type")).lower().startswith("multipart/report")


def _lists(of: Fields) -> Iterator[str]:
    yield from _saying(of, dict.fromkeys(LISTS, _anything) | {"precedence": _one_of("list")})


def _machines(of: Fields, sender: Address, envelope_from: str) -> Iterator[str]:
    yield from _saying(of, BY_MACHINES)
    if is_null_sender(envelope_from):
        yield "MAIL FROM: <>"
    if _is_machine(sender.address.rpartition("@")[0]):
        yield f"From: {sender.address}"


def _is_machine(local: str) -> bool:
    """Return whether the local part of an address is a program's, however its words are joined."""
    return bool(MACHINES.fullmatch(local) or MACHINES.fullmatch(JOINTS.sub("", local)))


def _system(of: Fields, mark: str) -> str:
    if mark:
        return "opale"
    names = {name.lower() for name, _ in of}
    named = next((system for header, system in SYSTEMS if header in names), "")
    if named:
        return named
    for header in ("x-mailer", "user-agent", "x-managed-by", "x-powered-by"):
        if found := MAILERS.search(decode_header(first_value(of, header)[:200])):
            return found[1].lower().replace(" ", "")
    return ""


def _saying(of: Fields, known: Mapping[str, Predicate]) -> Iterator[str]:
    """Yield the fields that meet their condition in `known`; others, perhaps 100,000, stay raw."""
    for name, value in of:
        says = known.get(name.lower())
        if says and says(text := decode_header(value[:500])):
            yield _said(name, text)


def _said(name: str, text: str) -> str:
    return f"{name}: {text}"[:200]

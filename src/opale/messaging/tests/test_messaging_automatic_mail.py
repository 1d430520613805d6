"""Who wrote: a human, a machine, a mail server; and who that was, as far as it was checked."""

import pytest

from opale.messaging.domain.mail_parser.parsed_mail import Authentication
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.tests.machine_mails import BY_KIND
from opale.messaging.tests.samples import (
    AWAY,
    DELAYED,
    DELIVERED,
    FAILED,
    HUMANS,
    LETTERS,
    LISTS,
    MACHINES,
    mail,
    multipart,
    report,
)

OURS = "mx.opale.example"


@pytest.mark.parametrize("name", HUMANS)
def test_a_human_is_a_human(name: str) -> None:
    auto = parse_mail(HUMANS[name]).auto
    assert (auto.kind, auto.why) == ("", ())


@pytest.mark.parametrize("name", AWAY)
def test_an_answering_machine_is_known(name: str) -> None:
    parsed = parse_mail(AWAY[name])
    assert parsed.auto.kind == "reply"
    assert parsed.auto.why
    assert parsed.bounce is None


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_is_known(name: str) -> None:
    assert parse_mail(MACHINES[name]).auto.kind == "machine"


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, mails in BY_KIND.items() for name in mails]
)
def test_a_program_is_known_by_whatever_it_leaves(kind: str, name: str) -> None:
    auto = parse_mail(BY_KIND[kind][name]).auto
    assert auto.kind == kind
    assert auto.why


@pytest.mark.parametrize(
    "sender",
    [
        *("paul.robotti", "roots", "jean-backup", "listes", "mastere", "fml", "bouncer"),
        *("jenkins.mark", "system.admin", "system-administrators", "apache.team"),
    ],
)
def test_a_name_that_only_resembles_a_program_is_a_human(sender: str) -> None:
    assert parse_mail(mail("Bonjour", From=f"{sender}@client.example")).auto.kind == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Absence de réseau à Orléans",
        "Report of the meeting",
        "Abuse of the login page?",
        "Automatic reboot of web01",
        "Re: Complaint about message from 192.0.2.25",
        "Abuse reporting page does not load",
        "Phishing report: a mail that says it is yours",
        "Spam complaint of our customer",
        "Delivery status notification never arrives",
    ],
)
def test_a_subject_that_only_resembles_a_report_is_a_human_s(subject: str) -> None:
    assert parse_mail(mail("Bonjour", Subject=subject)).auto.kind == ""


def test_a_report_that_a_human_attaches_is_no_report() -> None:
    forwarded = multipart(
        "multipart/mixed",
        ("Content-Type: text/plain", "Pouvez-vous regarder ?"),
        ("Content-Type: message/rfc822", report(FAILED).decode()),
        boundary="=_outer",
    )
    parsed = parse_mail(forwarded)
    assert (parsed.auto.kind, parsed.bounce) == ("", None)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_known(name: str) -> None:
    assert parse_mail(LISTS[name]).auto.kind == "list"


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_of_a_mail_server_is_a_bounce(name: str) -> None:
    raw, status = LETTERS[name]
    parsed = parse_mail(raw)
    assert parsed.auto.kind == "bounce"
    assert parsed.bounce is not None
    (failed,) = parsed.bounce.failed
    assert (failed.address, failed.status) == ("jean@client.example", status)
    assert failed.is_final is not status.startswith("4")
    assert parsed.bounce.original_message_id == "<out-7@opale.example>"


def test_a_report_is_read_field_by_field() -> None:
    bounce = parse_mail(report(FAILED)).bounce
    assert bounce is not None
    assert bounce.original_message_id == "<out-7@opale.example>"
    assert bounce.original_subject == "T-12 Votre demande"
    assert bounce.reporter == "mx.client.example"
    (failed,) = bounce.failed
    assert (failed.address, failed.status) == ("jean@client.example", "5.1.1")
    assert failed.diagnostic.startswith("550 5.1.1")


def test_a_report_of_several_recipients_tells_each() -> None:
    other = DELAYED.replace("jean@", "zoe@")
    bounce = parse_mail(report(FAILED, DELIVERED, other)).bounce
    assert bounce is not None
    assert [(one.address, one.is_final) for one in bounce.failed] == [
        ("jean@client.example", True),
        ("zoe@client.example", False),
    ]


def test_a_report_that_all_was_delivered_is_no_bounce() -> None:
    parsed = parse_mail(report(DELIVERED, subject="Remis : Votre demande"))
    assert parsed.bounce is None
    assert parsed.auto.kind == "reply"


def test_our_own_mark_is_ours_and_another_one_is_a_ticket_system() -> None:
    marked = mail("x", X_Opale_Installation="abc")
    assert parse_mail(marked, installation="abc").auto.kind == "ours"
    other = parse_mail(marked, installation="xyz").auto
    assert (other.kind, other.system, other.installation) == ("", "opale", "abc")
    assert parse_mail(mail("x", X_Opale_Installation=""), installation="").auto.kind == ""


@pytest.mark.parametrize(
    ("header", "value", "system"),
    [
        ("X_RT_Loop_Prevention", "client", "rt"),
        ("X_Mailer", "Zendesk Mailer", "zendesk"),
        ("X_Mailer", "OTRS Mail Service (6)", "otrs"),
        ("X_JIRA_FingerPrint", "x", "jira"),
        ("X_Mailer", "Microsoft Outlook 16.0", ""),
    ],
)
def test_other_ticket_systems_are_known(header: str, value: str, system: str) -> None:
    assert parse_mail(mail("x", **{header: value})).auto.system == system


def checked(*results: str, raw: bytes = mail("x")) -> Authentication:
    head = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    return parse_mail(head.encode() + raw, trusted_servers=[OURS]).authenticated


def test_what_our_server_checked_is_believed() -> None:
    said = checked(
        f"{OURS}; dkim=pass (2048 bits) header.d=atelier.example; spf=pass"
        " smtp.mailfrom=lea@atelier.example; dmarc=pass header.from=atelier.example"
    )
    assert said == Authentication("pass", "pass", "pass", "atelier.example", True, OURS)


def test_what_anybody_else_wrote_is_not() -> None:
    assert checked("evil.example; dmarc=pass header.from=atelier.example") == Authentication()
    assert parse_mail(mail("x"), trusted_servers=[]).authenticated == Authentication()


@pytest.mark.parametrize("between", ["", "Received: from evil.example by mx.opale.example\r\n"])
def test_what_stood_in_the_mail_before_it_came_is_not_looked_at(between: str) -> None:
    forged = f"{between}Authentication-Results: {OURS}; dmarc=pass; dkim=pass\r\n".encode()
    said = checked(f"{OURS}; spf=fail", raw=forged + mail("x"))
    assert (said.spf, said.dkim, said.dmarc, said.domain) == ("fail", "", "", "")


@pytest.mark.parametrize(
    ("result", "domain"),
    [
        ("dkim=pass header.d=example", ""),
        ("dkim=pass header.d=evil.example", ""),
        ("dkim=pass header.d=notatelier.example", ""),
        ("dkim=fail header.d=atelier.example", ""),
        ("dkim=pass header.i=@atelier.example", "atelier.example"),
        ("spf=pass smtp.mailfrom=bounce.evil.example", ""),
        ("spf=pass smtp.mailfrom=lea@atelier.example", "atelier.example"),
        ("dkim=pass header.d=atelier.example; dmarc=fail header.from=atelier.example", ""),
        ("dmarc=pass header.from=evil.example", ""),
        ("(dmarc=pass) none", ""),
    ],
)
def test_only_an_aligned_check_proves_the_domain(result: str, domain: str) -> None:
    assert checked(f"{OURS}; {result}").domain == domain

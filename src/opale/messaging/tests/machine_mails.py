"""Mails of programs, in the form in which each writes them, made up for these tests.

Most of them lack one mark or another that a program should set: what is left has to be enough.
"""

from opale.messaging.tests.samples import DELIVERED, FAILED, letter, mail, multipart, report

RECIPIENT = "support@opale.example"
COMPLAINED_OF = f"""Received: from mail.opale.example ([192.0.2.25]) by mx.isp.example
From: Support <{RECIPIENT}>
To: reader@isp.example
Subject: T-12 Votre demande
Message-ID: <out-7@opale.example>

Bonjour
"""
FEEDBACK = """Feedback-Type: abuse
User-Agent: SomeISP-Feedback/1.0
Version: 1
Original-Mail-From: <support@opale.example>
Original-Rcpt-To: <reader@isp.example>
Source-IP: 192.0.2.25
"""


def complaint(sender: str, subject: str, feedback: str = FEEDBACK, **headers: str) -> bytes:
    """A report of RFC 5965; it carries none of the marks of RFC 3834."""
    return multipart(
        "multipart/report; report-type=feedback-report",
        ("Content-Type: text/plain", "This is an email abuse report for a message of yours."),
        ("Content-Type: message/feedback-report", feedback),
        ("Content-Type: message/rfc822", COMPLAINED_OF),
        From=sender,
        Subject=subject,
        **headers,
    )


COMPLAINTS: dict[str, bytes] = {
    "a provider": complaint("Feedback <jean.martin@isp.example>", "FW: T-12 Votre demande"),
    "microsoft": complaint("staff@hotmail.example", "complaint about message from 192.0.2.25"),
    "aol": complaint("scomp@aol.example", "Email Feedback Report for IP 192.0.2.25"),
    "yahoo": complaint("feedback@arf.mail.yahoo.example", "Re: T-12", X_Loop=""),
    "an authentication failure": complaint(
        "authfailure@isp.example",
        "FW: Votre demande",
        FEEDBACK.replace("Feedback-Type: abuse", "Feedback-Type: auth-failure"),
    ),
    "an opt-out": complaint(
        "reports@isp.example", "Unsubscribe", FEEDBACK.replace("abuse", "opt-out")
    ),
    "in a mixed mail": multipart(
        "multipart/mixed",
        ("Content-Type: text/plain", "A reader complained."),
        ("Content-Type: message/feedback-report", FEEDBACK),
        From="desk@isp.example",
        Subject="T-12",
    ),
    "signed": multipart(
        "multipart/signed; protocol=application/pgp-signature",
        ("Content-Type: message/feedback-report", FEEDBACK),
        ("Content-Type: application/pgp-signature", "x"),
        From="desk@isp.example",
        Subject="T-12",
    ),
    "x-arf": multipart(
        "multipart/mixed",
        ("Content-Type: text/plain", "Login attack"),
        (
            'Content-Type: text/plain; name="report.txt"',
            "Report-Type: login-attack",
        ),
        From="Fail Team <team@isp.example>",
        Subject="[X-ARF] login attack from 192.0.2.25",
        X_XARF="PLAIN",
    ),
    "by its number": mail("Spam", From="fbl7@isp.example", Subject="Spam report #4711"),
    "by an address": mail("Spam", From="desk@isp.example", Subject="Spam complaint for 192.0.2.25"),
    "notified": mail("x", From="desk@isp.example", Subject="Delivery Status Notification (Delay)"),
    "in plain text": mail(
        "This is an email abuse report.\n\n" + COMPLAINED_OF,
        From="security@isp.example",
        Subject="Abuse report: mail from 192.0.2.25",
    ),
}
AGGREGATES: dict[str, bytes] = {
    "dmarc of google": mail(
        "PK",
        "application/zip; name=google.com!opale.example!1!2.zip",
        From="noreply-dmarc-support@google.example",
        Subject="Report domain: opale.example Submitter: google.example Report-ID: 1",
    ),
    "dmarc of microsoft": mail(
        "x",
        From="DMARC Aggregate Report <dmarcreport@microsoft.example>",
        Subject="[Preview] Report Domain: opale.example",
    ),
    "dmarc of somebody": mail(
        "x", From="paul@isp.example", Subject="Report Domain: opale.example Submitter: isp.example"
    ),
    "smtp tls": multipart(
        "multipart/report; report-type=tlsrpt",
        ("Content-Type: text/plain", "This is an aggregate TLS report."),
        ("Content-Type: application/tlsrpt+gzip", "x"),
        From="paul@isp.example",
        Subject="T-12",
    ),
}
POSTMASTERS: dict[str, bytes] = {
    name: mail("Your message waits to be read.", From=f"{name}@client.example", Subject="T-12")
    for name in (
        *("postmaster", "post_master", "Post-Master", "post.master", "mailer-daemon"),
        *("MAILER_DAEMON", "mail-daemon", "mail.system", "mail-delivery-system", "mmdf"),
        *("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e", "no_reply", "no.reply", "noreply+7"),
        *("do-not-reply", "ne_pas_repondre", "auto-response", "auto.answer", "robot", "listserv"),
        *("majordomo", "owner-outages", "outages-bounces", "outages-request", "outages-owner"),
        *("dmarc_reports", "tls-reports", "abuse-reports", "feedback-loop", "www-data", "root"),
        *("check_mk", "nagios", "zabbix", "prtg", "librenms", "uptime-kuma", "veeam", "logwatch"),
        *("jenkins", "jenkins-ci", "gitlab", "photocopieur", "onduleur", "smartd", "system"),
        *("apache", "sympa", "system+web01", "support-noreply", "billing.no-reply"),
    )
}
BULLETINS: dict[str, bytes] = {
    name: mail("Bonjour à tous", **{header.replace("-", "_"): value})
    for name, header, value in (
        ("fml", "X-MLServer", "fml [fml 4.0 STABLE (20010218)]"),
        ("fml by its name", "X-ML-Name", "announce"),
        ("fml by its count", "X-Mail-Count", "00089"),
        ("mailman", "X-BeenThere", "outages@lists.example"),
        ("mailman by its version", "X-Mailman-Version", "2.1.39"),
        ("sympa", "X-Sympa-To", "outages"),
        ("ecartis", "X-Ecartis-Version", "1.0.0"),
        ("ezmlm", "Mailing-List", "contact outages-help@lists.example; run by ezmlm"),
        ("listproc", "X-ListProcessor-Version", "8.1"),
        ("a group of google", "X-Google-Group-Id", "4711"),
        ("a list with help", "List-Help", "<mailto:outages-help@lists.example>"),
        ("a list with an archive", "List-Archive", "<https://lists.example/outages>"),
        ("a newsletter", "List-Unsubscribe", "<https://news.example/u>"),
        ("mailchimp", "X-MC-User", "0123456789"),
        ("a campaign", "X-CampaignId", "42"),
        ("a precedence", "Precedence", "list"),
    )
}
PROGRAMS: dict[str, bytes] = {
    name: mail("Le disque est plein.", **{header.replace("-", "_"): value})
    for name, header, value in (
        ("generated", "Auto-Submitted", "auto-generated"),
        ("notified", "Auto-Submitted", "auto-notified; owner-email=x@y.example"),
        ("junk", "Precedence", "junk"),
        ("an old precedence", "X-Precedence", "bulk"),
        ("exchange wants no answer", "X-Auto-Response-Suppress", "All"),
        ("exchange itself", "X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent"),
        ("cron", "X-Cron-Env", "<SHELL=/bin/sh>"),
        ("cron by its subject", "Subject", "Cron <root@web01> /usr/local/bin/copy"),
        ("a loop mark", "X-Loop", "support@client.example"),
        ("no return", "Return-Path", "<>"),
        ("exim", "X-Failed-Recipients", "jean@client.example"),
        ("freshcaller", "X-FC-MachineGenerated", "true"),
        ("autogenerated", "X-AutoGenerated", "yes"),
    )
}
ANSWERING: dict[str, bytes] = {
    **{
        subject: mail("x", Subject=subject)
        for subject in (
            *("Automatic reply: Lien", "Réponse automatique : Lien", "Out of Office: Lien"),
            *("Automatische Antwort: Lien", "Respuesta automática: Lien", "Autosvar: Lien"),
            *("Automatisch antwoord: Lien", "Resposta automática: Lien", "Fuori ufficio: Lien"),
            *("Automatická odpověď: Lien", "Odpowiedź automatyczna: Lien"),
            *("自动回复: Lien", "自動応答: Lien", "Автоматический ответ: Lien", "자동 회신: Lien"),
        )
    },
    **{
        header: mail("Absent.", **{header.replace("-", "_"): "yes"})
        for header in ("X-Autoreply", "X-Autorespond", "X-Vacation", "X-Mail-Autoreply", "X-Away")
    },
    "all was delivered": report(DELIVERED, subject="Votre message"),
    "delivered, without a mark": multipart(
        "multipart/report; report-type=delivery-status",
        ("Content-Type: text/plain", "Your message was delivered."),
        ("Content-Type: message/delivery-status", "Reporting-MTA: dns; mx\n\n" + DELIVERED),
        From="Jean <jean@client.example>",
        Subject="Votre demande",
    ),
}
FORWARDED: dict[str, bytes] = {
    "read, in a mixed mail": multipart(
        "multipart/mixed",
        ("Content-Type: text/plain", "Votre message a été ouvert."),
        ("Content-Type: message/disposition-notification", "Disposition: automatic-action; read"),
        Subject="T-12 Votre demande",
    ),
    "delivered, below the words of somebody": multipart(
        "multipart/mixed",
        ("Content-Type: text/plain", "Ce message est arrivé deux heures trop tard, pourquoi ?"),
        ("Content-Type: message/delivery-status", "Reporting-MTA: dns; mx\n\n" + DELIVERED),
        From="Jean <jean@client.example>",
        Subject="Votre demande",
    ),
}
"""Receipts within other mails: perhaps a person's, so that each opens a ticket."""
BOUNCES: dict[str, bytes] = {
    "a report": report(FAILED),
    "a report without a mark": multipart(
        "multipart/report; report-type=delivery-status",
        ("Content-Type: text/plain", "Sorry."),
        ("Content-Type: message/delivery-status", "Reporting-MTA: dns; mx\n\n" + FAILED),
        From="Post Office <post_master@client.example>",
        Subject="Votre demande",
    ),
    "a letter": letter(
        "MAILER-DAEMON@client.example",
        "failure notice",
        "Hi. This is the qmail-send program.\n<jean@client.example>:\nNo mailbox.",
    ),
}
BY_KIND: dict[str, dict[str, bytes]] = {
    "bounce": BOUNCES,
    "reply": ANSWERING,
    "list": BULLETINS,
    "machine": {
        **{f"complaint: {name}": raw for name, raw in COMPLAINTS.items()},
        **{f"aggregate: {name}": raw for name, raw in AGGREGATES.items()},
        **{f"sender: {name}": raw for name, raw in POSTMASTERS.items()},
        **PROGRAMS,
        **FORWARDED,
    },
}

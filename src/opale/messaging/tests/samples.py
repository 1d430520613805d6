"""Mails as they come from the programs that people and servers use, written for these tests."""

from collections.abc import Mapping

PLAIN = "text/plain; charset=utf-8"


def mail(body: str | bytes, content_type: str = PLAIN, **headers: str) -> bytes:
    """A mail; `Auto_Submitted="no"` is the header Auto-Submitted, "" leaves one out."""
    head: Mapping[str, str] = {
        "From": "Léa Martin <lea@atelier.example>",
        "To": "support@opale.example",
        "Subject": "Lien coupé",
        "Date": "Tue, 24 Nov 2026 10:00:00 +0100",
        "Message-ID": "<m1@atelier.example>",
        "MIME-Version": "1.0",
        "Content-Type": content_type,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    content = body if isinstance(body, bytes) else body.encode()
    return "\r\n".join([*lines, "", ""]).encode() + content.replace(b"\n", b"\r\n")


def multipart(kind: str, *parts: tuple[str, str], boundary: str = "=_b", **headers: str) -> bytes:
    """Parts are (their head, their body)."""
    body = "".join(f"--{boundary}\n{head}\n\n{text}\n" for head, text in parts)
    return mail(f"{body}--{boundary}--\n", f'{kind}; boundary="{boundary}"', **headers)


ORIGINAL = """Message-ID: <out-7@opale.example>
From: Support <support@opale.example>
To: jean@client.example
Subject: T-12 Votre demande

Bonjour
"""

DSN_HEAD = "multipart/report; report-type=delivery-status"


def report(*blocks: str, subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    """A bounce as the standard wants it."""
    return multipart(
        DSN_HEAD,
        ("Content-Type: text/plain", "This is the mail system at host mx.client.example.\n"),
        (
            "Content-Type: message/delivery-status",
            "Reporting-MTA: dns; mx.client.example\n\n" + "\n".join(blocks),
        ),
        ("Content-Type: message/rfc822", ORIGINAL),
        From="Mail Delivery System <MAILER-DAEMON@mx.client.example>",
        Return_Path="<>",
        Subject=subject,
        Auto_Submitted="auto-replied",
    )


FAILED = """Final-Recipient: rfc822; jean@client.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <jean@client.example>: Recipient address rejected
"""
DELAYED = """Final-Recipient: rfc822; jean@client.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; 421 try again later
Will-Retry-Until: Fri, 27 Nov 2026 10:00:00 +0100
"""
DELIVERED = """Final-Recipient: rfc822; jean@client.example
Action: delivered
Status: 2.0.0
"""


def letter(sender: str, subject: str, text: str, **headers: str) -> bytes:
    """A bounce that is no report: a letter of a mail server."""
    return mail(text, From=sender, Subject=subject, **{"Return_Path": "<>", **headers})


LETTERS: dict[str, tuple[bytes, str]] = {
    "postfix": (
        letter(
            "Mail Delivery System <MAILER-DAEMON@mx.opale.example>",
            "Undelivered Mail Returned to Sender",
            """This is the mail system at host mx.opale.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<jean@client.example>: host mx.client.example[192.0.2.4] said: 550 5.1.1
    <jean@client.example>: Recipient address rejected: User unknown (in reply
    to RCPT TO command)

------ This is a copy of the message ------
Message-ID: <out-7@opale.example>
From: support@opale.example
""",
        ),
        "5.1.1",
    ),
    "qmail": (
        letter(
            "MAILER-DAEMON@relais.client.example",
            "failure notice",
            """Hi. This is the qmail-send program at relais.client.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jean@client.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@opale.example>
Message-ID: <out-7@opale.example>
Subject: T-12
""",
        ),
        "5.1.1",
    ),
    "exim": (
        letter(
            "Mail Delivery System <Mailer-Daemon@mail.client.example>",
            "Mail delivery failed: returning message to sender",
            """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  jean@client.example
    mailbox is full: retry timeout exceeded

------ This is a copy of the message, including all the headers. ------

Message-ID: <out-7@opale.example>
""",
            X_Failed_Recipients="jean@client.example",
            Auto_Submitted="auto-replied",
        ),
        "5.2.2",
    ),
    "gmail in French": (
        letter(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Failure)",
            """** Adresse introuvable **

Votre message n'a pas pu être distribué à jean@client.example, car l'adresse
est introuvable ou ne peut pas recevoir de messages.

La réponse était :
The email account that you tried to reach does not exist.
""",
            X_Failed_Recipients="jean@client.example",
            In_Reply_To="<out-7@opale.example>",
        ),
        "5.1.1",
    ),
    "exchange": (
        letter(
            "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@client.example>",
            "Undeliverable: T-12 Votre demande",
            """Delivery has failed to these recipients or groups:

jean@client.example
The email address you entered couldn't be found.

Diagnostic information for administrators:
Generating server: ex1.client.example
jean@client.example
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'

Original message headers:
Message-ID: <out-7@opale.example>
Subject: T-12 Votre demande
""",
        ),
        "5.1.10",
    ),
    "exchange in French": (
        letter(
            "Microsoft Outlook <postmaster@client.example>",
            "Non remis : T-12 Votre demande",
            """Échec de la remise pour ces destinataires ou groupes :

jean@client.example
La boîte de réception du destinataire est pleine.

En-têtes de message d'origine :
Message-ID: <out-7@opale.example>
""",
        ),
        "5.2.2",
    ),
    "a French provider": (
        letter(
            "postmaster@fournisseur.example",
            "Retour à l'expéditeur",
            """Votre message n'a pas pu être remis à son destinataire :

  jean@client.example : utilisateur inconnu

--- Copie du message d'origine ---
Message-ID: <out-7@opale.example>
""",
            Return_Path="",
        ),
        "5.1.1",
    ),
    "a delay": (
        letter(
            "MAILER-DAEMON@mx.opale.example",
            "Warning: could not send message for past 4 hours",
            """This is a warning message only. You do not need to resend your message.

The following message to <jean@client.example> is delayed: connection timed out.

Message-ID: <out-7@opale.example>
""",
        ),
        "4.0.0",
    ),
}

AWAY: dict[str, bytes] = {
    "exchange": mail(
        "Je suis absent jusqu'au 30.",
        Subject="Réponse automatique : Lien coupé",
        X_Auto_Response_Suppress="All",
        Auto_Submitted="auto-generated",
    ),
    "exchange without its headers": mail("I am away.", Subject="Automatic reply: Link down"),
    "vacation": mail("I am away.", Auto_Submitted="auto-replied (vacation)"),
    "an old autoresponder": mail("Absent.", Subject="Absence", X_Autoreply="yes"),
    "precedence": mail("Absent.", Subject="Re: Lien", Precedence="auto_reply"),
    "subject in French": mail("De retour lundi.", Subject="Absence du bureau : Re: Lien coupé"),
    "subject in English": mail("Back on Monday.", Subject="Out of office: Re: Link down"),
    "a receipt": multipart(
        "multipart/report; report-type=disposition-notification",
        ("Content-Type: text/plain", "Votre message a été lu."),
        ("Content-Type: message/disposition-notification", "Disposition: manual-action; displayed"),
        Subject="Lu : Lien coupé",
    ),
}
MACHINES: dict[str, bytes] = {
    "monitoring": mail("/var is full", From="Nagios <nagios@client.example>"),
    "nobody to answer to": mail("Facture", From="ne-pas-repondre@operateur.example"),
    "generated": mail("Rapport", Auto_Submitted="auto-generated"),
    "bulk": mail("Rapport", Precedence="bulk"),
    "no return": mail("Rapport", Return_Path="<>"),
}
LISTS: dict[str, bytes] = {
    "a list": mail("Bonjour", List_Id="<outages.lists.example>"),
    "a newsletter": mail("Promo", List_Unsubscribe="<https://news.example/u>"),
}
HUMANS: dict[str, bytes] = {
    "plain": mail("Bonjour, le lien est coupé."),
    "says no": mail("Bonjour", Auto_Submitted="no"),
    "answers an absence": mail("Merci", Subject="Re: Automatic reply: Lien coupé"),
    "writes about a bounce": mail(
        "Bonjour, voici ce que je reçois : Undelivered Mail Returned to Sender\n"
        "550 5.1.1 <x@y.example>: Recipient address rejected: User unknown",
        Subject="Undeliverable: que faire ?",
    ),
    "a postmaster with a question": mail(
        "Bonjour, pourriez-vous corriger votre enregistrement SPF ?",
        From="Postmaster <admin@client.example>",
        Subject="Votre enregistrement SPF",
    ),
}

REPLIES: dict[str, tuple[str, str]] = {
    "gmail": (
        """C'est réparé, merci !

Le mar. 24 nov. 2026 à 10:12, Support <support@opale.example> a
écrit :

> Bonjour,
> est-ce réparé ?
>
""",
        "C'est réparé, merci !",
    ),
    "gmail in English": (
        """Fixed, thanks!

On Tue, Nov 24, 2026 at 10:12 AM Support <support@opale.example>
wrote:

> Hello,
> is it fixed?
""",
        "Fixed, thanks!",
    ),
    "thunderbird": (
        """Oui.

Le 24/11/2026 à 10:12, Support a écrit :
> Est-ce réparé ?

--\x20
Léa Martin
Atelier""",
        "Oui.",
    ),
    "apple": (
        """Oui

Envoyé de mon iPhone

> Le 24 nov. 2026 à 10:12, Support <support@opale.example> a écrit :
>\x20
> Est-ce réparé ?
""",
        "Oui",
    ),
    "outlook": (
        """Bonjour,

C'est réparé.

Cordialement,
Léa Martin

De : Support <support@opale.example>
Envoyé : mardi 24 novembre 2026 10:12
À : Léa Martin
Objet : T-12 Lien coupé

Bonjour,
""",
        "Bonjour,\n\nC'est réparé.\n\nCordialement,",
    ),
    "outlook in English": (
        """It works.

________________________________
From: Support <support@opale.example>
Sent: Tuesday, November 24, 2026 10:12 AM
To: Lea
Subject: T-12

Hello
""",
        "It works.",
    ),
    "old outlook": (
        """Réparé.

-----Message d'origine-----
De : Support
Envoyé : mardi

Bonjour""",
        "Réparé.",
    ),
    "answers between the lines": (
        """Le 24/11/2026, Support a écrit :
> Le lien ?
Il est revenu.
> Le téléphone ?
Aussi.""",
        "Il est revenu.\n\nAussi.",
    ),
    "dashes": ("Il faut :\n- un câble\n- un switch", "Il faut :\n- un câble\n- un switch"),
    "nothing but a quote": ("> Bonjour\n> Est-ce réparé ?", "> Bonjour\n> Est-ce réparé ?"),
    "a telephone in English": ("On it.\n\nSent from my iPhone", "On it."),
    "a sentence that begins like a head": (
        "From: the router I get nothing.\nWhat now?",
        "From: the router I get nothing.\nWhat now?",
    ),
}

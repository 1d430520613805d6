"""What the desk mails: by occasion, language and plan, as HTML and text, in one thread."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings
from tests.personas import MAKER, Personas, make_personas

from opale.customers.models import SupportPlan
from opale.environment import email
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.messaging.actions.outgoing import send_mail
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.models import OutgoingMail
from opale.messaging.queries.mail_layout import Letter, letter_as_html, letter_as_text
from opale.messaging.queries.reply_tokens import origin_of_address, thread_message_id
from opale.messaging.tests.mail_server import MailServer
from opale.organisation.models import Language
from opale.run.desk.actions import mail_texts, messages, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.domain.mail_occasions import (
    OCCASIONS,
    OCCASIONS_BY_NAME,
    MailTemplate,
    Occasion,
    shipped_template,
)
from opale.run.desk.domain.text_variables import (
    VARIABLES_BY_NAME,
    fill_without_gaps,
    unknown_variables_in,
    variable_names_in,
)
from opale.run.desk.models import MailboxRules, MailText, Source, Ticket
from opale.run.desk.queries.mail_texts import fill_template, mail_template_for, plan_of
from opale.run.desk.queries.text_modules import VariableValues
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket
from opale.run.desk.tests.mails import make_mailbox

pytestmark = pytest.mark.django_db

REPLY = OCCASIONS_BY_NAME["reply"]


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def personas() -> Personas:
    return make_personas()


@pytest.fixture
def manager(personas: Personas) -> Client:
    return personas.client("service_manager")


def last_sent() -> EmailMessage:
    send_mail(OutgoingMail.objects.latest("id").pk)
    raw = mail.outbox[-1].message().as_bytes()
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


# The words


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda one: one.name)
def test_each_occasion_is_shipped_in_each_language_with_known_variables(
    occasion: Occasion, language: str
) -> None:
    words = shipped_template(occasion.name, language)
    assert words.subject
    assert unknown_variables_in(f"{words.subject}\n{words.body}", occasion.known) == []
    other = shipped_template(occasion.name, "en" if language == "fr" else "fr")
    assert set(variable_names_in(other.body)) == set(variable_names_in(words.body))


def test_a_line_without_its_value_is_left_out_and_no_hole_is_sent() -> None:
    text = "Hello {{ contact }},\n\nWe know.\nBy {{ restore_due }}.\n\nTried:\n{{ cause }}"
    values = {"contact": "Ana"}
    assert (
        fill_without_gaps(text, lambda name: values.get(name, ""), VARIABLES_BY_NAME)
        == "Hello Ana,\n\nWe know."
    )


def test_what_is_said_is_never_read_as_a_text_with_variables(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    own = {"text": "Le gabarit {{ page.title }} et {{ number }}."}
    words = fill_template(ticket, REPLY, shipped_template("reply", "fr"), "fr", own=own, by=by)
    assert words.body == "Le gabarit {{ page.title }} et {{ number }}."


def test_the_last_text_counts_and_the_plan_s_before_that_of_all(personas: Personas) -> None:
    by = personas.actor("service_manager")
    plan = a_plan()
    mail_texts.write_mail_text(REPLY, "fr", None, MailTemplate("A", "Tous {{ text }}"), by=by)
    mail_texts.write_mail_text(REPLY, "fr", None, MailTemplate("B", "Tous ! {{ text }}"), by=by)
    mail_texts.write_mail_text(REPLY, "fr", plan, MailTemplate("C", "Plan {{ text }}"), by=by)
    assert mail_template_for("reply", "fr", None).subject == "B"
    assert mail_template_for("reply", "fr", plan.pk).subject == "C"
    assert mail_template_for("reply", "en", plan.pk) == shipped_template("reply", "en")
    mail_texts.reset_mail_text(REPLY, "fr", plan, by=by)
    assert mail_template_for("reply", "fr", plan.pk).subject == "B"
    mail_texts.reset_mail_text(REPLY, "fr", None, by=by)
    assert mail_template_for("reply", "fr", plan.pk) == shipped_template("reply", "fr")
    assert MailText.objects.count() == 5, "nothing that was said is lost"


def a_plan() -> SupportPlan:
    return SupportPlan.objects.get_or_create(
        code="PREMIUM", defaults={"name_en": "Premium", "name_fr": "Premium"}
    )[0]


@pytest.mark.parametrize(
    ("body", "name"),
    [("", "body"), ("{{ nonsense }} {{ text }}", "body"), ("Bonjour", "body")],
)
def test_a_text_that_would_say_nothing_is_refused(personas: Personas, body: str, name: str) -> None:
    by = personas.actor("service_manager")
    with pytest.raises(Invalid) as refused:
        mail_texts.write_mail_text(REPLY, "fr", None, MailTemplate("Sujet", body), by=by)
    assert name in refused.value.fields


def test_an_agent_changes_no_text(personas: Personas) -> None:
    by = personas.actor("desk_agent")
    with pytest.raises(NotAllowed):
        mail_texts.write_mail_text(REPLY, "fr", None, MailTemplate("S", "{{ text }}"), by=by)
    with pytest.raises(NotAllowed):
        mail_texts.reset_mail_text(REPLY, "fr", None, by=by)


# The mail


def test_both_parts_say_the_same_and_nothing_is_fetched_from_elsewhere(house: House) -> None:
    ticket = make_ticket(house)
    said = "Le lien <b> est rétabli & stable.\n\nVoir https://velora.example/suivi"
    messages.write_to_customer(ticket, said, by=agent_of(house.agent))
    sent = last_sent()
    text, html = part(sent, "plain"), part(sent, "html")
    for words in (
        "Léa Morel",
        ticket.reference,
        "--- Répondez au-dessus de cette ligne ---",
        "répondez simplement",
    ):
        assert words in text
        assert words in html
    assert "est rétabli & stable." in text
    assert "Le lien &lt;b&gt; est rétabli &amp; stable." in html
    assert '<a href="https://velora.example/suivi"' in html
    for fetched in ("<img", "src=", "url(", "<link", "<script"):
        assert fetched not in html
    assert 'content="light dark"' in html
    answer = EmailMessage()
    answer.set_content(f"D’accord.\n\nSupport schreef op 24 november:\n{text}")
    shown = parse_mail(answer.as_bytes()).text_shown
    assert shown == "D’accord.\n\nSupport schreef op 24 november:", "all below the mark is cut"
    answer.set_content(text)
    assert parse_mail(answer.as_bytes()).text_shown.startswith("Le lien <b>"), "another desk's mail"


def test_the_owner_speaks_and_an_answer_comes_back_to_the_ticket(
    house: House, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Velora service desk <sav@velora.example>"
    ticket = make_ticket(house)
    messages.write_to_customer(ticket, "Nous cherchons.", by=agent_of(house.agent))
    sent = last_sent()
    assert parseaddr(str(sent["From"])) == (
        "Léa Morel, Velora service desk",
        "sav@velora.example",
    )
    assert origin_of_address(sent["Reply-To"]) == f"desk.ticket:{ticket.pk}"
    assert sent["References"] == thread_message_id(f"desk.ticket:{ticket.pk}")
    assert sent["Auto-Submitted"] is None, "a person wrote it"


def test_names_with_accents_are_read_as_they_are_written(house: House, settings: Settings) -> None:
    """From a mailbox and of an agent whose names no header can carry as they are."""
    ticket, by = make_ticket(house), agent_of(house.agent)
    box = make_mailbox(name="Vélorane – assistance")
    MailboxRules.objects.update_or_create(mailbox=box, defaults={"stream": ticket.stream})
    with MailServer() as server:
        for name, value in email("EMAIL_URL", f"smtp://127.0.0.1:{server.port}").items():
            setattr(settings, name, value)
        messages.write_to_customer(ticket, "Nous cherchons.", by=by)
        send_mail(OutgoingMail.objects.latest("id").pk)
    (taken,) = server.taken
    (sender,) = taken["From"].addresses
    assert sender.display_name == "Léa Morel, Vélorane – assistance"
    assert f"Vélorane – assistance · {ticket.reference}" in part(taken, "plain")
    assert "Vélorane – assistance" in part(taken, "html")
    assert "=?" not in part(taken, "plain") + part(taken, "html")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Prochaine information\u00a0: {} au plus tard."),
        ("en", "Next update: {} at the latest."),
    ],
)
def test_the_promised_time_of_the_next_update_is_in_the_mail(
    house: House, language: str, said: str
) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    with attributed(by):
        Ticket.objects.filter(pk=ticket.pk).update(language=language)
    ticket.refresh_from_db()
    promised = clock.now() + timedelta(hours=2)
    when = VariableValues(ticket, language, by).moment(promised)
    messages.write_to_customer(ticket, "Nous cherchons.", by=by, next_update_at=promised)
    assert said.format(when) in part(last_sent(), "plain")
    assert said.format(when) in part(last_sent(), "html")
    messages.write_to_customer(ticket, f"La suite {when}.", by=by, next_update_at=promised)
    assert OutgoingMail.objects.latest("id").body.count(when) == 1, "said once"
    messages.write_to_customer(ticket, "Trouvé.", by=by)
    assert when not in OutgoingMail.objects.latest("id").body, "this one promises nothing"


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        ("Europe/Paris", "fr", "jeudi 3 décembre à 14:39"),
        ("Europe/Madrid", "en", "Thursday 3 December at 14:39"),
        ("Europe/London", "en", "Thursday 3 December at 13:39 (London time)"),
        ("Europe/London", "fr", "jeudi 3 décembre à 13:39 (heure de Londres)"),
    ],
)
def test_a_moment_names_the_zone_of_a_customer_whose_clock_shows_another_hour(
    house: House, zone: str, language: str, said: str
) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    assert ticket.customer
    with attributed(by):
        type(ticket.customer).objects.filter(pk=ticket.customer.pk).update(time_zone=zone)
    ticket.customer.refresh_from_db()
    at = datetime(2026, 12, 3, 13, 39, tzinfo=UTC)
    assert VariableValues(ticket, language, by).moment(at) == said
    ticket.customer = None
    internal = VariableValues(ticket, language, by).moment(at)
    assert "14:39" in internal, "the provider's own hour"
    assert "(" not in internal


def test_a_thread_keeps_its_subject_when_the_ticket_is_renamed(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    messages.write_to_customer(ticket, "Nous cherchons.", by=by)
    with attributed(by):
        Ticket.objects.filter(pk=ticket.pk).update(subject="Tout autre chose")
    messages.write_to_customer(Ticket.objects.get(pk=ticket.pk), "Trouvé.", by=by)
    subjects = set(OutgoingMail.objects.values_list("subject", flat=True))
    assert subjects == {f"[{ticket.reference}] Lien Rennes - Lille coupé"}


def test_the_plan_of_the_ticket_chooses_its_words(house: House) -> None:
    ticket = make_ticket(house)
    plan_id = plan_of(ticket)
    assert plan_id is not None
    words = MailTemplate("{{ subject }}", "Ligne prioritaire\n\n{{ text }}")
    plan = SupportPlan.objects.get(pk=plan_id)
    mail_texts.write_mail_text(REPLY, "fr", plan, words, by=system("test"))
    messages.write_to_customer(ticket, "Nous cherchons.", by=agent_of(house.agent))
    assert "Ligne prioritaire\n\nNous cherchons." in OutgoingMail.objects.get().body


def test_a_letter_without_answer_carries_no_mark() -> None:
    letter = Letter(language="en", body="Hello", links=[("See it", "https://a.example/x")])
    assert "---" not in letter_as_text(letter) + letter_as_html(letter)
    assert "https://a.example/x" in letter_as_text(letter)
    assert 'href="https://a.example/x"' in letter_as_html(letter)


# The pages


def test_the_text_is_changed_and_shipped_again_on_its_page(manager: Client) -> None:
    url = "/desk/mail-texts/reply/fr/"
    assert "default" in read(manager, "/desk/mail-texts/")
    answer = manager.post(url, {"subject": "Suite", "body": "Bonjour {{ contact }}\n\n{{ text }}"})
    assert answer.status_code == 302
    page = read(manager, url)
    assert "Bonjour {{ contact }}" in page
    assert "Restore default text" in page
    assert manager.post(f"{url}shipping/").status_code == 302
    assert mail_template_for("reply", "fr", None) == shipped_template("reply", "fr")
    assert "Suite" in read(manager, url), "the former text is still to be seen"


def test_an_unknown_variable_is_said_beside_the_field(manager: Client) -> None:
    answer = manager.post(
        "/desk/mail-texts/reply/fr/", {"subject": "S", "body": "{{ nonsense }} {{ text }}"}
    )
    assert answer.status_code == 422
    assert "nonsense" in answer.content.decode()


def test_the_preview_is_the_mail_on_the_ticket_that_was_chosen(
    manager: Client, personas: Personas
) -> None:
    new = NewTicket(subject="Lien", source=Source.MAIL, customer=personas.customer)
    ticket = ticket_creation.receive_ticket(new, by=MAKER)
    said = {"subject": "{{ subject }}", "body": "N° {{ number }}\n\nAvant {{ restored }}"}
    said["ticket"] = ticket.reference
    answer = manager.post(
        "/desk/mail-texts/reply/fr/preview/", said, headers={"HX-Request": "true"}
    ).content.decode()
    assert f"[{ticket.reference}]" in answer
    assert f"N° {ticket.reference}" in answer
    assert "Avant" not in answer
    whole = manager.post("/desk/mail-texts/reply/fr/preview/", said)
    assert whole.content.decode().startswith("<!DOCTYPE html>")
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    said["ticket"] = "999999"
    gone = manager.post("/desk/mail-texts/reply/fr/preview/", said, headers={"HX-Request": "true"})
    assert "This ticket does not exist" in gone.content.decode()


def test_an_occasion_that_there_is_not_is_not_found(manager: Client) -> None:
    assert manager.get("/desk/mail-texts/birthday/fr/").status_code == 404
    assert manager.get("/desk/mail-texts/reply/eo/").status_code == 404
    assert manager.get("/desk/mail-texts/reply/fr/?plan=NONE").status_code == 404


# The API


def test_a_text_is_written_and_shipped_again_by_the_api(manager: Client) -> None:
    url = "/api/v1/mail/texts/reply/fr"
    asked = manager.get(url)
    assert asked.json()["is_shipped"] is True
    listed = manager.get("/api/v1/mail/texts").json()
    assert {(one["occasion"], one["language"]) for one in listed} == {
        (occasion.name, language) for occasion in OCCASIONS for language in Language.values
    }
    said = {"subject": "Suite", "body": "Bonjour\n\n{{ text }}"}
    seen = {"If-Match": asked.headers["ETag"]}
    answer = manager.put(url, said, content_type="application/json", headers=seen)
    assert answer.status_code == 200, answer.content
    assert answer.json()["subject"] == "Suite"
    assert mail_template_for("reply", "fr", None).subject == "Suite"
    late = manager.put(url, said, content_type="application/json", headers=seen)
    assert late.status_code == 412, "somebody wrote since"
    wrong = manager.put(url, {**said, "body": "Bonjour"}, content_type="application/json")
    assert "body" in wrong.json()["fields"]
    assert manager.delete(url).status_code == 204
    assert mail_template_for("reply", "fr", None) == shipped_template("reply", "fr")


def test_the_api_shows_the_mail_on_a_ticket_before(manager: Client, personas: Personas) -> None:
    new = NewTicket(subject="Lien", source=Source.MAIL, customer=personas.customer)
    ticket = ticket_creation.receive_ticket(new, by=MAKER)
    said = {"subject": "S", "body": "{{ number }}\n\n{{ cause }} {{ no }}", "ticket": ticket.number}
    found = manager.post(
        "/api/v1/mail/texts/reply/fr/preview", said, content_type="application/json"
    ).json()
    assert ticket.reference in found["text"]
    assert found["missing"] == ["cause"]
    assert found["unknown"] == ["no"]
    assert not OutgoingMail.objects.exists()


def test_the_text_of_a_plan_has_its_own_address(manager: Client) -> None:
    plan = a_plan()
    url = f"/api/v1/mail/texts/reply/fr?plan={plan.code}"
    said = {"subject": "P", "body": "{{ text }}"}
    assert manager.put(url, said, content_type="application/json").status_code == 200
    assert mail_template_for("reply", "fr", plan.pk).subject == "P"
    assert mail_template_for("reply", "fr", None) == shipped_template("reply", "fr")
    assert manager.get("/api/v1/mail/texts/birthday/fr").status_code == 404


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()

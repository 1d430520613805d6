"""Mail out through a real mail server: never lost, never sent twice, put off and given up."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.serving import free_port

from opale.environment import BadSetting, email
from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.models import Fact
from opale.kernel.states import moves_of
from opale.kernel.tests.concurrency import at_once
from opale.messaging.actions import outgoing
from opale.messaging.actions.outgoing import (
    CLAIM,
    MAX_REFERENCES,
    OVERDUE,
    SENDING_JOB,
    WAITS,
    queue_mail,
    send_mail,
)
from opale.messaging.domain.mail_addresses import split_address, write_address
from opale.messaging.models import OutgoingMail
from opale.messaging.queries.mail_layout import (
    Letter,
    Table,
    letter_as_html,
    letter_as_text,
    stored_letter,
)
from opale.messaging.queries.reply_tokens import (
    installation_name,
    origin_of_address,
    thread_message_id,
)
from opale.messaging.tests.mail_server import MailServer, Sink

AGENT = Actor(
    "person", "user:1", "Léa", {"messaging.read": EVERYTHING, "messaging.retry": EVERYTHING}
)
READER = Actor("person", "user:2", "Max", {"messaging.read": EVERYTHING})
SECOND = timedelta(seconds=1)
QUOTED = 'L’équipe "Nuit", Cœur\\réseau'

pytestmark = pytest.mark.django_db


def use_mail_server(settings: Settings, url: str) -> None:
    for name, value in email("EMAIL_URL", url).items():
        setattr(settings, name, value)


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with MailServer() as server:
        use_mail_server(settings, f"smtp://127.0.0.1:{server.port}")
        yield server


@pytest.fixture
def dead_server(settings: Settings) -> None:
    use_mail_server(settings, f"smtp://127.0.0.1:{free_port()}")


def make_mail(**given: Any) -> OutgoingMail:
    wanted: dict[str, Any] = {
        "by": AGENT,
        "origin": "test.thing:12",
        "to": ["client@example.org"],
        "subject": "Lien Rennes–Lille coupé",
        "body": "Bonjour,\n\nLe lien est rétabli depuis 14 h 05 – l’œil reste ouvert.\n",
        "language": "fr",
    }
    return queue_mail(**(wanted | given))


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def announced(name: str) -> list[dict[str, Any]]:
    return list(Fact.objects.filter(name=name).order_by("id").values_list("body", flat=True))


def waiting_jobs() -> list[ProcrastinateJob]:
    return list(
        ProcrastinateJob.objects.filter(task_name=SENDING_JOB, status="todo").order_by("id")
    )


# What is sent


def test_a_french_mail_arrives_with_its_accents(sink: Sink) -> None:
    send_mail(make_mail().pk)
    (taken,) = sink.taken
    assert taken["Subject"] == "Lien Rennes–Lille coupé"
    assert taken["To"] == "client@example.org"
    assert taken["Content-Language"] == "fr"
    assert "rétabli depuis 14 h 05 – l’œil reste ouvert." in taken.get_content()
    assert taken["Auto-Submitted"] is None


def test_an_answer_names_the_thread_that_it_continues(sink: Sink) -> None:
    mail = make_mail(answers=["<1@a>", "<2@a>"])
    send_mail(mail.pk)
    (taken,) = sink.taken
    assert taken["Message-ID"] == mail.message_id
    assert taken["References"] == "<1@a> <2@a>"
    assert taken["In-Reply-To"] == "<2@a>"


def test_an_automatic_mail_asks_machines_not_to_answer(sink: Sink) -> None:
    send_mail(make_mail(automatic=True).pk)
    assert sink.taken[0]["Auto-Submitted"] == "auto-generated"
    assert "NDR" not in sink.taken[0]["X-Auto-Response-Suppress"], "bounces are wanted"


def test_every_mail_says_which_installation_wrote_it(sink: Sink) -> None:
    send_mail(make_mail().pk)
    assert sink.taken[0]["X-Opale-Installation"] == installation_name()


def test_an_answer_goes_to_the_signed_address_of_the_mailbox(sink: Sink) -> None:
    mail = make_mail(thread="desk.ticket:12", mailbox="Velora <sav@velora.fr>", voice="Léa Morel")
    send_mail(mail.pk)
    (taken,) = sink.taken
    assert str(taken["From"]) == "Léa Morel <sav@velora.fr>"
    assert origin_of_address(taken["Reply-To"]) == "desk.ticket:12"
    assert taken["Reply-To"].startswith("sav+t.")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Vélorane – assistance <sav@velora.fr>", "Vélorane – assistance"),
        ("=?utf-8?b?VsOpbG9yYW5l?= <sav@velora.fr>", "Vélorane"),
        (write_address(QUOTED, "sav@velora.fr"), QUOTED),
        (write_address("支援 デスク", "sav@velora.fr"), "支援 デスク"),
        (write_address("", "sav@velora.fr"), ""),
    ],
)  # fmt: skip
def test_a_name_is_plain_in_opale_and_encoded_in_the_mail_alone(
    sink: Sink, written: str, name: str
) -> None:
    mail = make_mail(mailbox=written)
    assert "=?" not in mail.sender
    assert split_address(mail.sender) == (name, "sav@velora.fr")
    send_mail(mail.pk)
    (taken,) = sink.taken
    (sender,) = taken["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "sav@velora.fr")


def test_mails_about_one_thing_have_one_root_whoever_they_go_to(sink: Sink) -> None:
    first = make_mail(thread="desk.ticket:12")
    answers = [first.message_id, *(f"<{number}@a>" for number in range(50))]
    for mail in (first, make_mail(thread="desk.ticket:12", answers=answers)):
        send_mail(mail.pk)
    roots = [taken["References"].split()[0] for taken in sink.taken]
    assert roots == [thread_message_id("desk.ticket:12")] * 2
    last = sink.taken[1]["References"].split()
    assert last[1] == first.message_id
    assert last[-1] == sink.taken[1]["In-Reply-To"] == "<49@a>"
    assert len(last) == 2 + MAX_REFERENCES


def test_a_letter_goes_out_as_text_and_as_html_with_its_copies(sink: Sink) -> None:
    more = [("Choisir", "https://opale.example/choose")]
    letter = Letter(language="fr", body="Rétabli & <vite>", foot_links=more, answered=True)
    mail = make_mail(cc=["chef@example.org"], body=letter)
    assert (mail.body, mail.html) == (letter_as_text(letter), "")
    send_mail(mail.pk)
    assert sink.recipients == [["client@example.org", "chef@example.org"]]
    (taken,) = sink.taken
    plain, rich = taken.get_body(("plain",)), taken.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().splitlines() == letter_as_text(letter).splitlines()
    assert rich.get_content().splitlines() == letter_as_html(letter).splitlines()
    assert "Rétabli &amp; &lt;vite&gt;" in rich.get_content()


def test_a_table_of_a_letter_is_aligned_as_text_and_a_table_as_html(sink: Sink) -> None:
    rows = (("", "Nov.", "Oct."), ("Créés", "412", "98"), ("<b>", "7", "–"))
    listed = Table(rows=(("Ticket", "Objet"), ("T-1", "Lien")), title="Tickets", figures=False)
    letter = Letter(language="fr", body="Bonjour", tables=(Table(rows=rows), listed))
    mail = make_mail(body=letter)
    assert "Créés   412    98\n<b>       7     –\n" in mail.body
    assert "Tickets\nTicket · Objet\nT-1 · Lien\n" in mail.body
    send_mail(mail.pk)
    rich = sink.taken[0].get_body(("html",))
    assert rich is not None
    assert rich.get_content().splitlines() == letter_as_html(letter).splitlines()
    html = letter_as_html(letter)
    assert "&lt;b&gt;</td>" in html
    assert html.count("<th ") == 5
    assert letter_as_html(stored_letter(OutgoingMail.objects.get().letter or {})) == html


def test_html_that_was_queued_before_letters_were_kept_goes_out_as_it_is(sink: Sink) -> None:
    mail = make_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(html="<p>Rétabli</p>")
    send_mail(mail.pk)
    (taken,) = sink.taken
    rich = taken.get_body(("html",))
    assert rich is not None
    assert "<p>Rétabli</p>" in rich.get_content()


def test_a_subject_of_several_lines_becomes_one() -> None:
    assert make_mail(subject="Panne\r\nBcc: x@example.org").subject == "Panne Bcc: x@example.org"


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(Invalid):
        make_mail(to=[])


# The outbox


def test_a_mail_is_queued_with_its_job_and_its_author() -> None:
    mail = make_mail()
    assert mail.state == "queued"
    assert [job.args for job in waiting_jobs()] == [{"mail_id": mail.pk}]
    (move,) = moves_of(OutgoingMail, mail.pk)
    assert (move.move, move.target, move.actor_name) == ("queue", "queued", "Léa")


def test_a_sent_mail_is_dated_recorded_and_announced(sink: Sink) -> None:
    mail = make_mail()
    send_mail(mail.pk)
    sent = fresh(mail)
    assert (sent.state, sent.attempts, sent.last_error) == ("sent", 1, "")
    assert sent.sent_at is not None
    assert sent.claimed_until is None
    assert [move.move for move in moves_of(OutgoingMail, mail.pk)] == ["queue", "hand_over"]
    assert announced("messaging.MailSent") == [
        {"mail_id": mail.pk, "origin": "test.thing:12", "refused": []}
    ]


def test_a_job_that_runs_twice_sends_once(sink: Sink) -> None:
    mail = make_mail()
    send_mail(mail.pk)
    send_mail(mail.pk)
    assert len(sink.taken) == 1


def test_a_job_of_a_mail_that_is_gone_does_nothing(sink: Sink) -> None:
    send_mail(404)
    assert sink.taken == []


@pytest.mark.django_db(transaction=True)
def test_of_four_workers_with_one_mail_one_sends_it(sink: Sink) -> None:
    mail = make_mail()
    results = at_once(*(partial(send_mail, mail.pk) for _ in range(4)))
    assert results == [None] * 4
    assert len(sink.taken) == 1
    assert fresh(mail).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_is_asked(sink: Sink) -> None:
    mail = make_mail()

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
            seen.append(cursor.fetchone()[0])
        connection.close()

    seen: list[int] = []
    sink.before_answer = look
    send_mail(mail.pk)
    assert seen == [0]


@pytest.mark.django_db(transaction=True)
def test_sending_inside_a_transaction_is_refused(sink: Sink) -> None:
    mail = make_mail()
    with pytest.raises(RuntimeError), transaction.atomic():
        send_mail(mail.pk)
    assert sink.taken == []
    assert fresh(mail).attempts == 0


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_the_server_took_it_sends_the_same_message_id_again(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the receiver folds the two by their Message-ID."""
    mail = make_mail()
    with monkeypatch.context() as crash:
        crash.setattr("opale.messaging.actions.outgoing._record_success", _die)
        with pytest.raises(KeyboardInterrupt):
            send_mail(mail.pk)
    send_mail(mail.pk)  # the rescued job comes while the dead sender's claim lasts
    assert len(sink.taken) == 1
    with clock.travel(CLAIM + SECOND):
        send_mail(mail.pk)
    assert [taken["Message-ID"] for taken in sink.taken] == [mail.message_id] * 2
    assert (fresh(mail).state, fresh(mail).attempts) == ("sent", 2)


def _die(*args: object) -> None:
    raise KeyboardInterrupt


# What goes wrong


def test_a_passing_refusal_puts_the_mail_off(sink: Sink) -> None:
    sink.data_answers = ["451 4.3.0 Try again later"]
    mail = make_mail()
    send_mail(mail.pk)
    held = fresh(mail)
    assert (held.state, held.attempts) == ("queued", 1)
    assert held.last_error == "451 4.3.0 Try again later"
    assert timedelta() < held.next_attempt_at - clock.now() <= WAITS[0]
    assert waiting_jobs()[-1].scheduled_at is not None
    send_mail(mail.pk)
    assert fresh(mail).state == "sent"
    assert announced("messaging.MailFailed") == []


@pytest.mark.usefixtures("dead_server")
def test_a_dead_server_is_tried_with_growing_pauses_and_then_given_up() -> None:
    mail = make_mail()
    pauses = []
    for _ in WAITS:
        send_mail(mail.pk)
        pauses.append(round((fresh(mail).next_attempt_at - clock.now()) / SECOND))
    assert pauses == [round(wait / SECOND) for wait in WAITS]
    assert pauses == sorted(pauses)
    assert fresh(mail).state == "queued"
    send_mail(mail.pk)
    assert (fresh(mail).state, fresh(mail).attempts) == ("failed", len(WAITS) + 1)
    (failure,) = announced("messaging.MailFailed")
    assert failure["origin"] == "test.thing:12"
    assert "refused" in failure["error"].lower()


def test_a_final_refusal_of_the_text_is_given_up_at_once(sink: Sink) -> None:
    sink.data_answers = ["554 5.7.1 Looks like spam"]
    mail = make_mail()
    send_mail(mail.pk)
    assert fresh(mail).state == "failed"
    (failure,) = announced("messaging.MailFailed")
    assert failure["error"] == "554 5.7.1 Looks like spam"


def test_a_final_refusal_of_the_only_address_is_given_up_at_once(sink: Sink) -> None:
    sink.refused = {"client@example.org": "550 5.1.1 No such user"}
    mail = make_mail()
    send_mail(mail.pk)
    assert fresh(mail).state == "failed"
    assert fresh(mail).last_error == "client@example.org: 550 5.1.1 No such user"


def test_an_address_refused_for_now_is_tried_again(sink: Sink) -> None:
    sink.refused = {"client@example.org": "450 4.2.1 Greylisted"}
    mail = make_mail()
    send_mail(mail.pk)
    assert fresh(mail).state == "queued"


def test_an_address_refused_among_others_is_not_forgotten(sink: Sink) -> None:
    sink.refused = {"parti@example.org": "550 5.1.1 No such user"}
    mail = make_mail(to=["client@example.org", "parti@example.org"])
    send_mail(mail.pk)
    sent = fresh(mail)
    assert (sent.state, sent.refused) == ("sent", ["parti@example.org"])
    assert "No such user" in sent.last_error
    assert announced("messaging.MailSent")[0]["refused"] == ["parti@example.org"]


def test_an_address_that_no_mail_can_carry_is_given_up(sink: Sink) -> None:
    mail = make_mail(to=["client@example.org\nBcc: x@example.org"])
    send_mail(mail.pk)
    assert fresh(mail).state == "failed"
    assert sink.taken == []


# Looking after it


def test_what_was_given_up_may_be_sent_again(sink: Sink) -> None:
    sink.data_answers = ["554 no"]
    mail = make_mail()
    send_mail(mail.pk)
    outgoing.retry_mail(mail, by=AGENT)
    assert (fresh(mail).state, fresh(mail).attempts) == ("queued", 0)
    send_mail(mail.pk)
    assert fresh(mail).state == "sent"
    names = [(move.move, move.actor_name) for move in moves_of(OutgoingMail, mail.pk)]
    assert names == [
        ("queue", "Léa"),
        ("give_up", "Opale"),
        ("retry", "Léa"),
        ("hand_over", "Opale"),
    ]


def test_only_a_mail_that_was_given_up_is_sent_again() -> None:
    with pytest.raises(IllegalMove):
        outgoing.retry_mail(make_mail(), by=AGENT)


def test_sending_again_takes_the_right() -> None:
    mail = make_mail()
    with pytest.raises(NotAllowed):
        outgoing.retry_mail(mail, by=READER)
    with pytest.raises(NotFound):
        outgoing.retry_mail(mail, by=Actor("person", "user:3", "Ines"))


def test_a_mail_without_job_is_found_by_the_sweep() -> None:
    mail = make_mail()
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert outgoing.wake_overdue_mails() == 0
    with clock.travel(OVERDUE + SECOND):
        assert outgoing.wake_overdue_mails() == 1
        assert outgoing.wake_overdue_mails() == 0, "the job needs time before it is missed again"
    assert [job.args for job in waiting_jobs()] == [{"mail_id": mail.pk}]


def test_a_mail_put_off_is_not_overdue(sink: Sink) -> None:
    sink.data_answers = ["451 later"]
    send_mail(make_mail().pk)
    with clock.travel(OVERDUE - SECOND):
        assert outgoing.wake_overdue_mails() == 0


# Where mail goes to


def test_a_folder_may_stand_for_the_mail_server(settings: Settings, tmp_path: Path) -> None:
    use_mail_server(settings, f"file://{tmp_path}/mails")
    mail = make_mail()
    send_mail(mail.pk)
    (written,) = (tmp_path / "mails").iterdir()
    assert mail.message_id in written.read_text(encoding="utf-8")
    assert fresh(mail).state == "sent"


def test_the_address_of_a_mail_server_is_read_whole() -> None:
    read = email("EMAIL_URL", "smtp://robot%40example.net:p%3Aw@mail.example.net:587?starttls=1")
    assert read["EMAIL_HOST"] == "mail.example.net"
    assert read["EMAIL_PORT"] == 587
    assert read["EMAIL_HOST_USER"] == "robot@example.net"
    assert read["EMAIL_HOST_PASSWORD"] == "p:w"
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (True, False)
    assert email("EMAIL_URL", "smtps://mail")["EMAIL_PORT"] == 465


def test_another_kind_of_address_means_no_start() -> None:
    with pytest.raises(BadSetting, match="EMAIL_URL"):
        email("EMAIL_URL", "imap://mail")

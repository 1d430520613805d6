"""The worked examples of docs/rules/mail.md are run, row by row, as they are printed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.domain.mail_parser.parsed_mail import Authentication
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import messages
from opale.run.desk.domain.incoming_mail import rate_limits
from opale.run.desk.domain.incoming_mail.admission import Proof, SenderRole, decide_admission
from opale.run.desk.domain.incoming_mail.ticket_match import (
    STRONG_CLUES,
    WEIGHTS,
    Clue,
    choose_ticket,
)
from opale.run.desk.queries.incoming_mail import proof_of
from opale.run.desk.tests.builders import agent_of, make_house
from opale.run.desk.tests.mails import answering, make_mailbox, proven, take, ticket_of, written
from opale.run.desk.tests.rules import hours, table

MAIL = "mail.md"


def test_the_weights_of_the_clues_and_who_can_know_them() -> None:
    rows = table(MAIL, "Which ticket", "clue")
    assert {kind: int(weight) for kind, weight, _by in rows} == dict(WEIGHTS)
    assert {kind for kind, _weight, by in rows if not by.startswith("anybody")} == STRONG_CLUES
    rest = sum(WEIGHTS.values()) - WEIGHTS["token"]
    assert WEIGHTS["token"] > rest
    assert WEIGHTS["earlier"] > WEIGHTS["partner"] + WEIGHTS["number"]


def test_the_heaviest_ticket_is_meant_and_the_contradiction_known() -> None:
    clues = [Clue("number", 1), Clue("number", 1), Clue("earlier", 2)]
    assert choose_ticket(clues).ticket_id == 2
    assert choose_ticket([Clue("number", 1), Clue("answered", 2)]).ticket_id == 2
    assert choose_ticket(clues).contradicts
    assert choose_ticket([]).ticket_id is None


SERVER_SAYS = {
    "DMARC, or an aligned signature, passed": proven("acme.example"),
    "DMARC failed": Authentication(dmarc="fail", trusted=True),
    "neither": Authentication(spf="fail", dmarc="none", trusted=True),
    "nothing at all": Authentication(),
}


@pytest.mark.parametrize("row", table(MAIL, "Who sent it", "our mail server says"))
def test_who_is_proven_and_who_is_forged(row: list[str]) -> None:
    said, proof = row
    mail = written(authenticated=SERVER_SAYS[said])
    first, _or, believed = proof.partition(", or ")
    assert proof_of(mail, believes=False) == first
    assert proof_of(mail, believes=True) == (believed.split(" ")[0] if believed else first)


def test_a_server_that_proved_another_domain_proves_nothing() -> None:
    assert proof_of(written(authenticated=proven("elsewhere.example")), believes=True) == "unproven"


@pytest.mark.parametrize("row", table(MAIL, "Who may join", "sender, on that ticket"))
def test_who_may_join(row: list[str]) -> None:
    who, proof, by, ticket, way = row
    for confidential in {"any": (False, True), "open": (False,), "confidential": (True,)}[ticket]:
        found = decide_admission(
            who=cast("SenderRole", who),
            proof=cast("Proof", proof),
            strong=by == "thread",
            confidential=confidential,
        )
        assert found == way


LIMITS = {
    "acknowledged": rate_limits.ACKNOWLEDGEMENT_LIMIT,
    "opened": rate_limits.OPENED_TICKET_LIMIT,
    "in_thread": rate_limits.THREAD_LIMIT,
    "noticed": rate_limits.NOTICE_LIMIT,
}


def test_the_rates_of_the_breakers() -> None:
    for name, most, within, _then in table(MAIL, "Loops", "breaker"):
        rate = LIMITS[name]
        assert (rate.most, rate.within) == (int(most), hours(within))
    assert timedelta(hours=1) == rate_limits.OPEN_FOR
    assert timedelta(days=14) == rate_limits.REOPENS_WITHIN


KINDS = {"a human": "", "an out-of-office": "reply", "a bounce": "bounce", "a machine": "machine"}


@pytest.mark.django_db
def test_the_worked_example_of_mails(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    house, box = make_house(), make_mailbox()
    with attributed(system("test")):
        house.customer.domains = ["acme.example"]
        house.customer.save(update_fields=["domains"])
    first = ticket_of(take(written(), box))
    messages.write_to_customer(first, "C'est vu.", by=agent_of(first.owner))
    for by, names, server, is_a, becomes in table(MAIL, "Worked example", "by"):
        domain = by.rpartition("@")[2]
        says = {
            "pass": proven(domain),
            "fail": Authentication(dmarc="fail", trusted=True),
            "none": Authentication(),
        }[server]
        if names == "thread":
            mail = answering(first, box, by=by, authenticated=says, auto=KINDS[is_a])
            mail = replace(mail, subject="Re:")
        else:
            subject = first.reference if names == "number" else "Autre chose"
            mail = written(by, subject, authenticated=says, auto=KINDS[is_a])
        sent = OutgoingMail.objects.count()
        handled = take(mail, box)
        assert handled.outcome == becomes, (by, names, is_a)
        opened = becomes in ("ticket", "proposed") and server != "fail" and is_a == "a human"
        assert OutgoingMail.objects.count() - sent == (1 if opened else 0), (by, names, is_a)

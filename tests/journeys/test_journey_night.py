"""A night of one agent by keyboard, and what its customer reads of it, in French.

Ten tickets of which two are outages, a storm of 45 alerts on 15 devices, a P1 without customer,
a visit in two weeks, an escalation, a problem of an employee, and the handover. How rules and
escalation policies are built is in test_journey_rules.py and test_journey_policy.py, automations
are in test_journey_automations.py, and what else happens at a handover in test_journey_handover.py.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys import arriving, changing
from tests.journeys.browsing import PHONE, SETTLED, WIDE, Visitors, visit
from tests.journeys.keyboard import Keys, pointed_at
from tests.journeys.night import FOUND, Night, text_of, words_of
from tests.journeys.running import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    mail_sink,
    running_opale,
    wait_until,
)
from tests.mail_servers import NEEDS_MAIL_SERVERS, running_dovecot
from tests.serving import push_clock

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
OUTAGES = ("Internet coupé, 40 personnes bloquées", "Plus de réseau à l’entrepôt")
ASKED = tuple(f"Question {number} sur notre accès" for number in range(1, 9))
CAUSE = "Fibre sectionnée rue des Acacias"
ONE_LINE, SHORT = 50, 180
MOMENT = re.compile(r"\b(?:lun|mar|mercre|jeu|vendre|same|diman)(?:di|che) \d+ \w+ à \d\d:\d\d")
OF_THE_STORM = """
from opale.run.desk.models import TicketAlert
links = TicketAlert.objects.filter(alert__title__startswith="Tempête")
print(links.values("ticket").distinct().count(), links.count())
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    clock = folder / "ahead"
    with (
        mail_sink() as sink,
        running_opale(
            folder / "data",
            company,
            email_url=f"smtp://127.0.0.1:{sink.port}",
            OPALE_PUSHED_CLOCK=str(clock),
        ) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        found = json.loads(opale.ask(FOUND))
        visitors = Visitors(browser, opale, folder)
        page = visitors.context("desk_agent", language="fr").new_page()
        page.emulate_media(reduced_motion="reduce")
        keys, pointed = Keys(page), pointed_at(page)
        people, hosts = found["people"], found["hosts"]
        yield Night(opale, sink, page, keys, pointed, people, hosts, visitors, clock)


def test_ten_mails_are_ten_tickets_each_received_in_french(night: Night) -> None:
    """Point 1: names are read as they are written, and nobody is said to work on it already."""
    caller, *others = night.people
    senders = [caller] * len(OUTAGES) + others
    assert len(senders) == len((*OUTAGES, *ASKED)) == 10
    for subject, sender in zip((*OUTAGES, *ASKED), senders, strict=True):
        arriving.mail(night.opale, subject, sender)
    for subject in (*OUTAGES, *ASKED):
        number = night.number_of(subject)
        receipt = night.next_mail(number, 0)
        assert receipt["Content-Language"] == "fr"
        assert receipt["Auto-Submitted"].startswith("auto-")
        text = text_of(receipt)
        assert "Le centre de services en prendra connaissance" in text
        assert "s’en occupe" not in text
        assert "=?" not in text + receipt["From"].addresses[0].display_name
        assert "##" not in text


@pytest.mark.parametrize("subject", OUTAGES)
def test_an_outage_is_accepted_restored_and_closed_by_keys(night: Night, subject: str) -> None:
    """Points 2, 4 and 5: nothing is lowered, P1 asks before it waits, the cause is found again."""
    keys, page, number = night.keys, night.page, night.number_of(subject)
    night.open(number)
    if night.opale.api(f"/tickets/{number}")["kind"] == "request":
        keys.press("i")
    else:
        keys.press("a")
    expect(night.panel.locator("[data-digits]").first).to_be_visible()
    expect(night.panel).to_contain_text(arriving.ASKED)
    keys.press("1", "1")
    expect(night.panel.locator(".o-changes")).to_contain_text(re.compile("P1.*GTR", re.DOTALL))
    page.keyboard.press("Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head).to_contain_text("P1")
    ticket = night.opale.api(f"/tickets/{number}")
    assert (ticket["kind"], ticket["priority"]) == ("incident", 1)

    # Taken and answered; what the customer reads is signed and in one thread.
    night.settled()
    keys.press("t")
    expect(page.locator("[data-key='t']")).to_have_count(0)
    night.settled()
    keys.press("r").type("Nous voyons la coupure et cherchons la cause.").press("Control+Enter")
    answer = night.next_mail(number, 1)
    assert "Nous voyons la coupure" in text_of(answer)

    # On hold a P1 says what moves, and asks for consent.
    night.settled()
    keys.press(".")
    expect(night.panel.locator("[name=kind]:not([type=hidden])")).to_be_visible()
    expect(night.panel.locator("[name=confirmed]")).to_be_visible()
    keys.press("Escape")
    expect(night.panel).to_be_hidden()

    # Resolved: from when to when it was down, why, and the last words to the customer.
    keys.press("v")
    cause = night.panel.locator("[name=cause]:not([type=hidden])")
    expect(cause).to_be_visible()
    expect(night.panel.locator("[name=outage]").first).to_be_visible()
    cause.focus()
    keys.type(CAUSE).press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head).to_contain_text("Résolu")
    expect(night.head).to_contain_text(CAUSE)
    resolved = night.next_mail(number, 2)
    assert resolved["Content-Language"] == "fr"
    assert "rétabli" in text_of(resolved) or "résolu" in text_of(resolved)
    assert night.opale.api(f"/tickets/{number}")["cause"] == CAUSE
    assert night.opale.api(f"/tickets/{number}/outages")
    visit(page, "/search/?q=acacias")
    expect(page.locator("main")).to_contain_text(subject)

    # Closed by the same key, with the last words that are offered.
    night.open(number)
    keys.press("v")
    expect(night.panel.locator("[name=message]")).to_be_visible()
    keys.press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head).to_contain_text("Clos")
    night.next_mail(number, 3)
    assert len({one["Message-ID"] for one in night.mails(number)}) == 4


def test_an_incident_of_nobody_has_clocks_and_reads_internal(night: Night) -> None:
    """Point 5."""
    body = {"subject": "Cœur de réseau muet", "kind": "incident", "impact": 1, "urgency": 1}
    number = night.opale.tell("/tickets", body)["number"]
    ticket = night.opale.api(f"/tickets/{number}")
    assert (ticket["customer_id"], ticket["priority"]) == (None, 1)
    measures = {one["measure"] for one in night.opale.api(f"/tickets/{number}/commitments")}
    assert {"acknowledge", "restore"} <= measures
    night.open(number)
    expect(night.head).to_contain_text("Interne")


def test_a_visit_in_two_weeks_runs_on_its_date_and_no_wait_moves_it(night: Night) -> None:
    """Points 3 and 5: asked for a site of the provider; it is due when the visit begins."""
    opale = night.opale
    contacts = opale.api("/contacts?limit=200")["items"]
    asking = next(one for one in contacts if one["email"] and one["may_enter"])
    sites = opale.api("/sites?limit=200")["items"]
    ours = next(one for one in sites if one["kind"] == "datacentre" and not one["customer_id"])
    begins = (datetime.now(UTC) + timedelta(days=14)).replace(second=0, microsecond=0)
    values = {
        "site": ours["code"],
        "starts": begins.isoformat(),
        "ends": (begins + timedelta(hours=4)).isoformat(),
        "visitors": [{"name": "Zoë Müller", "company": "Acme", "identity": "CNI 1"}],
        "escort": "none",
    }
    asked = {"type": "datacentre-access", "contact_id": asking["id"], "values": values}
    number = opale.tell("/requests", asked)["ticket"]["number"]

    def due() -> datetime:
        promised = opale.api(f"/tickets/{number}/commitments")
        (at,) = (one["due_at"] for one in promised if one["measure"] == "resolve")
        return datetime.fromisoformat(at)

    assert due() == begins
    night.open(number)
    night.keys.press(".")
    expect(night.panel.locator("[name=kind]:not([type=hidden])")).to_be_focused()
    night.keys.press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head.get_by_text("En attente du client")).to_have_count(1)
    assert due() == begins


def test_a_storm_is_one_incident_with_who_is_affected(night: Night) -> None:
    """Point 6: marked and made one incident by keys, its number on each line."""
    told = [(f"Tempête{n}", night.hosts[n % 15]) for n in range(45)]
    arriving.alerts(night.opale, "Tempête", told)
    page, lines = night.page, night.page.locator("[data-list] > .o-line")

    def all_there() -> bool:
        visit(page, "/alerts/?q=Temp%C3%AAte")
        return lines.count() == 45

    wait_until(all_there, None, 60)
    for _line in range(45):
        night.keys.press("j", "x")
    expect(page.locator("[data-mark]:checked")).to_have_count(45)
    night.keys.press("i")
    page.wait_for_url("**/acts/incident/**")
    confirm = page.locator("form.o-form button.btn-primary")
    confirm.press("Enter")
    expect(page.get_by_role("button", name="(45)")).to_be_visible()
    confirm.press("Enter")
    page.wait_for_url(re.compile(r"/alerts/"))
    assert night.opale.ask(OF_THE_STORM).split() == ["1", "45"]
    incident = lines.first.locator(".e-incident").inner_text()
    expect(lines.filter(has_text=incident)).to_have_count(45)
    number = int(re.findall(r"\d+", incident)[0])
    night.open(number)
    page.locator("#affected").scroll_into_view_if_needed()
    expect(page.locator("#affected")).to_contain_text("Clients touchés")
    assert night.opale.api(f"/tickets/{number}/affected")["items"]


def test_level_2_returns_what_lacks_something_and_completes_it_by_keys(night: Night) -> None:
    """Point 8: one page with the conversation, on which the work asked is done or returned."""
    number = night.number_of(ASKED[0])
    reason, outcome = "Il manque le numéro de port", "La configuration est corrigée."
    engineer, keys = night.of("run_engineer")
    for returned in (True, False):
        night.open(number)
        night.keys.press("e")
        expect(night.page.locator(".d-escalation form .btn-primary")).to_be_focused()
        night.keys.press("1", "Enter")  # what came back is proposed to level 3
        expect(night.page.locator(".d-escalation form")).to_have_count(0)
        visit(engineer, f"/tickets/{number}/")
        work, talk = engineer.locator(".d-asked-work"), engineer.locator(".o-talk").first
        expect(talk).to_contain_text(arriving.ASKED)
        expect(engineer.locator("[data-key='t']")).to_have_count(0)
        keys.press("a")
        expect(work.locator("[data-key='d']")).to_be_visible()
        panel = engineer.locator("#o-panel")
        keys.press("b" if returned else "d")
        expect(panel.locator("form")).to_be_visible()
        panel.locator("textarea").first.focus()
        keys.type(reason if returned else outcome).press("Control+Enter")
        expect(panel).to_be_hidden()
        expect(talk).to_contain_text(reason if returned else outcome)
    states = [one["state"] for one in night.opale.api(f"/tickets/{number}/assignments")]
    assert sorted(states) == ["done", "returned"]
    assert len(night.mails(number)) == 1


def test_rules_and_policies_of_the_night_say_where_they_come_from(night: Night) -> None:
    """Point 7, at its cheap end."""
    engineer, keys = night.of("tools_engineer")
    visit(engineer, "/alerts/rules/")
    rule = engineer.locator("tr[data-origin]", has_text="Critique depuis une minute")
    expect(rule.get_by_role("link", name="Alertmanager").first).to_be_visible()
    keys.press("c")
    engineer.wait_for_url("**/rules/new/")
    expect(engineer.get_by_role("group", name="Ligne 1", exact=True)).to_be_visible()
    manager, keys = night.of("service_manager")
    visit(manager, "/paging/policies/")
    policy = manager.get_by_role("link", name="Cœur de réseau : alertes critiques")
    policy.focus()
    keys.press("Enter")
    manager.wait_for_url(re.compile(r"/policies/\d+/$"))
    expect(manager.get_by_role("heading", name=re.compile("alertes critiques"))).to_be_visible()


def test_an_employee_reports_a_problem_with_a_file_and_sees_the_date_promised(
    night: Night, tmp_path: Path
) -> None:
    """Point 12."""
    page, keys = night.of("employee")
    picture = tmp_path / "écran.txt"
    picture.write_text("Erreur 42", encoding="utf-8")
    visit(page, "/requests/")
    keys.press("p")
    page.wait_for_url("**/requests/problem/")
    keys.type("Ma messagerie ne s’ouvre plus").press("Tab").type("Depuis ce soir, moi seul.")
    page.locator("input[type=file]").set_input_files(picture)
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/requests/T?-?\d+/$"))
    expect(page.get_by_role("link", name="écran.txt")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Promis pour")
    number = night.number_of("Ma messagerie ne s’ouvre plus")
    assert night.opale.api(f"/tickets/{number}")["kind"] == "incident"


def test_the_report_of_the_day_has_the_night_in_it(night: Night) -> None:
    """Point 11: from a figure to the tickets that it counts."""
    manager, keys = night.of("service_manager")
    today = f"{datetime.now(UTC).astimezone(ZoneInfo('Europe/Paris')):%Y-%m-%d}"
    visit(manager, f"/reports/?period={today}&by=customer")
    created = manager.locator(".r-cards .r-figure").first
    number = created.inner_text()
    created.focus()
    keys.press("Enter")
    manager.wait_for_url(re.compile(r"/reports/tickets/\?figure=created"))
    expect(manager.get_by_role("status").filter(has_text="résultat")).to_contain_text(number)
    expect(manager.locator("[data-list]")).to_contain_text(OUTAGES[0])
    assert int(number) >= len((*OUTAGES, *ASKED))


def test_the_night_is_handed_over_and_signed_once_all_is_accepted(night: Night) -> None:
    """Point 10: calm tickets are one line each, and whoever arrives has a login."""
    opale, minutes = night.opale, 20
    asked = [night.number_of(subject) for subject in ASKED[1:4]]
    internal = night.number_of("Cœur de réseau muet")
    for number in (internal, *asked):
        night.open(number)
        night.keys.press("t")
        expect(night.page.locator("[data-key='t']")).to_have_count(0)
    emails = [opale.personas[name]["login"] for name in ("desk_agent", "desk_agent_arriving")]
    opale.ask(changing.program(emails, minutes, (internal, *asked)))
    visit(night.page, "/handovers/")
    night.page.get_by_role("button", name="Préparer la prochaine passation").press("Enter")
    night.page.wait_for_url(re.compile(r"/handovers/\d+/$"))
    address = urlsplit(night.page.url).path
    assert opale.api(address.rstrip("/"))["waiting"] == len((internal, *asked))
    expect(night.page.locator(".h-head")).to_contain_text("0 acceptés sur 4")
    expect(night.page.locator("[data-key='s']")).to_have_count(0)

    page, keys = night.of("desk_agent_arriving")
    visit(page, address)
    cards, calm = page.locator(".h-card"), page.locator(".h-card.h-quiet")
    expect(calm).to_have_count(len(asked))
    heights = [one.bounding_box() for one in calm.all()]
    assert all(box and box["height"] < ONE_LINE for box in heights)
    on_a_phone(page)
    for left in range(len((internal, *asked)), 0, -1):
        expect(cards).to_have_count(left)
        expect(page.locator("[data-key='s']")).to_have_count(0)
        page.wait_for_function(SETTLED)
        keys.press("a")
    expect(cards).to_have_count(0)
    assert opale.api(address.rstrip("/"))["waiting"] == 0
    visit(night.page, address)
    night.keys.press("s")
    expect(night.page.locator(".h-signed")).to_have_count(1)
    push_clock(night.clock, (minutes + 1) * 60)
    visit(page, address)
    keys.press("s")
    expect(page.locator(".h-signed")).to_have_count(2)
    owners = {opale.api(f"/tickets/{number}")["owner_id"] for number in (internal, *asked)}
    assert owners == {opale.api("/me", "desk_agent_arriving")["person_id"]}


def on_a_phone(page: Page) -> None:
    """A card is short there, and whom it is for is unfolded."""
    page.set_viewport_size(PHONE)
    full = page.locator(".h-card:not(.h-quiet)")
    heights = [one.bounding_box() for one in full.all()]
    assert all(box and box["height"] < SHORT for box in heights)
    told = full.first.locator(".h-fold")
    expect(told.locator("p", has_text="René")).to_be_hidden()
    told.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(told.locator("p", has_text="René")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(WIDE)


@NEEDS_MAIL_SERVERS
def test_the_customer_reads_exactly_the_mails_that_a_good_provider_sends(night: Night) -> None:
    """Point 1: as they lie in the mailboxes of a mail server, in the order they came."""
    addresses = [one["email"] for one in night.people]
    with running_dovecot(*addresses) as dovecot:
        for readers, raw in night.sink.taken:
            for reader in set(readers) & set(addresses):
                dovecot.deliver(reader, raw)
        read = {address: dovecot.read(address) for address in addresses}
    caller = night.people[0]
    found = read[caller["email"]]
    assert len(found) == 4 * len(OUTAGES)
    for subject in OUTAGES:
        number = night.number_of(subject)
        thread = [one for one in found if one["Subject"] == f"[T-{number}] {subject}"]
        said = [[MOMENT.sub("…", words) for words in words_of(one)] for one in thread]
        assert said == [
            receipt(caller["name"], number),
            ["Nous voyons la coupure et cherchons la cause."],
            [
                "Bonjour,",
                "Votre service est rétabli depuis ….",
                "Début de l’interruption : …",
                "Si le service ne fonctionne toujours pas, répondez à ce courriel.",
            ],
            [
                "Bonjour,",
                f"Le ticket T-{number} est clos.",
                "S’il reste un point à traiter, répondez à ce courriel : le ticket sera rouvert.",
            ],
        ]
    for subject, person in zip(ASKED, night.people[1:], strict=True):
        number = night.number_of(subject)
        (mail,) = read[person["email"]]
        assert mail["Subject"] == f"[T-{number}] {subject}"
        assert words_of(mail) == receipt(person["name"], number)


def receipt(name: str, number: int) -> list[str]:
    received = f"Nous avons bien reçu votre message et avons ouvert le ticket T-{number}."
    expected = "Aucune action n’est attendue de votre part."
    return [
        f"Bonjour {name},",
        f"{received} Le centre de services en prendra connaissance et vous répondra.",
        f"{expected} Pour ajouter une précision, répondez à ce courriel.",
    ]


def test_spam_is_marked_by_a_key_and_gets_no_more_mail(night: Night) -> None:
    """Points 9 and 10: one meaning of each key, grouped where they are shown."""
    sender = {"name": "Promo", "email": "news@promo.example"}
    arriving.mail(night.opale, "Gagnez un téléphone", sender)
    number = night.number_of("Gagnez un téléphone")
    night.open(number)
    night.keys.press("b")
    expect(night.panel.locator("form")).to_be_visible()
    night.keys.press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.page.locator("[data-toast]").last).to_be_visible()
    assert night.opale.api(f"/tickets/{number}")["state"] == "cancelled"
    night.open(night.number_of(ASKED[0]))
    used = night.head.locator("[data-key]").evaluate_all(
        "found => found.filter(one => one.checkVisibility() || one.closest('menu, .o-menu'))"
        ".map(one => one.dataset.key)"
    )
    assert len(used) == len(set(used))
    assert "x" not in used
    night.keys.press("?")
    assert night.page.locator("dialog[open] .o-keymap").count() > 1
    night.keys.press("Escape")


def test_all_of_it_was_done_without_a_pointer(night: Night) -> None:
    assert night.pointed == []

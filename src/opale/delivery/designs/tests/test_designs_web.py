"""The pages of designs: what is drawn up, checked, held, accepted, compared and ordered."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.personas import Personas

from opale.customers.actions.services import edit_offering
from opale.delivery.designs.actions import designs, documents, lifecycle, orders, reservations
from opale.delivery.designs.models import Acceptance, Design, DesignLine, DesignSite
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    accepted,
    checked,
    make_design,
    offering,
    quoted,
    stock,
    take,
)
from opale.delivery.projects.queries.workdays import today
from opale.kernel import clock
from opale.reservations.actions.releases import expire_reservations

pytestmark = pytest.mark.django_db


@pytest.fixture
def architect(personas: Personas) -> Client:
    able(personas)
    return personas.client("solution_architect")


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def send(client: Client, path: str, status: int = 302, **said: Any) -> str:
    response = client.post(path, said)
    assert response.status_code == status, response.content.decode()
    return response.headers.get("Location", "") or response.content.decode()


def test_a_design_is_drawn_up_site_by_site(personas: Personas, architect: Client) -> None:
    assert "No designs yet" in page(architect, "/designs/")
    path = send(
        architect, "/designs/new/", customer=personas.customer.pk, title="VPN of three sites",
        probability="60", wished_on="2027-09-01", requirements="Fibre everywhere.",
    )  # fmt: skip
    assert "Not checked yet" in page(architect, path)
    send(architect, f"{path}lines/new/", offering=offering("vpn").pk, quantity="1")
    send(architect, f"{path}sites/new/", name="Paris", address="1 rue de la Paix")
    site = DesignSite.objects.get()
    send(
        architect, f"{path}lines/new/", offering=offering("inet").pk, quantity="1", site=site.pk,
        options="access: fibre\nbandwidth_mbps: 200",
    )  # fmt: skip
    send(architect, f"{path}sites/new/", name="Lille", like=site.pk)
    shown = page(architect, path)
    assert shown.count("Bandwidth: 200\xa0Mbit/s") == 2
    assert "1 rue de la Paix" in shown
    refused = send(architect, f"{path}sites/new/", 422, name="Lille")
    assert "has this name" in refused
    refused = send(
        architect, f"{path}lines/new/", 422, offering=offering("inet").pk, quantity="1",
        options="fibre",
    )  # fmt: skip
    assert "as power_kw: 4" in refused


def test_a_line_that_was_taken_away_comes_back(personas: Personas, architect: Client) -> None:
    design = make_design(personas)
    line = DesignLine.objects.get()
    designs.edit_line(line, by=MAKER, options={"power_kw": "4"})
    path = f"/designs/{design.number}/"
    response = architect.post(f"{path}lines/{line.pk}/removal/", follow=True)
    assert "No lines yet" in response.content.decode()
    undo = next(iter(response.context["messages"])).extra_tags
    send(architect, undo)
    back = DesignLine.objects.get()
    assert (back.offering, back.options) == (line.offering, {"power_kw": "4"})
    send(architect, f"{path}lines/restoring/?offering=x", 404)


def test_a_check_is_drawn_with_its_days_and_where_they_come_from(
    personas: Personas, architect: Client
) -> None:
    hall, _feed = stock()
    design = make_design(personas, ("colo", 1), wished_on=today() + timedelta(days=200))
    path = f"/designs/{design.number}/"
    assert send(architect, f"{path}checking/") == f"{path}check/"
    shown = page(architect, f"{path}check/")
    assert '<svg class="s-chart"' in shown
    assert "wanted:" in shown
    assert "&gt; 99 %" in shown
    assert hall.name in shown
    assert "typical delays are assumed" in shown
    assert personas.people["core_engineer"].name in shown
    take(hall, "5")
    assert "The check is out of date" in page(architect, path)
    assert f"Availability in {hall.name} has changed since" in page(architect, path)


def test_what_cannot_be_done_says_what_is_missing(personas: Personas, architect: Client) -> None:
    hall, _feed = stock(units="50")
    take(hall, "20", purpose="BETA cabinet")
    design = make_design(personas)
    send(architect, f"/designs/{design.number}/checking/")
    shown = page(architect, f"/designs/{design.number}/")
    assert "Not feasible as it is" in shown
    assert "12 short" in shown
    assert "Reserved for: BETA cabinet" in shown
    assert "Not feasible" in page(architect, "/designs/")


def test_people_and_stock_are_held_extended_and_released(
    personas: Personas, architect: Client
) -> None:
    stock()
    design = make_design(personas)
    path = f"/designs/{design.number}/"
    checked(design)
    assert "Nothing reserved" in page(architect, path)
    until = (today() + timedelta(days=10)).isoformat()
    send(architect, f"{path}reservation/", probability="70", until=until)
    shown = page(architect, path)
    assert "<b>70 %</b>" in shown
    assert "Extend by two weeks" in shown
    send(architect, f"{path}reservation/extension/")
    send(architect, f"{path}reservation/release/")
    assert "Nothing reserved" in page(architect, path)


def test_what_expired_is_said(personas: Personas, architect: Client) -> None:
    stock()
    design = make_design(personas)
    checked(design)
    reservations.reserve_design(design, by=MAKER, expires_at=clock.now() + timedelta(hours=1))
    expire_reservations(by=MAKER, at=clock.now() + timedelta(hours=2))
    assert "The reservation expired" in page(architect, f"/designs/{design.number}/")


def test_a_signed_document_is_attached_and_one_press_makes_the_order(
    personas: Personas, architect: Client
) -> None:
    stock()
    design = make_design(personas)
    path = f"/designs/{design.number}/"
    checked(design)
    send(architect, f"{path}reservation/", probability="70", until=(today() + timedelta(9)))
    send(architect, f"{path}quoting/")
    assert "Record acceptance" in page(architect, path)
    send(
        architect, f"{path}acceptance/", contact=personas.contact.pk, accepted_on=today(),
        file=SimpleUploadedFile("signed.txt", b"We accept."),
    )  # fmt: skip
    found = Acceptance.objects.get()
    assert found.document is not None
    answer = architect.get(f"{path}documents/{found.document.pk}/")
    assert b"".join(answer) == b"We accept."
    assert "Create order" in page(architect, path)
    send(architect, f"{path}order/")
    design.refresh_from_db()
    assert design.order is not None
    shown = page(architect, path)
    assert design.order.reference in shown
    assert "Transferred to the order" in shown
    region = page(architect, f"/designs/of-order/{design.order.number}/")
    assert "signed.txt" in region
    assert f"/designs/of-order/{design.order.number}/" in page(
        architect, f"/orders/{design.order.number}/"
    )


def test_an_acceptance_that_nothing_shows_is_refused_beside_its_field(
    personas: Personas, architect: Client
) -> None:
    stock()
    design = quoted(make_design(personas))
    refused = send(
        architect, f"/designs/{design.number}/acceptance/", 422, contact=personas.contact.pk,
        accepted_on=today(),
    )  # fmt: skip
    assert "Attach a document or name the mail" in refused


def test_versions_are_compared(personas: Personas, architect: Client) -> None:
    stock()
    design = quoted(make_design(personas))
    path = f"/designs/{design.number}/"
    assert "Only one version" in page(architect, f"{path}versions/")
    send(architect, f"{path}reopening/", note="Larger")
    line = DesignLine.objects.order_by("-id").first()
    assert line is not None
    send(
        architect, f"{path}lines/{line.pk}/", offering=line.offering_id, quantity="3",
        options="power_kw: 6",
    )  # fmt: skip
    send(architect, f"{path}lines/new/", offering=offering("inet").pk, quantity="1")
    shown = page(architect, f"{path}versions/")
    for said in ("Larger", "Changed", "Added", "Power: 6\xa0kW"):
        assert said in shown, said
    assert "a version" in page(architect, f"{path}history/")


def test_declined_withdrawn_and_removed_things(personas: Personas, architect: Client) -> None:
    stock()
    design = quoted(make_design(personas))
    path = f"/designs/{design.number}/"
    send(architect, f"{path}declining/", 422, reason="")
    send(architect, f"{path}declining/", reason="Too expensive")
    assert "Too expensive" in page(architect, path)
    other = make_design(personas)
    site = designs.add_site(other, "Paris", by=MAKER)
    paper = documents.attach_document(other, "offer.txt", [b"Offer"], by=MAKER)
    base = f"/designs/{other.number}/"
    send(architect, f"{base}sites/{site.pk}/", name="Paris 2")
    send(architect, f"{base}documents/new/", file=SimpleUploadedFile("plan.txt", b"Plan"))
    send(architect, f"{base}documents/{paper.pk}/removal/")
    send(architect, f"{base}sites/{site.pk}/removal/")
    send(architect, f"{base}edit/", title="Other", probability="10")
    shown = page(architect, base)
    assert "plan.txt" in shown
    assert "offer.txt" not in shown
    assert "Paris 2" not in shown
    send(architect, f"{base}withdrawal/")
    other.refresh_from_db()
    assert other.state == "withdrawn"


def test_the_list_is_filtered_and_the_customer_shows_what_is_open(
    personas: Personas, architect: Client
) -> None:
    stock()
    mine = make_design(personas, by=personas.actor("solution_architect"))
    gone = make_design(personas, title="Old")
    lifecycle.withdraw_design(gone, by=MAKER)
    for asked, found in (
        ("state=open", (True, False)), ("state=withdrawn", (False, True)),
        ("mine=yes", (True, False)), ("q=old", (False, True)), ("q=acme", (True, True)),
        (f"q={mine.reference}", (True, False)),
    ):  # fmt: skip
        shown = page(architect, f"/designs/?{asked}")
        assert (mine.reference in shown, gone.reference in shown) == found, asked
    assert "No design matches your filters" in page(architect, "/designs/?q=nothing")
    region = page(architect, f"/designs/of-customer/{personas.customer.code}/")
    assert mine.reference in region
    assert gone.reference not in region
    assert "/designs/of-customer/ACME/" in page(architect, "/customers/ACME/")


def test_the_list_is_sorted_by_what_was_checked_and_marked_designs_are_withdrawn(
    personas: Personas, architect: Client
) -> None:
    stock()
    sure, unchecked = make_design(personas), make_design(personas)
    checked(sure)
    for sort in ("sure_by", "-sure_by"):
        shown = page(architect, f"/designs/?sort={sort}")
        assert shown.index(sure.reference) < shown.index(unchecked.reference), "no day: at the end"
    path = reverse("listings_act", args=["designs", "withdraw"])
    assert "Reason" in send(architect, path, 200, n=[sure.pk, unchecked.pk])
    send(architect, path, n=[sure.pk, unchecked.pk], given="1", reason="Bought elsewhere")
    assert set(Design.objects.values_list("state", "reason")) == {("withdrawn", "Bought elsewhere")}


def test_who_reads_sees_no_button(personas: Personas) -> None:
    design = make_design(able(personas))
    shown = page(personas.client("project_manager"), f"/designs/{design.number}/")
    for absent in ("checking/", "lines/new/", "documents/new/", "withdrawal/"):
        assert absent not in shown, absent


def test_a_finished_design_of_a_customer_without_a_wished_day_is_shown(
    personas: Personas, architect: Client
) -> None:
    stock()
    design: Design = quoted(make_design(personas))
    accepted(design, personas)
    orders.order_design(design, by=MAKER)
    shown = page(architect, f"/designs/{design.number}/check/")
    assert "80 %" in shown
    assert "stale" not in shown


def test_options_read_by_name_wherever_they_are_shown(
    personas: Personas, architect: Client
) -> None:
    design = make_design(personas)
    named = [{"key": "power_kw", "name_en": "Power", "name_fr": "Puissance", "unit": "kW"}]
    edit_offering(offering("colo"), by=MAKER, options=named)
    path = f"/designs/{design.number}/"
    line = f"{path}lines/{DesignLine.objects.get().pk}/"
    body: dict[str, Any] = {"offering": offering("colo").pk, "quantity": "1"}
    send(architect, line, options="Puissance: 4", **body)
    assert DesignLine.objects.get().options == {"power_kw": "4"}
    drawn = page(architect, line)
    assert re.search(r'name="options-power_kw"[^>]* value="4"', drawn)
    assert "Power (kW)" in drawn
    send(architect, line, options="Power (kW): 5", **body)
    assert DesignLine.objects.get().options == {"power_kw": "5"}
    stock()
    lifecycle.reopen_design(quoted(design), by=MAKER)
    designs.edit_line(DesignLine.objects.latest("pk"), by=MAKER, options={"power_kw": "6"})
    for part in ("", "versions/", "history/"):
        shown = page(architect, path + part)
        assert "power_kw" not in shown
        assert "Power: 6\xa0kW" in shown
    assert "Power: 5\xa0kW" in page(architect, f"{path}versions/")
    architect.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert "Puissance\xa0: 6\xa0kW" in page(architect, path)


def test_a_site_that_was_taken_away_comes_back_with_its_lines(
    personas: Personas, architect: Client
) -> None:
    design = make_design(personas)
    site = designs.add_site(design, "Paris", by=MAKER, address="1 rue de la Paix")
    for power in ("4", "5"):
        designs.add_line(
            design, offering("colo"), by=MAKER, site=site, quantity=2, options={"power_kw": power}
        )
    path = f"/designs/{design.number}/"
    answer = architect.post(f"{path}sites/{site.pk}/removal/")
    undo = f"{path}sites/{site.pk}/restoring/"
    assert undo in architect.get(answer.headers["Location"]).content.decode()
    assert not DesignSite.objects.exists()
    send(architect, undo)
    back = DesignSite.objects.get()
    assert (back.name, back.address) == ("Paris", "1 rue de la Paix")
    assert [(one.quantity, one.options) for one in back.lines.order_by("position")] == [
        (2, {"power_kw": "4"}), (2, {"power_kw": "5"}),
    ]  # fmt: skip
    refused = send(architect, undo, 422)
    assert "has this name" in refused
    designs.edit_site(back, by=MAKER, name="Lyon")
    send(architect, undo)
    assert {one.name for one in DesignSite.objects.all()} == {"Paris", "Lyon"}
    send(architect, f"{path}sites/999999/restoring/", 404)
    other = make_design(personas)
    send(architect, f"/designs/{other.number}/sites/{site.pk}/restoring/", 404)

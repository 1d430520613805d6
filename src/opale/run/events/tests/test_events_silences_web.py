"""Silences in a browser's requests and by API."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.infrastructure.models import Site
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.events.actions import retention, silences
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.actions.silences import SilenceTerms, terms_of_silence
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Silence
from opale.run.events.queries.rules import newest_version
from opale.run.events.states import SilenceKind
from opale.run.events.tests.builders import MAKER, at, fires, hand_in, make_integration
from opale.ui.tests.drawing import drawn

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SAID = {"kind": "silence", "starts_at": "now", "ends_at": "+2h", "comment": "Feed B is off."}


@pytest.fixture
def house() -> Personas:
    ACTIVE_SILENCES.forget()
    retention.create_partition(at(0).date())
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def alert(house: Personas) -> Alert:
    _integration, sender = make_integration()
    hand_in(sender, fires(0, title="Rennes link down", host="rt-ren-01", job="snmp"))
    return Alert.objects.get()


@pytest.fixture
def silence(alert: Alert) -> Silence:
    terms = SilenceTerms(
        matchers=(Matcher("host", "rt-ren-01"),),
        starts_at=now(),
        ends_at=now() + timedelta(hours=2),
        comment="Feed B is off.",
    )
    return silences.create_silence(terms, by=MAKER, at=now())


def test_an_alert_is_silenced_by_its_labels(agent: Client, alert: Alert) -> None:
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    address = f"/alerts/silences/new/?alert={alert.pk}"
    assert f'href="{address}"' in page
    form = agent.get(address).content.decode()
    assert "host=&quot;rt-ren-01&quot;\njob=&quot;snmp&quot;" in form
    said = SAID | {"matchers": 'host="rt-ren-01"\njob="snmp"'}
    assert agent.post(address, said).headers["Location"] == f"/alerts/{alert.pk}/"
    alert.refresh_from_db()
    assert alert.silence
    assert alert.silence.author
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Feed B is off." in page
    assert f"/alerts/silences/{alert.silence.pk}/" in page
    assert address not in page


def test_what_is_muted_stands_apart(agent: Client, silence: Silence) -> None:
    assert "Rennes link down" not in agent.get("/alerts/").content.decode()
    assert "Rennes link down" not in agent.get("/alerts/?view=open").content.decode()
    assert "Rennes link down" in agent.get("/alerts/?view=muted").content.decode()
    assert "Rennes link down" in agent.get(f"/alerts/silences/{silence.pk}/").content.decode()


def test_a_preview_follows_what_is_typed(agent: Client, alert: Alert) -> None:
    def preview(**said: str) -> str:
        answer = agent.post("/alerts/silences/preview/", said, headers=HTMX)
        return re.sub(r"\s+", " ", answer.content.decode())

    assert "Rennes link down" in preview(matchers="host=~rt-.*")
    assert "Rennes link down" not in preview(matchers="host=~lt-.*")
    assert "Rennes link down" not in preview(matchers="")
    assert "o-callout" in preview(matchers="host=~(") or "not valid" in preview(matchers="host ~ x")


def test_what_is_refused_stands_beside_its_field(agent: Client, alert: Alert) -> None:
    for wrong in ({"matchers": ""}, {"matchers": "host=~("}, {"matchers": "nonsense"}):
        answer = agent.post("/alerts/silences/new/", SAID | wrong)
        assert answer.status_code == 422
        assert "data-bad" in answer.content.decode()
    assert not Silence.objects.exists()


def test_a_maintenance_names_a_site_and_comes_again(agent: Client, alert: Alert) -> None:
    site = Site.objects.create(code="REN1", name="Rennes 1", kind=Site.Kind.POP, country="FR")
    said = SAID | {"kind": "maintenance", "site": str(site.pk), "again": "weekly", "until": ""}
    assert agent.post("/alerts/silences/new/", said).status_code == 302
    made = Silence.objects.get()
    assert (made.kind, made.site_ids) == (SilenceKind.MAINTENANCE, [site.pk])
    assert made.recurrence == "FREQ=WEEKLY"
    assert made.duration
    assert made.duration.total_seconds() == pytest.approx(7200, abs=60)
    assert made.zone == "Europe/Paris"
    assert "Rennes 1" in agent.get("/alerts/silences/").content.decode()


def test_one_press_prolongs_and_another_takes_it_back(agent: Client, silence: Silence) -> None:
    before = silence.ends_at
    address = f"/alerts/silences/{silence.pk}/prolongation/"
    answer = agent.post(address, headers=HTMX)
    silence.refresh_from_db()
    assert before
    assert silence.ends_at == before + timedelta(hours=1)
    assert f"{address}withdrawal/" in answer.headers["HX-Trigger"]
    agent.post(f"{address}withdrawal/", headers=HTMX)
    silence.refresh_from_db()
    assert silence.ends_at == before


def test_it_is_ended_now_and_muted_again(agent: Client, silence: Silence, alert: Alert) -> None:
    answer = agent.post(f"/alerts/silences/{silence.pk}/end/", headers=HTMX)
    assert f"/alerts/silences/{silence.pk}/end/withdrawal/" in answer.headers["HX-Trigger"]
    assert Alert.objects.get().silence is None
    assert "rt-ren-01" in agent.get("/alerts/silences/?phase=past").content.decode()
    agent.post(f"/alerts/silences/{silence.pk}/end/withdrawal/", headers=HTMX)
    assert Alert.objects.get().silence == silence
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Muted by a silence." in page


def test_the_pages_fit_a_phone(agent: Client, silence: Silence, alert: Alert) -> None:
    card, form = f"/alerts/silences/{silence.pk}/", "/alerts/silences/new/"
    pages = {address: agent.get(address).content for address in ("/alerts/silences/", card)}
    pages[form] = agent.get(form, {"alert": alert.pk}).content
    for address in pages:
        with drawn(pages, address) as page:
            page.set_viewport_size({"width": 360, "height": 780})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_the_api_lists_makes_previews_and_ends(house: Personas, alert: Alert) -> None:
    agent = house.client("desk_agent")
    what = {"matchers": [{"name": "host", "op": "=~", "value": "rt-.*"}]}
    seen = agent.post("/api/v1/silences/preview", what, content_type="application/json").json()
    assert (seen["now_count"], seen["now"][0]["title"]) == (1, "Rennes link down")
    body = what | {"comment": "Works", "ends_at": (now() + timedelta(hours=1)).isoformat()}
    answer = agent.post("/api/v1/silences", body, content_type="application/json")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["phase"], made["muted"]) == ("active", 1)
    assert agent.get(f"/api/v1/alerts/{alert.pk}").json()["silence_id"] == made["id"]
    for query, found in ((f"silence_id={made['id']}", 1), ("muted=true", 1), ("muted=false", 0)):
        assert len(agent.get(f"/api/v1/alerts?{query}").json()["items"]) == found, query
    listed = agent.get("/api/v1/silences?phase=active").json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    ended = agent.post(f"/api/v1/silences/{made['id']}/end", content_type="application/json")
    assert (ended.json()["phase"], ended.json()["muted"]) == ("past", 0)
    wrong = agent.post("/api/v1/silences", body | {"matchers": []}, content_type="application/json")
    assert wrong.status_code == 422


def test_a_silence_is_changed(agent: Client, silence: Silence) -> None:
    address = f"/alerts/silences/{silence.pk}/terms/"
    assert address in agent.get(f"/alerts/silences/{silence.pk}/").content.decode()
    form = agent.get(address).content.decode()
    assert "host=&quot;rt-ren-01&quot;" in form
    assert "Feed B is off." in form
    said = SAID | {"matchers": "job=snmp", "comment": "Feeds A and B are off."}
    assert agent.post(address, said).headers["Location"] == f"/alerts/silences/{silence.pk}/"
    silence.refresh_from_db()
    assert (silence.comment, len(silence.matchers)) == ("Feeds A and B are off.", 1)
    assert silence.matchers[0]["name"] == "job"
    assert agent.post(address, said | {"comment": ""}).status_code == 422


def test_one_press_takes_a_change_back(agent: Client, silence: Silence, alert: Alert) -> None:
    said = SAID | {"matchers": "job=backup", "comment": "Something else."}
    agent.post(f"/alerts/silences/{silence.pk}/terms/", said)
    assert Alert.objects.get().silence is None
    page = agent.get(f"/alerts/silences/{silence.pk}/").content.decode()
    undo = f"/alerts/silences/{silence.pk}/terms/{newest_version(silence)}/withdrawal/"
    assert undo in page
    agent.post(undo)
    before, after = terms_of_silence(silence), terms_of_silence(Silence.objects.get())
    assert after == before
    assert Alert.objects.get().silence == silence
    another = f"/alerts/silences/{silence.pk}/terms/{newest_version(silence) + 1}/withdrawal/"
    assert agent.post(another).status_code == 404


def test_what_a_form_cannot_say_is_kept_when_a_silence_is_changed(
    agent: Client, house: Personas
) -> None:
    with attributed(MAKER):
        sites = [
            Site.objects.create(code=code, name=code, kind="pop", country="FR")
            for code in ("REN", "LIL")
        ]
    terms = SilenceTerms(
        matchers=(),
        starts_at=now(),
        ends_at=None,
        comment="Each first Sunday.",
        recurrence="FREQ=MONTHLY;BYDAY=1SU",
        duration=timedelta(hours=3),
        zone="Europe/Berlin",
        site_ids=tuple(site.pk for site in sites),
    )
    silence = silences.create_silence(terms, by=MAKER, at=now())
    address = f"/alerts/silences/{silence.pk}/terms/"
    form = agent.get(address)
    assert "BYDAY=1SU" in form.content.decode()
    assert 'name="site"' not in form.content.decode()
    said = SAID | {"ends_at": "+1h", "again": "own", "rule": "FREQ=MONTHLY;BYDAY=2SU"}
    assert agent.post(address, said).status_code == 302
    silence.refresh_from_db()
    assert set(silence.site_ids) == {site.pk for site in sites}
    assert (silence.recurrence, silence.zone) == ("FREQ=MONTHLY;BYDAY=2SU", "Europe/Berlin")


def test_a_silence_that_is_over_cannot_be_changed(agent: Client, silence: Silence) -> None:
    silences.end_silence(silence, by=MAKER, at=now())
    page = agent.get(f"/alerts/silences/{silence.pk}/").content.decode()
    assert "/terms/" not in page
    said = SAID | {"matchers": "job=snmp"}
    assert agent.post(f"/alerts/silences/{silence.pk}/terms/", said).status_code in (409, 422)

"""Kept views and filters: what narrows, who has a view, and that nobody sees more by one."""

import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Membership
from opale.run.desk.actions import saved_views
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.jobs import delete_removed_views
from opale.run.desk.models import Grade, Kind, Pause, SavedView, Source, Ticket
from opale.run.desk.queries import bulk_jobs
from opale.run.desk.queries import saved_views as saved_view_queries
from opale.run.desk.queries.bulk_jobs import tickets_of_view
from opale.run.desk.queries.filters import Filters

MAKER = system("test")


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def agent(personas: Personas) -> Actor:
    return personas.actor("desk_agent")


def received(personas: Personas, subject: str, **said: object) -> Ticket:
    about: dict[str, object] = {"customer": personas.customer, "contact": personas.contact}
    new = NewTicket(subject=subject, source=Source.MAIL, **{**about, **said})  # type: ignore[arg-type]  # of a test
    return receive_ticket(new, by=MAKER)


def narrowed(query: str, by: Actor, view: str = "all", later: timedelta = timedelta()) -> set[str]:
    filters = Filters.read(QueryDict(query))
    rows = saved_view_queries.filtered_tickets(view, filters, seen_by=by, at=clock.now() + later)
    return set(rows.values_list("subject", flat=True))


def put(ticket: Ticket, **columns: object) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(**columns)


def test_each_filter_lets_its_own_tickets_through(personas: Personas, agent: Actor) -> None:
    old = received(personas, "Old link", kind=Kind.INCIDENT, impact=Grade.HIGH)
    new = received(personas, "New name")
    other = received(personas, "Other house", customer=personas.other_customer, contact=None)
    now = clock.now()
    put(old, priority=1, stream="solution", premium=True, tags=["vpn"], state="held")
    put(old, next_due_at=now - timedelta(minutes=5))
    engineer = personas.actor("run_engineer")
    take_ticket(new, by=engineer)
    put(new, priority=3, next_due_at=now + timedelta(minutes=30))
    put(other, next_due_at=now + timedelta(days=9))
    Pause.objects.create(
        ticket=old, customer=old.customer, kind="supplier", starts=now - timedelta(hours=1)
    )
    expected = {
        "priority=1": {"Old link"},
        "priority=1&priority=3": {"Old link", "New name"},
        "state=held": {"Old link"},
        "kind=incident": {"Old link"},
        "stream=solution": {"Old link"},
        "premium=yes": {"Old link"},
        f"customer={personas.other_customer.pk}": {"Other house"},
        "owner=me": {"Old link", "Other house"},
        f"owner={engineer.person_id}": {"New name"},
        "tag=vpn": {"Old link"},
        "waiting=supplier": {"Old link"},
        "waiting=customer": set(),
        "clock=late": {"Old link"},
        "clock=1h": {"Old link", "New name"},
        "age=1d": set(),
        "q=name": {"New name"},
        "priority=3&owner=me": set(),
        "team=999": set(),
    }
    assert {query: narrowed(query, agent) for query in expected} == expected
    assert narrowed("priority=3&owner=me", engineer) == {"New name"}
    assert narrowed("age=1d&priority=3", agent, later=timedelta(days=2)) == {"New name"}
    assert narrowed("kind=incident", agent, "triage") == set()


def test_what_is_changed_all_at_once_is_what_the_filters_show(
    personas: Personas, agent: Actor
) -> None:
    received(personas, "Request")
    received(personas, "Incident", kind=Kind.INCIDENT)
    client = personas.client("desk_agent")
    asked = client.get("/desk/bulk/new/?view=open&kind=incident&act=close").content.decode()
    assert "Kind: Incident" in asked
    client.post("/desk/bulk/new/?view=open&kind=incident&act=close")
    job = bulk_jobs.bulk_jobs(seen_by=agent).get()
    rows = tickets_of_view(job.matching or {}, seen_by=agent, at=clock.now())
    assert set(rows.values_list("subject", flat=True)) == {"Incident"}


@pytest.mark.parametrize(
    "odd",
    [
        "priority=9&state=x&kind=&owner=you&customer=²&team=9999999999999&clock=soon",
        "age=%00&tag=%00&q=%00",
        f"q={'x' * 300}",
    ],
)
def test_what_no_filter_can_mean_narrows_nothing(odd: str) -> None:
    assert not Filters.read(QueryDict(odd))


def test_the_same_filters_have_one_address() -> None:
    one = Filters.read(QueryDict("q=a&priority=2&priority=1&after=x&open=3"))
    two = Filters.read(QueryDict("priority=2&priority=1&q=a"))
    assert one.address() == two.address() == "priority=2&priority=1&q=a"


def test_a_kept_view_is_an_address_and_only_filters_are_kept(agent: Actor) -> None:
    saved = saved_views.save_view(
        "  My  late ", "open", "clock=late&open=12&after=x&bad=1", by=agent
    )
    assert (saved.name, saved.query) == ("My late", "clock=late")
    with pytest.raises(Invalid):
        saved_views.save_view(" ", "open", "", by=agent)
    with pytest.raises(Invalid):
        saved_views.save_view("x", "nowhere", "", by=agent)
    with pytest.raises(NotAllowed):
        saved_views.save_view("x", "open", "", by=MAKER)


def names(by: Actor) -> list[str]:
    return [one.name for one in saved_view_queries.saved_views(seen_by=by)]


def test_views_are_ordered_removed_and_brought_back(agent: Actor) -> None:
    one, two, three = (
        saved_views.save_view(n, "open", "", by=agent) for n in ("one", "two", "three")
    )
    saved_views.move_view(three, by=agent, up=True)
    saved_views.move_view(one, by=agent, up=True)
    assert names(agent) == ["one", "three", "two"]
    saved_views.remove_view(three, by=agent)
    assert names(agent) == ["one", "two"]
    with pytest.raises(NotFound):
        saved_views.edit_view(three, by=agent, name="gone")
    saved_views.restore_view(three, by=agent)
    assert names(agent) == ["one", "three", "two"]
    saved_views.edit_view(two, by=agent, name="zwei", query="kind=incident")
    assert saved_view_queries.get_saved_view(two.pk, seen_by=agent).query == "kind=incident"


def test_nobody_keeps_views_without_end(agent: Actor) -> None:
    removed = saved_views.save_view("removed", "open", "", by=agent)
    saved_views.remove_view(removed, by=agent)
    for number in range(saved_views.MOST_VIEWS):
        saved_views.save_view(str(number), "open", "", by=agent)
    with pytest.raises(Conflict, match=str(saved_views.MOST_VIEWS)):
        saved_views.save_view("one more", "open", "", by=agent)
    with pytest.raises(Conflict):
        saved_views.restore_view(removed, by=agent)


def test_views_shared_with_a_team_are_bounded(
    personas: Personas, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST_SHARED", 2)
    colleague = colleague_of(personas, agent)
    (team, *_) = saved_view_queries.own_teams(seen_by=agent)
    first = saved_views.save_view("one", "open", "", by=agent, team=team)
    saved_views.save_view("two", "open", "", by=colleague, team=team)
    with pytest.raises(Conflict, match="2 shared views"):
        saved_views.save_view("three", "open", "", by=agent, team=team)
    own = saved_views.save_view("own", "open", "", by=agent)
    with pytest.raises(Conflict):
        saved_views.share_view(own, team, by=agent)
    saved_views.edit_view(first, by=agent, name="renamed while all is full")
    saved_views.remove_view(first, by=agent)
    saved_views.share_view(own, team, by=agent)
    with pytest.raises(Conflict):
        saved_views.restore_view(first, by=agent)


def test_removed_views_are_bounded_and_deleted_after_a_while(
    agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 3)
    for number in range(5):
        made = saved_views.save_view(f"view {number}", "open", "", by=agent)
        saved_views.remove_view(made, by=agent)
    removed = saved_view_queries.own_saved_views(seen_by=agent, removed=True)
    assert {view.name for view in removed} == {"view 2", "view 3", "view 4"}
    saved_views.save_view("kept", "open", "", by=agent)
    delete_removed_views(0)
    assert removed.all().count() == 3
    with clock.travel(saved_views.REMOVED_RETENTION + timedelta(days=1)):
        delete_removed_views(0)
    assert not removed.all().exists()
    assert names(agent) == ["kept"]


def colleague_of(personas: Personas, agent: Actor) -> Actor:
    """An engineer who joins the agent's team."""
    other = personas.actor("run_engineer")
    mine = Membership.objects.filter(person_id=agent.person_id or 0).first()
    assert mine
    assert other.person_id
    with attributed(MAKER):
        Membership.objects.create(
            person_id=other.person_id, team=mine.team, function="run_engineer", period=mine.period
        )
    return other


def test_a_shared_view_is_the_teams_and_its_makers_alone_to_change(
    personas: Personas, agent: Actor
) -> None:
    stranger = personas.actor("service_manager")
    colleague = colleague_of(personas, agent)
    (team, *_) = saved_view_queries.own_teams(seen_by=agent)
    saved = saved_views.save_view("Ours", "open", "", by=agent, team=team)
    saved_views.save_view("Mine", "open", "", by=agent)
    assert names(colleague) == ["Ours"]
    assert names(stranger) == []
    for act in (
        lambda: saved_view_queries.get_saved_view(saved.pk, seen_by=colleague),
        lambda: saved_views.edit_view(saved, by=colleague, name="Theirs"),
        lambda: saved_views.remove_view(saved, by=colleague),
        lambda: saved_views.move_view(saved, by=colleague, up=True),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Invalid):
        saved_views.share_view(saved, saved_view_queries.own_teams(seen_by=stranger)[0], by=agent)
    saved_views.share_view(saved, None, by=agent)
    assert names(colleague) == []


def test_a_shared_view_shows_and_counts_only_what_its_viewer_may_see(
    personas: Personas, agent: Actor
) -> None:
    received(personas, "Open to all")
    hidden = received(personas, "Secret of somebody")
    put(hidden, confidential=True, owner_id=agent.person_id)
    colleague = colleague_of(personas, agent)
    (team, *_) = saved_view_queries.own_teams(seen_by=agent)
    saved = saved_views.save_view("Ours", "open", "", by=agent, team=team)

    def counted(by: Actor) -> list[int]:
        return saved_view_queries.count_saved_views([saved], seen_by=by, at=clock.now())

    assert (counted(agent), counted(colleague)) == ([2], [1])
    page = personas.client("run_engineer").get("/desk/open/").content.decode()
    assert "Open to all" in page
    assert "Secret of somebody" not in page
    assert "Ours" in page


def test_a_chip_names_no_customer_that_its_reader_may_not_see(personas: Personas) -> None:
    page = personas.client("desk_agent").get("/desk/open/?customer=987654").content.decode()
    assert "Customer: not visible to you" in page
    known = personas.client("desk_agent").get(f"/desk/open/?customer={personas.customer.pk}")
    assert f"Customer: {personas.customer.name}" in known.content.decode()


def test_a_chip_leads_to_the_list_without_its_filter(personas: Personas) -> None:
    page = personas.client("desk_agent").get("/desk/open/?priority=1&kind=incident&after=x")
    chips = re.findall(r'class="o-chip" href="([^"]*)"[^>]*>([^<]*)<', page.content.decode())
    assert chips == [
        ("?kind=incident", "Priority: P1"),
        ("?priority=1&amp;kind=incident&amp;is_not=priority", "Exclude P1"),
        ("?priority=1", "Kind: Incident"),
        ("?priority=1&amp;kind=incident&amp;is_not=kind", "Exclude Incident"),
    ]


def test_a_view_is_kept_from_the_filters_of_the_dialog(personas: Personas, agent: Actor) -> None:
    client = personas.client("desk_agent")
    dialog = client.get("/desk/open/filters/?priority=2&owner=me").content.decode()
    assert 'value="2" id="id_priority_1" checked' in re.sub(r"\s+", " ", dialog)
    assert 'value="me"' in dialog
    answer = client.post(
        "/desk/views/new/", {"view": "open", "name": "Two", "priority": "2", "owner": "me"}
    )
    assert answer.headers["Location"] == "/desk/open/?priority=2&owner=me"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "<h1>Two</h1>" in page
    assert re.search(r'aria-current="page"[^>]*><span>Two</span>', page)
    saved = SavedView.objects.get(name="Two")
    gone = client.post(f"/desk/views/{saved.pk}/removal/", follow=True).content.decode()
    assert f"/desk/views/{saved.pk}/restoration/" in gone
    client.post(f"/desk/views/{saved.pk}/restoration/")
    assert names(agent) == ["Two"]


def test_the_desk_opens_with_the_list_that_was_chosen(personas: Personas) -> None:
    client = personas.client("desk_agent")
    assert "<h1>Triage</h1>" in client.get("/desk/").content.decode()
    client.post("/desk/views/first/", {"at": "/desk/mine/?priority=1&open=12"})
    assert client.get("/desk/").headers["Location"] == "/desk/mine/?priority=1"
    client.post("/desk/views/first/?at=/desk/triage/")
    assert client.get("/desk/").headers["Location"] == "/desk/triage/"
    assert client.post("/desk/views/first/", {"at": "/customers/"}).status_code == 422


def test_the_api_keeps_changes_orders_and_removes_views(personas: Personas) -> None:
    client = personas.client("desk_agent")
    kind = "application/json"

    def post(path: str, body: dict[str, object]) -> tuple[int, object]:
        answer = client.post(f"/api/v1/desk/{path}", body, kind, secure=False)
        return answer.status_code, answer.json() if answer.content else None

    first = client.post("/api/v1/desk/views", {"name": "A", "query": "kind=incident"}, kind).json()
    second = client.post("/api/v1/desk/views", {"name": "B"}, kind).json()
    assert first["url"] == "/desk/open/?kind=incident"
    assert post("views", {"name": "C", "query": "colour=red"})[0] == 422
    status, moved = post(f"views/{second['id']}/place", {"up": True})
    assert status == 200
    assert isinstance(moved, list)
    assert [one["name"] for one in moved] == ["B", "A"]
    changed = client.patch(f"/api/v1/desk/views/{first['id']}", {"name": "Z"}, kind).json()
    assert (changed["name"], changed["query"]) == ("Z", "kind=incident")
    assert client.delete(f"/api/v1/desk/views/{first['id']}").status_code == 204
    assert [one["name"] for one in client.get("/api/v1/desk/views").json()] == ["B"]
    first_view = client.put("/api/v1/desk/first-view", {"view": "mine"}, kind)
    assert first_view.status_code == 204


def test_a_line_that_is_remembered_is_drawn_again_when_what_it_says_changes(
    personas: Personas,
) -> None:
    ticket = received(personas, "Slow line")
    browser = personas.client("desk_agent")

    def line(query: str = "") -> str:
        page = browser.get(f"/desk/all/{query}").content.decode()
        found = re.search(r'<li class="o-line".*?</li>', page, re.DOTALL)
        assert found is not None
        return found[0]

    before = line()
    assert line() == before
    changes: list[dict[str, object]] = [
        {"subject": "Slower line"},
        {"kind": "incident"},
        {"state": "in_progress"},
        {"stream": "solution"},
        {"premium": True},
        {"priority": 1},
        {"customer": personas.other_customer, "contact": None},
    ]
    for change in changes:
        put(ticket, **change)
        after = line()
        assert after != before, change
        before = after
    take_ticket(ticket, by=personas.actor("run_engineer"))
    assert line() != before
    assert "aria-current" in line(f"?open={ticket.number}")
    assert "priority=1&amp;open=" in line("?priority=1")
    with attributed(MAKER):
        personas.other_customer.name = "Renamed & Sons"
        personas.other_customer.save()
    assert "Renamed &amp; Sons" in line()

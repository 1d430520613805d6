"""The kit of lists, tried on the people of the small house: columns, views, files, marked lines."""

import csv
import io
import json
import zoneinfo
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Schema
from tests.personas import MAKER, Personas

from opale.endpoints.paging import Window
from opale.kernel import clock, keyset
from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.isolation import as_customers
from opale.kernel.keyset import Order
from opale.listings import bulk, exports, pages
from opale.listings.cells import text
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.endpoints import list_endpoint
from opale.listings.filters import Choice, Flag, Pick, Span, Words
from opale.listings.selection import Selection, sortable
from opale.organisation.actions import listing_views
from opale.organisation.actions.listing_views import (
    MOST_VIEWS,
    REMOVED_RETENTION,
    choose_columns,
    edit_listing_view,
    remove_listing_view,
    restore_listing_view,
    save_listing_view,
)
from opale.organisation.jobs import delete_removed_views
from opale.organisation.models import ListingView, Person
from opale.organisation.queries import people, reference
from opale.organisation.queries.listing_views import (
    get_listing_view,
    own_listing_views,
    settings_of_listing,
)
from opale.ui.keyset import page

pytestmark = pytest.mark.django_db

AGENT, MANAGER, CONTACT = "desk_agent", "project_manager", "customer_contact"
SECRET = "organisation.administer"


def _refusing(row: Person, *, by: Actor) -> None:
    if row.name.startswith("Desk"):
        raise Conflict("Not this one.")
    with attributed(by):
        Person.objects.filter(pk=row.pk).update(job_title="Done")


STAFF = Listing(
    name="staff",
    title="Staff",
    right="organisation.read",
    url_name="organisation_people",
    model=Person,
    rows=people.people,
    order=Order(("name", "id")),
    empty=Empty("user", "Nobody matches"),
    columns=(
        Column("name", "Name", "name", order=True, fixed=True),
        Column("job", "Job", "job_title", order=True),
        Column("company", "Company", "company__name", order=True),
        Column("seniority", "Seniority", "seniority", shown=False),
        Column("left", "Left on", "left_on", order=True),
        Column("email", "Email", "email", order=True, right=SECRET),
    ),
    filters=(
        Words(label="Name"),
        Choice("seniority", "Seniority", Person.Seniority, lookup="seniority"),
        Flag("left", "Left too", argument="left"),
        Pick(
            "company", "Company", lookup="company_id",
            rows=lambda actor: reference.companies(seen_by=actor),
        ),
        Span("gone", "Left on", lookup="left_on"),
        Choice("mail", "Email", (("x", "X"),), lookup="email__startswith", right=SECRET),
    ),
    acts=(RowAct("finish", "Finish", "organisation.edit", _refusing),),
)  # fmt: skip


def selected(actor: Actor, query: str = "", kept: tuple[str, ...] = ()) -> Selection:
    return Selection.read(STAFF, QueryDict(query), actor, kept)


def names(actor: Actor, query: str) -> list[str]:
    selection = selected(actor, query)
    return [row.name for row in selection.rows().order_by(*selection.order.expressions())]


def lines(selection: Selection) -> list[list[str]]:
    answer: Any = exports.csv(selection)
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def cells(selection: Selection) -> dict[str, ElementTree.Element]:
    answer: Any = exports.xlsx(selection)
    with ZipFile(io.BytesIO(b"".join(answer))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return {cell.attrib["r"]: cell for cell in sheet.iter(f"{space}c")}


def said(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext())


# What the reader may not see


def test_a_column_that_needs_a_right_is_nowhere_for_who_lacks_it(personas: Personas) -> None:
    agent, admin = personas.actor(AGENT), personas.actor("administrator")
    request: Any = RequestFactory().get("/people/")
    for actor, there in ((agent, False), (admin, True)):
        for query in ("", "columns=email", "columns=email,job"):
            selection = selected(actor, query)
            assert ("email" in [one.name for one in selection.columns]) is there
            rows = list(selection.rows()[:5])
            body = pages.body(selection, rows, marks=False, request=request)
            drawn = pages.head(selection, marks=False) + body
            assert ("@" in drawn) is there
            assert ("Email" in lines(selection)[0]) is there
            assert any("@" in said(cell) for cell in cells(selection).values()) is there
        assert ("email" in sortable(STAFF, actor)) is there
        assert (selected(actor, "sort=email").sort == "email") is there
        assert ("mail" in selected(actor, "mail=x").values) is there


def test_a_column_that_is_seen_on_some_rows_is_empty_on_the_others(personas: Personas) -> None:
    agent = personas.actor(AGENT)
    own = replace(STAFF.columns[-1], right="organisation.edit_self")
    listing = replace(STAFF, columns=(*STAFF.columns[:-1], own))
    selection = Selection.read(listing, QueryDict("columns=email"), agent)
    exported = {row[0]: row[1] for row in lines(selection)[1:]}
    assert [name for name, mail in exported.items() if mail] == [agent.name]
    assert selection.columns[-1].name == "email"
    assert "email" not in sortable(listing, agent), "its order would tell of the others"


def test_the_trial_notices_a_column_without_its_right(personas: Personas) -> None:
    """Planted: the same column, and nobody said what it takes to see it."""
    open_to_all = replace(STAFF.columns[-1], right="")
    listing = replace(STAFF, columns=(*STAFF.columns[:-1], open_to_all))
    selection = Selection.read(listing, QueryDict(), personas.actor(AGENT))
    assert "Email" in lines(selection)[0]


# Orders


@pytest.mark.parametrize("sort", ["", "name", "-name", "company", "-company", "left", "-left"])
def test_pages_together_are_the_whole_list_forwards_and_back(personas: Personas, sort: str) -> None:
    with attributed(MAKER):
        for number, person in enumerate(Person.objects.order_by("id")):
            gone = date(2026, 1, 1 + number // 3) if number % 2 else None
            Person.objects.filter(pk=person.pk).update(left_on=gone)
    selection = selected(personas.actor(AGENT), f"left=1&sort={sort}")
    rows, order = selection.rows(), selection.order
    whole = [row.pk for row in rows.order_by(*order.expressions())]
    assert len(whole) > 9
    seen: list[int] = []
    place: list[Any] = []
    while part := keyset.first(rows, order, 3, place):
        seen += [row.pk for row in part]
        place = [keyset.value_of(part[-1], name) for name in order.columns]
        assert keyset.place_of(keyset.cursor(part[-1], order), order) == place
    assert seen == whole
    back: list[int] = []
    place = []
    while part := keyset.first(rows, order.reversed(), 4, place):
        back += [row.pk for row in part]
        place = [keyset.value_of(part[-1], name) for name in order.columns]
    assert back == whole[::-1]


def test_empty_values_stand_at_the_end_whichever_way_a_list_is_sorted(personas: Personas) -> None:
    with attributed(MAKER):
        first, second = Person.objects.order_by("id")[:2]
        Person.objects.filter(pk=first.pk).update(left_on=date(2026, 1, 1))
        Person.objects.filter(pk=second.pk).update(left_on=date(2026, 2, 1))
    agent = personas.actor(AGENT)
    assert names(agent, "left=1&sort=left")[:2] == [first.name, second.name]
    assert names(agent, "left=1&sort=-left")[:2] == [second.name, first.name]


# Filters and addresses


def test_a_choice_that_is_unknown_leaves_a_list_as_it_opens() -> None:
    states = (("open", "Open"), ("ended", "Ended"), ("all", "All"))
    opened = Choice("state", "State", states, default="open", every="all")
    for query, read in (
        ("", "open"), ("state=ended", "ended"), ("state=all", None), ("state=", None),
        ("state=nonsense", "open"),
    ):  # fmt: skip
        assert opened.read(QueryDict(query), ANONYMOUS) == read, query
    assert Choice("state", "State", states).read(QueryDict("state=nonsense"), ANONYMOUS) is None
    days = Choice("within", "Days", (("30", "30"),), api_type=int | None)
    assert [days.asked({"within": asked}) for asked in (0, 30, None, "")] == ["0", "30", None, None]


def test_a_flag_is_in_force_where_the_address_says_what_it_declares() -> None:
    for default, query, read, written in (
        (False, "mine=yes", True, {"mine": "yes"}),
        (False, "mine=1", None, {}),
        (True, "", True, {}),
        (True, "mine=0", None, {"mine": "0"}),
    ):
        flag = Flag("mine", "Mine", default=default, on="yes")
        value = flag.read(QueryDict(query), ANONYMOUS)
        assert (value, flag.written(value)) == (read, written), query


def test_each_filter_narrows_and_is_said_again_by_the_address(personas: Personas) -> None:
    agent, gone = personas.actor(AGENT), personas.people["employee"]
    with attributed(MAKER):
        Person.objects.filter(pk=gone.pk).update(left_on=date(2026, 3, 5), seniority="senior")
    assert gone.name not in names(agent, "")
    assert names(agent, "left=1&seniority=senior") == [gone.name]
    assert names(agent, "left=1&gone_from=2026-03-01&gone_until=2026-03-05") == [gone.name]
    assert names(agent, "left=1&gone_from=2026-03-06") == []
    assert gone.name in names(agent, f"left=1&company={gone.company_id}")
    asked = "q=a&left=1&gone_from=2026-03-01&sort=-name&columns=job"
    assert selected(agent, asked).address() == asked
    strange = "seniority=x&company=no&gone_from=yesterday&sort=seniority&left=2"
    assert selected(agent, strange).address() == ""


# Columns and views that people keep


def test_chosen_columns_are_kept_for_one_person(personas: Personas) -> None:
    agent, manager = personas.actor(AGENT), personas.actor(MANAGER)
    choose_columns("staff", ["job"], by=agent)
    choose_columns("staff", ["job", "seniority"], by=agent)
    assert settings_of_listing("staff", seen_by=agent).columns == ("job", "seniority")
    assert settings_of_listing("staff", seen_by=manager).columns == ()
    kept = settings_of_listing("staff", seen_by=agent).columns
    assert [one.name for one in selected(agent, kept=kept).columns] == ["name", "job", "seniority"]
    assert lines(selected(agent, kept=kept))[0] == ["Name", "Job", "Seniority"]
    choose_columns("staff", [], by=agent)
    assert settings_of_listing("staff", seen_by=agent).columns == ()


def test_a_view_is_ones_own_until_it_is_shared(personas: Personas) -> None:
    agent, manager = personas.actor(AGENT), personas.actor(MANAGER)
    kept = save_listing_view("staff", " My  view ", "q=a", shared=False, by=agent)
    assert [one.name for one in settings_of_listing("staff", seen_by=agent).views] == ["My view"]
    assert settings_of_listing("staff", seen_by=manager).views == ()
    assert settings_of_listing("projects", seen_by=agent).views == ()
    edit_listing_view(kept, name="Ours", shared=True, by=agent)
    (seen,) = settings_of_listing("staff", seen_by=manager).views
    assert (seen.name, seen.keeper) == ("Ours", agent.name)
    for refused in (
        lambda: edit_listing_view(kept, name="Mine", shared=True, by=manager),
        lambda: remove_listing_view(kept, by=manager),
        lambda: get_listing_view(kept, seen_by=manager),
    ):
        with pytest.raises(NotFound):
            refused()
    remove_listing_view(kept, by=agent)
    assert settings_of_listing("staff", seen_by=manager).views == ()
    restore_listing_view(kept, by=agent)
    assert len(settings_of_listing("staff", seen_by=manager).views) == 1
    told = revisions(ListingView, id=kept)
    assert {difference.column for one in told for difference in one.differences} >= {
        "name", "shared", "removed_at",
    }  # fmt: skip


def test_a_view_without_a_name_and_one_too_many_are_refused(personas: Personas) -> None:
    agent = personas.actor(AGENT)
    for name in ("", "  ", "x" * 61):
        with pytest.raises(Invalid):
            save_listing_view("staff", name, "", shared=False, by=agent)
    for number in range(MOST_VIEWS):
        save_listing_view("staff", f"View {number}", "", shared=False, by=agent)
    with pytest.raises(Conflict, match=str(MOST_VIEWS)):
        save_listing_view("staff", "One more", "", shared=False, by=agent)


def test_shared_views_of_a_list_are_bounded_for_everybody_together(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_views, "MOST_SHARED", 2)
    agent, manager = personas.actor(AGENT), personas.actor(MANAGER)
    first = save_listing_view("staff", "One", "", shared=True, by=agent)
    save_listing_view("staff", "Two", "", shared=True, by=manager)
    save_listing_view("other", "Of another list", "", shared=True, by=manager)
    with pytest.raises(Conflict, match="2 shared views"):
        save_listing_view("staff", "Three", "", shared=True, by=agent)
    own = save_listing_view("staff", "Own", "", shared=False, by=agent)
    with pytest.raises(Conflict):
        edit_listing_view(own, name="Own", shared=True, by=agent)
    edit_listing_view(first, name="Renamed while all is full", shared=True, by=agent)
    remove_listing_view(first, by=agent)
    edit_listing_view(own, name="Own", shared=True, by=agent)
    with pytest.raises(Conflict):
        restore_listing_view(first, by=agent)


def test_removed_views_are_bounded_and_deleted_after_a_while(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_views, "MOST_VIEWS", 3)
    agent = personas.actor(AGENT)
    for number in range(5):
        made = save_listing_view("staff", f"View {number}", "", shared=False, by=agent)
        remove_listing_view(made, by=agent)
    removed = own_listing_views(seen_by=agent, removed=True)
    assert [view.name for view in removed] == ["View 2", "View 3", "View 4"]
    kept = save_listing_view("staff", "Kept", "", shared=False, by=agent)
    delete_removed_views(0)
    assert removed.all().count() == 3
    with clock.travel(REMOVED_RETENTION + timedelta(days=1)):
        delete_removed_views(0)
    assert not removed.all().exists()
    assert [view.pk for view in own_listing_views(seen_by=agent)] == [kept]


def test_undoing_a_removal_takes_room_as_saving_does(personas: Personas) -> None:
    agent = personas.actor(AGENT)
    removed = save_listing_view("staff", "Removed", "", shared=False, by=agent)
    remove_listing_view(removed, by=agent)
    for number in range(MOST_VIEWS):
        save_listing_view("staff", f"View {number}", "", shared=False, by=agent)
    with pytest.raises(Conflict):
        restore_listing_view(removed, by=agent)
    remove_listing_view(own_listing_views(seen_by=agent)[0].pk, by=agent)
    restore_listing_view(removed, by=agent)
    assert own_listing_views(seen_by=agent).count() == MOST_VIEWS


def test_a_contact_keeps_nothing_and_the_database_shows_nothing(personas: Personas) -> None:
    contact = personas.actor(CONTACT)
    save_listing_view("staff", "Ours", "", shared=True, by=personas.actor(AGENT))
    assert list(ListingView.objects.visible_to(contact)) == []
    with pytest.raises(NotAllowed):
        save_listing_view("staff", "Mine", "", shared=False, by=contact)
    with as_customers([personas.customer.pk]), connection.cursor() as cursor:
        for table in ("organisation_listingview", "organisation_listingviewevent"):
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
            assert cursor.fetchone() == (False,)


def test_programs_keep_views_as_people_do(personas: Personas) -> None:
    agent, manager = personas.client(AGENT), personas.client(MANAGER)

    def call(client: Client, verb: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = client.generic(
            verb,
            f"/api/v1/lists/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )
        return sent.status_code, json.loads(sent.content or "null"), sent.headers.get("ETag", "")

    keeper = personas.actor(AGENT).name
    asked = {"name": " My  view ", "query": "q=a&sort=-name"}
    status, made, _etag = call(agent, "POST", "people/views", asked)
    assert (status, made["name"], made["query"]) == (201, "My view", asked["query"])
    assert (made["listing"], made["shared"], made["keeper"]) == ("people", False, keeper)
    at = f"views/{made['id']}"
    status, refused, _etag = call(
        agent, "POST", "people/views", {"name": "x", "query": "colour=red"}
    )
    assert (status, refused["fields"]) == (422, {"query": "colour"})
    assert call(agent, "POST", "nothing/views", asked)[0] == 404
    assert call(manager, "GET", "people/views")[1] == []
    assert call(manager, "PATCH", at, {"name": "Mine"})[0] == 404
    seen = call(agent, "GET", at)[2]
    status, shared, _etag = call(agent, "PATCH", at, {"shared": True}, **{"If-Match": seen})
    assert (status, shared["name"], shared["shared"]) == (200, "My view", True)
    assert call(agent, "PATCH", at, {"name": "Late"}, **{"If-Match": seen})[0] == 412
    assert [one["id"] for one in call(manager, "GET", "people/views")[1]] == [made["id"]]
    assert call(manager, "DELETE", at)[0] == 404
    assert call(agent, "DELETE", at)[0] == 204
    assert call(manager, "GET", "people/views")[1] == []
    assert call(manager, "POST", f"{at}/restoration")[0] == 404
    assert call(agent, "POST", f"{at}/restoration")[1]["shared"] is True
    assert [one["name"] for one in call(manager, "GET", "people/views")[1]] == ["My view"]


def test_a_view_of_a_list_that_one_may_not_open_is_not_kept(personas: Personas) -> None:
    employee = personas.client("employee")
    asked = {"name": "All", "query": ""}
    sent = employee.post("/api/v1/lists/projects/views", asked, content_type="application/json")
    assert sent.status_code == 403
    assert employee.get("/api/v1/lists/projects/views").status_code == 403
    assert not ListingView.objects.exists()


# Files


def test_what_people_typed_is_no_formula_in_a_file(personas: Personas) -> None:
    formula = '=HYPERLINK("http://example.net","Click")'
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[AGENT].pk).update(job_title=formula)
    selection = selected(personas.actor(AGENT), "q=desk&columns=job")
    assert lines(selection)[1][1] == f"'{formula}"
    cell = cells(selection)["B2"]
    assert said(cell) == formula
    assert cell.attrib["t"] == "inlineStr"
    assert not [part for part in cell.iter() if part.tag.endswith("}f")]


def test_a_spreadsheet_keeps_days_as_days(personas: Personas) -> None:
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[MANAGER].pk).update(left_on=date(2026, 3, 5))
    selection = selected(personas.actor(AGENT), "left=1&q=manager&columns=left&sort=left")
    assert lines(selection)[1][1] == "2026-03-05"
    assert said(cells(selection)["B2"]) == str((date(2026, 3, 5) - date(1899, 12, 30)).days)


def test_a_file_is_read_in_parts_and_holds_every_line(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    selection = selected(personas.actor(AGENT), "sort=-name")
    with CaptureQueriesContext(connection) as asked:
        told = [row[0] for row in lines(selection)[1:]]
    assert told == names(personas.actor(AGENT), "sort=-name")
    assert len(told) > 9
    of_people = [one["sql"] for one in asked if 'FROM "organisation_person"' in one["sql"]]
    assert len(of_people) > 4
    assert sum("ORDER BY" in sql for sql in of_people) == 1, "sorted anew for each part"


def test_values_are_written_without_the_language(personas: Personas) -> None:
    assert text([date(2026, 1, 2), None, 3, True]) == "2026-01-02, , 3, yes"


# Marked lines


@pytest.fixture
def staff_acts(personas: Personas) -> Actor:
    return personas.actor("administrator")


def marked(actor: Actor, query: str) -> bulk.Outcome:
    rows = bulk.marked(STAFF, QueryDict(query), actor)
    return bulk.run(STAFF.acts[0], rows, {}, by=actor)


def test_one_line_that_is_refused_stops_no_other(personas: Personas, staff_acts: Actor) -> None:
    keys = "&".join(f"n={person.pk}" for person in personas.people.values())
    outcome = marked(staff_acts, keys)
    assert [refusal.sentence for refusal in outcome.refused] == ["Not this one."]
    assert len(outcome.done) == len(personas.people) - 1
    assert Person.objects.filter(job_title="Done").count() == len(outcome.done)


def test_all_that_match_are_those_of_the_filters(personas: Personas, staff_acts: Actor) -> None:
    outcome = marked(staff_acts, "all=1&query=q%3Dengineer")
    assert outcome.done
    assert all("engineer" in row.name.lower() for row in outcome.done)


def test_nothing_marked_and_too_much_is_refused(
    personas: Personas, staff_acts: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict("n=x"), staff_acts)
    monkeypatch.setattr(bulk, "MOST", 5)
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict("all=1"), staff_acts)


def test_an_act_is_found_by_who_holds_its_right_alone(personas: Personas) -> None:
    assert bulk.get_act(STAFF, "finish", personas.actor("administrator")).name == "finish"
    with pytest.raises(NotFound):
        bulk.get_act(STAFF, "finish", personas.actor(AGENT))


def test_what_one_does_not_see_cannot_be_marked(personas: Personas) -> None:
    contact = personas.actor(CONTACT)
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict(f"n={personas.people[AGENT].pk}"), contact)


# The count


def test_a_count_says_that_there_are_more(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, number = personas.actor(AGENT), len(personas.people)
    selection = selected(agent)
    part = page(selection.rows(), selection.order, QueryDict(), 3)
    assert pages.count(selection, part) == f"{number} results"
    monkeypatch.setattr(pages, "COUNTED_TO", 4)
    assert pages.count(selection, part) == "4+ results"


# The pages of the kit


def test_a_topic_may_depend_on_the_reader_and_figures_replace_nothing_of_the_kit(
    personas: Personas,
) -> None:
    request: Any = RequestFactory().get("/people/")
    request.actor = personas.actor(AGENT)
    own = replace(STAFF, topic=lambda asked: f"people.{asked.actor.name}")
    assert pages.context_of(request, own)["topic"] == f"people.{request.actor.name}"
    shown = replace(STAFF, figures=lambda _request: {"present": 3})
    assert pages.context_of(request, shown)["present"] == 3
    for others, offered in (((), False), (("organisation.read",), True)):
        new = New("New", "organisation_people", SECRET, others=others)
        assert pages.context_of(request, replace(STAFF, new=new))["may_create"] is offered
    with pytest.raises(ValueError, match="staff: the kit draws with topic itself"):
        pages.context_of(request, replace(STAFF, figures=lambda _request: {"topic": "x"}))


def test_columns_views_and_files_are_asked_for_by_the_right_of_the_list(
    personas: Personas,
) -> None:
    client: Client = personas.client("employee")
    for path, posted in (
        (reverse("listings_columns", args=["projects"]), True),
        (reverse("listings_view_new", args=["projects"]), True),
        (reverse("listings_export", args=["projects", "xlsx"]), False),
        (reverse("listings_act", args=["projects", "begin"]), True),
    ):
        answer = client.post(path) if posted else client.get(path)
        assert answer.status_code == 403, path
    agent = personas.client(AGENT)
    assert agent.get(reverse("listings_export", args=["nothing", "csv"])).status_code == 404
    assert agent.get(reverse("listings_export", args=["projects", "pdf"])).status_code == 404


def test_a_view_is_saved_with_the_columns_that_are_chosen(personas: Personas) -> None:
    client = personas.client(AGENT)
    chosen = {"column": ["phone", "job_title"], "query": "left=1&sort=-name"}
    answer = client.post(reverse("listings_columns", args=["people"]), chosen)
    assert answer["Location"] == "/people/?left=1&sort=-name"
    shown = client.get(answer["Location"]).content.decode()
    assert "Telephone</th>" in shown
    assert "Languages</th>" not in shown
    query = "left=1&sort=-name&columns=job_title%2Cphone"
    address = f"/people/?{query}"
    assert f'name="query" value="{query.replace("&", "&amp;")}"' in shown
    save = reverse("listings_view_new", args=["people"])
    for name in ("", "x" * 61):
        refused = client.post(save, {"name": name, "query": query})
        assert refused.status_code == 422
        assert "A view needs a name of at most 60 characters." in refused.content.decode()
    saved = {"name": "Gone", "query": query, "shared": "on"}
    answer = client.post(save, saved)
    assert answer["Location"] == address
    said = client.get(address).content.decode()
    assert "View “Gone” saved" in said
    view = ListingView.objects.get(name="Gone")
    assert f'action="{reverse("listings_view_remove", args=[view.pk])}"' in said
    client.post(reverse("listings_view_remove", args=[view.pk]))
    assert "View “Gone” removed" in client.get("/people/").content.decode()
    restored = client.post(reverse("listings_view_restore", args=[view.pk]), follow=True)
    assert restored.redirect_chain == [(address, 302)]
    assert "View “Gone” restored" in restored.content.decode()
    other = personas.client(MANAGER)
    assert address.replace("&", "&amp;") in other.get("/people/").content.decode()
    drawn = other.get(address).content.decode()
    assert "Languages</th>" not in drawn
    assert "Shared by Desk Agent" in drawn


# The endpoint


def test_a_program_walks_a_list_in_the_order_it_asks_for(personas: Personas) -> None:
    client, path = personas.client(AGENT), "/api/v1/people?limit=4&sort=-name"
    seen: list[str] = []
    after = ""
    while True:
        part = client.get(f"{path}&after={after}").json()
        seen += [row["name"] for row in part["items"]]
        after = part["next"]
        if after is None:
            break
    assert seen == names(personas.actor(AGENT), "sort=-name")
    assert client.get("/api/v1/people?sort=phone").status_code == 422
    assert client.get("/api/v1/people?function=desk_agent").json()["items"][0]["name"] == (
        "Desk Agent"
    )


def test_a_cursor_of_another_order_is_refused(personas: Personas) -> None:
    client = personas.client(AGENT)
    after = client.get("/api/v1/people?limit=1&sort=company").json()["next"]
    assert client.get(f"/api/v1/people?after={after}").status_code == 422
    assert client.get(f"/api/v1/people?sort=company&after={after}").status_code == 200


def test_the_parts_of_a_list_have_tabs_an_order_and_words_of_their_own(personas: Personas) -> None:
    actor = personas.actor(AGENT)
    parts = Choice(
        "part", "Part", (("here", "Here"), ("gone", "Gone"), ("all", "All")), default="here",
        every="all", lookup="left_on__isnull", turn=lambda value: value == "here", tabs=True,
        counts=lambda _actor: {"gone": 7},
    )  # fmt: skip
    listing = replace(
        STAFF,
        rows=people.people,
        filters=(Words(label="Name"), Flag("left", "Left too", argument="left"), parts),
        orders={"part=gone": Order(("-name", "id"))},
        empties={"part=gone": Empty("user", "Nobody left", "Nobody has left yet")},
    )

    def read(query: str) -> Selection:
        return Selection.read(listing, QueryDict(query), actor)

    drawn = pages._tabs(read("q=Desk"))
    assert [(one.label, one.url, one.here, one.count) for one in drawn] == [
        ("Here", "?q=Desk", True, None),
        ("Gone", "?q=Desk&part=gone", False, 7),
        ("All", "?q=Desk&part=all", False, None),
    ]
    assert next(iter(pages._groups(read("part=gone")))).label != "Part"
    assert read("").order == read("part=all").order == STAFF.order
    assert read("part=gone").order == Order(("-name", "id"))
    assert read("part=gone&sort=name").order == Order(("name", "id"))
    assert read("part=gone").empty == listing.empties["part=gone"]
    assert read("part=gone&q=x").empty is None
    assert [read(query).is_narrowed() for query in ("", "part=all", "part=gone", "q=x")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert read("part=lost").values == {"part": "here"}


def test_marked_lines_are_called_what_their_reader_may_see(personas: Personas) -> None:
    actor = personas.actor(AGENT)
    hiding = replace(STAFF, lines=lambda rows, _actor: [one.pk for one in rows], named=str)
    rows = list(people.people(seen_by=actor)[:2])
    assert hiding.names(rows, actor) == [str(one.pk) for one in rows]
    assert STAFF.names(rows, actor) == rows


def test_an_endpoint_gives_items_as_their_reader_may_see_them(personas: Personas) -> None:
    class Named(Schema):
        name: str

    router = Router()
    items = [{"name": "hidden"}]
    list_endpoint(router, "/staff", STAFF, Named, name="list_staff", items=lambda _rows, _by: items)
    (view,) = (one.view_func for one in router.path_operations["/staff"].operations)
    request = RequestFactory().get("/staff")
    request.actor = personas.actor(AGENT)  # type: ignore[attr-defined]  # as the door sets it
    answer = view(request, Window(limit=1))
    assert answer.items == items
    assert answer.next


# Filters of several values, and of moments


SEVERAL = Choice(
    "seniority", "Seniority", Person.Seniority, lookup="seniority__in", several=True,
    turn=lambda value: value.split(","),
)  # fmt: skip


def test_a_choice_of_several_takes_each_of_them_and_a_press_takes_one_away(
    personas: Personas,
) -> None:
    agent = personas.actor(AGENT)
    junior, senior = Person.Seniority.values[0], Person.Seniority.values[-1]
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[AGENT].pk).update(seniority=junior)
        Person.objects.exclude(pk=personas.people[AGENT].pk).update(seniority=senior)
    listing = replace(STAFF, filters=(SEVERAL,))

    def read(query: str) -> Selection:
        return Selection.read(listing, QueryDict(query), agent)

    one, both = f"seniority={junior}", f"seniority={junior},{senior}"
    assert [row.pk for row in read(one).narrowed()] == [agent.person_id]
    assert read(both).narrowed().count() == Person.objects.count() > 1
    assert read(f"{one}&seniority={senior}&seniority=none").address() == read(both).address()
    assert SEVERAL.toggled(f"{junior},{senior}", senior) == junior
    assert SEVERAL.toggled(junior, senior) == f"{junior},{senior}"
    assert SEVERAL.toggled(None, senior) == senior
    assert read("seniority=none").values == {}
    labels = [str(label) for value, label in Person.Seniority.choices if value in (junior, senior)]
    assert str(SEVERAL.said(f"{junior},{senior}", agent)) == ", ".join(labels)


def test_a_span_of_moments_holds_both_of_its_days_where_the_reader_is(personas: Personas) -> None:
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    span = Span("made", "Made", lookup="removed_at", moment=True)
    with attributed(MAKER):
        kept = [
            ListingView.objects.create(
                person=personas.people[AGENT], listing="staff", name=str(at), removed_at=at
            ).pk
            for at in (
                datetime(2026, 3, 1, 23, 59, tzinfo=paris),
                datetime(2026, 3, 2, 0, 0, tzinfo=paris),
                datetime(2026, 3, 3, 23, 59, tzinfo=paris),
                datetime(2026, 3, 4, 0, 0, tzinfo=paris),
            )
        ]
    with timezone.override(paris):
        for query, found in (
            ("made_from=2026-03-02&made_until=2026-03-03", kept[1:3]),
            ("made_from=2026-03-02", kept[1:]),
            ("made_until=2026-03-03", kept[:3]),
            ("made_until=9999-12-31", kept),
        ):
            days = span.read(QueryDict(query), personas.actor(AGENT))
            assert days is not None
            rows = span.narrowed(ListingView.objects.order_by("pk"), days, personas.actor(AGENT))
            assert list(rows.values_list("pk", flat=True)) == found, query

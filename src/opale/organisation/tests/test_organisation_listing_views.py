"""Columns and views of lists that people and programs keep."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.isolation import as_customers
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
from opale.organisation.models import ListingView
from opale.organisation.queries.listing_views import (
    get_listing_view,
    own_listing_views,
    settings_of_listing,
)
from opale.organisation.tests.listing_helpers import AGENT, CONTACT, MANAGER, lines, selected

pytestmark = pytest.mark.django_db


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
        assert "Enter a name of at most 60 characters." in refused.content.decode()
    saved = {"name": "Gone", "query": query, "shared": "on"}
    answer = client.post(save, saved)
    assert answer["Location"] == address
    said = client.get(address).content.decode()
    assert "View “Gone” saved" in said
    view = ListingView.objects.get(name="Gone")
    assert f'action="{reverse("listings_view_remove", args=[view.pk])}"' in said
    client.post(reverse("listings_view_remove", args=[view.pk]))
    assert "View “Gone” deleted" in client.get("/people/").content.decode()
    restored = client.post(reverse("listings_view_restore", args=[view.pk]), follow=True)
    assert restored.redirect_chain == [(address, 302)]
    assert "View “Gone” restored" in restored.content.decode()
    other = personas.client(MANAGER)
    assert address.replace("&", "&amp;") in other.get("/people/").content.decode()
    drawn = other.get(address).content.decode()
    assert "Languages</th>" not in drawn
    assert "Shared by Desk Agent" in drawn


def test_a_shared_view_of_the_whole_list_renames_it_for_nobody_else(personas: Personas) -> None:
    agent, manager = personas.client(AGENT), personas.client(MANAGER)
    save_listing_view("people", "Everybody", "", shared=True, by=personas.actor(AGENT))
    save_listing_view("people", "Gone", "left=1", shared=True, by=personas.actor(AGENT))
    for client, address, title in (
        (agent, "/people/", "Everybody"),
        (manager, "/people/", "People"),
        (manager, "/people/?left=1", "Gone"),
    ):
        page = client.get(address).content.decode()
        assert page.partition("<title>")[2].startswith(f"{title} · ")

"""Comments on records: who sees and writes them, mentions, edits, deletion, files, watching."""

from datetime import timedelta
from threading import Barrier, Thread
from time import process_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.personas import Personas, make_personas

from opale.discussions import actions, queries
from opale.discussions.models import Comment, CommentFile, Watcher
from opale.discussions.queries import Record
from opale.discussions.rights import READ
from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.models import Change
from opale.messaging.models import OutgoingMail
from opale.notifications.actions.delivery import mail_due_notifications
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Person
from opale.ui.live import may_receive

PAGE_SECONDS = 0.15
"""Time that a page with 500 comments may take."""
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def manager(house: Personas) -> Actor:
    return house.actor("project_manager")


@pytest.fixture
def record(house: Personas, manager: Actor) -> Record:
    return queries.get_record("customer", house.customer.pk, seen_by=manager)


def told() -> list[tuple[str, Person]]:
    """Who was told of what, in the order of the people."""
    rows = Notification.objects.select_related("person").order_by("person_id")
    return [(row.kind.removeprefix("discussions."), row.person) for row in rows]


def mention(person: Person) -> str:
    return f"@[{person.name}](person:{person.pk})"


def url_of(record: Record, part: str = "") -> str:
    return f"/discussions/{record.type}/{record.id}/{part}"


@pytest.mark.parametrize(
    "persona", ["employee", "group_colleague", "customer_contact", "foreign_contact"]
)
def test_who_may_not_open_the_record_finds_no_comment(
    persona: str, house: Personas, record: Record, manager: Actor
) -> None:
    comment = actions.add_comment(record, "Internal", by=manager)
    other = house.actor(persona)
    with pytest.raises(NotFound):
        queries.get_comment(comment.pk, seen_by=other)
    with pytest.raises(NotFound):
        queries.get_record(record.type, record.id, seen_by=other)
    with pytest.raises((NotFound, NotAllowed)):
        actions.add_comment(record, "Hello", by=other)
    with pytest.raises((NotFound, NotAllowed)):
        actions.delete_comment(comment, by=other)


def test_a_contact_sees_no_comment_on_the_page_of_its_own_customer(
    house: Personas, record: Record, manager: Actor
) -> None:
    actions.add_comment(record, "They pay late", by=manager)
    answer = house.client("customer_contact").get(f"/customers/{house.customer.code}/")
    assert "They pay late" not in answer.content.decode()
    assert "c-discussion" not in answer.content.decode()


def test_a_comment_is_drawn_on_the_page_of_its_record(
    house: Personas, record: Record, manager: Actor
) -> None:
    actions.add_comment(record, "**Agreed**", by=manager)
    answer = house.client("service_manager").get(f"/customers/{house.customer.code}/")
    assert "<strong>Agreed</strong>" in answer.content.decode()


def test_the_mention_of_somebody_without_access_is_refused_by_name(
    house: Personas, record: Record, manager: Actor
) -> None:
    employee = house.people["employee"]
    with pytest.raises(Invalid, match=f"{employee.name} can't open this customer"):
        actions.add_comment(record, f"Ask {mention(employee)}", by=manager)
    assert not Comment.objects.exists()


def test_author_and_mentioned_people_become_watchers_and_are_told(
    house: Personas, record: Record, manager: Actor
) -> None:
    agent, engineer = house.people["desk_agent"], house.people["run_engineer"]
    actions.set_watching(record, by=house.actor("run_engineer"), watching=True)
    comment = actions.add_comment(record, f"{mention(agent)} please look", by=manager)
    assert set(Watcher.objects.values_list("person", flat=True)) == {
        manager.person_id,
        agent.pk,
        engineer.pk,
    }
    assert sorted(told(), key=str) == sorted(
        [("mentioned", agent), ("commented", engineer)], key=str
    )
    named = Notification.objects.get(person=agent)
    assert named.url.endswith(f"#comment-{comment.pk}")
    assert named.text.endswith(f"{record.label}: @{agent.name} please look")
    # What is deleted is not read in an inbox either.
    actions.delete_comment(comment, by=manager)
    assert told() == [("commented", engineer)]


def test_comments_on_one_record_are_one_notification(
    house: Personas, record: Record, manager: Actor
) -> None:
    actions.set_watching(record, by=house.actor("run_engineer"), watching=True)
    for number in range(3):
        actions.add_comment(record, f"News {number}", by=manager)
    assert Notification.objects.get().text.startswith("3 new comments on ")


def test_a_watcher_who_loses_access_or_mutes_is_not_told(
    house: Personas, record: Record, manager: Actor
) -> None:
    for persona in ("run_engineer", "desk_agent"):
        actions.set_watching(record, by=house.actor(persona), watching=True)
    actions.set_watching(record, by=house.actor("desk_agent"), watching=False)
    with attributed(system("test")):
        Membership.objects.filter(person=house.people["run_engineer"]).delete()
    actions.add_comment(record, "News", by=manager)
    assert told() == []


def test_who_stopped_watching_is_told_of_mentions_alone_and_does_not_watch_again(
    house: Personas, record: Record, manager: Actor
) -> None:
    agent = house.people["desk_agent"]
    actions.set_watching(record, by=house.actor("desk_agent"), watching=False)
    actions.add_comment(record, mention(agent), by=manager)
    actions.add_comment(record, "Mine", by=house.actor("desk_agent"))
    actions.add_comment(record, "News", by=manager)
    assert [kind for kind, person in told() if person == agent] == ["mentioned"]
    assert Watcher.objects.get(person=agent).muted


def test_many_watchers_cost_no_more_statements_than_few(
    house: Personas, record: Record, manager: Actor
) -> None:
    def statements() -> int:
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            actions.add_comment(record, "News", by=manager)
        return len(asked)

    for persona in ("run_engineer", "desk_agent"):
        actions.set_watching(record, by=house.actor(persona), watching=True)
    few = statements()
    others = {name: one for name, one in house.people.items() if house.actor(name).can(READ)}
    with attributed(manager):
        Watcher.objects.bulk_create(
            [
                Watcher(record_type=record.type, record_id=record.id, person=person)
                for person in others.values()
            ],
            ignore_conflicts=True,
        )
    assert len(others) > 8
    assert statements() == few
    assert len(told()) > 4


def test_who_may_not_read_the_record_does_not_hear_that_it_is_commented(
    house: Personas, record: Record, manager: Actor
) -> None:
    actions.add_comment(record, "News", by=manager)
    topic, customer_id = Change.objects.values_list("topic", "customer_id").latest("id")
    assert topic == record.topic
    heard = {name for name in house.people if may_receive(house.actor(name), topic, customer_id)}
    assert {"desk_agent", "service_manager"} <= heard
    assert "employee" not in heard
    assert not may_receive(house.actor("customer_contact"), topic, customer_id)


def test_an_edit_keeps_the_former_text(house: Personas, record: Record, manager: Actor) -> None:
    comment = actions.add_comment(record, "First", by=manager)
    actions.edit_comment(comment, by=manager, text="Second")
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is not None) == ("Second", True)
    changes = [one for one in revisions(Comment, id=comment.pk) if one.differences]
    assert changes[0].actor == manager.key
    assert ("First", "Second") in [(d.before, d.after) for d in changes[0].differences]
    with pytest.raises(NotAllowed):
        actions.edit_comment(comment, by=house.actor("administrator"), text="Third")


def test_who_may_read_a_comment_reads_its_former_texts_until_it_is_deleted(
    house: Personas, record: Record, manager: Actor
) -> None:
    comment = actions.add_comment(record, "**First**", by=manager)
    for text in ("Second", "Third"):
        actions.edit_comment(comment, by=manager, text=text)
    client, url = house.client("desk_agent"), f"/comments/{comment.pk}/history/"
    assert url in client.get(url_of(record)).text
    for headers in ({}, {"HX-Request": "true"}):
        shown = client.get(url, headers=headers).text
        assert shown.index("Second") < shown.index("<strong>First</strong>")
        assert "Third" not in shown
    former = client.get(f"/api/v1/comments/{comment.pk}/history").json()
    assert [one["text"] for one in former] == ["Second", "**First**"]
    assert house.client("employee").get(url).status_code == 404
    actions.delete_comment(comment, by=manager)
    assert client.get(url).status_code == 404


def test_an_edit_tells_only_who_is_newly_mentioned(
    house: Personas, record: Record, manager: Actor
) -> None:
    agent, engineer = house.people["desk_agent"], house.people["run_engineer"]
    comment = actions.add_comment(record, mention(agent), by=manager)
    Notification.objects.all().delete()
    text = f"{mention(agent)} {mention(engineer)}"
    actions.edit_comment(comment, by=manager, text=text)
    assert told() == [("mentioned", engineer)]


def test_what_an_edit_takes_away_is_neither_in_the_inbox_nor_in_the_mail(
    house: Personas, record: Record, manager: Actor
) -> None:
    agent, engineer = house.people["desk_agent"], house.people["run_engineer"]
    text = f"{mention(agent)} {mention(engineer)} the password is horse"
    comment = actions.add_comment(record, text, by=manager)
    actions.edit_comment(comment, by=manager, text=f"{mention(agent)} ask me")
    assert told() == [("mentioned", agent)]
    mail_due_notifications(clock.now() + timedelta(minutes=1))
    held = [one.text for one in Notification.objects.all()]
    mailed = [str(vars(one)) for one in OutgoingMail.objects.all()]
    assert all("ask me" in one for one in (*held, *mailed))
    assert not any("horse" in one for one in (*held, *mailed))


def test_who_lost_the_record_is_not_mailed_what_was_said_on_it(
    house: Personas, record: Record, manager: Actor
) -> None:
    agent = house.people["desk_agent"]
    actions.add_comment(record, f"{mention(agent)} a secret", by=manager)
    with attributed(system("test")):
        Membership.objects.filter(person=agent).delete()
    mail_due_notifications(clock.now() + timedelta(minutes=1))
    assert not OutgoingMail.objects.exists()


def test_the_mail_about_a_deleted_comment_leads_to_the_inbox(
    house: Personas, record: Record, manager: Actor
) -> None:
    comment = actions.add_comment(record, mention(house.people["desk_agent"]), by=manager)
    mailed = f"/inbox/{Notification.objects.get().pk}/open/"
    actions.delete_comment(comment, by=manager)
    client = house.client("desk_agent")
    answer = client.get(mailed, follow=True)
    assert answer.redirect_chain == [("/inbox/", 302)]
    assert "This notification no longer exists." in answer.content.decode()


def test_a_comment_mentions_at_most_fifty(record: Record, manager: Actor) -> None:
    text = " ".join(f"@[Somebody](person:{number})" for number in range(1, 52))
    with pytest.raises(Invalid, match="At most 50 people"):
        actions.add_comment(record, text, by=manager)


@pytest.mark.django_db(transaction=True)
def test_two_who_mention_each_other_at_once_are_both_kept() -> None:
    house = make_personas()
    first, second = house.actor("project_manager"), house.actor("desk_agent")
    record = queries.get_record("customer", house.customer.pk, seen_by=first)
    other = {first: house.people["desk_agent"], second: house.people["project_manager"]}
    together = Barrier(2)

    def write(by: Actor) -> None:
        together.wait(10)
        try:
            for _ in range(10):
                actions.add_comment(record, mention(other[by]), by=by)
        finally:
            connections.close_all()

    threads = [Thread(target=write, args=(by,)) for by in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Comment.objects.count() == 20


@pytest.mark.parametrize("persona", ["project_manager", "administrator"])
def test_a_deleted_comment_leaves_its_place_and_no_files(
    persona: str, house: Personas, record: Record, manager: Actor
) -> None:
    file = actions.attach_file(record, "a.png", [PNG], by=manager)
    comment = actions.add_comment(record, "Secret", by=manager, file_ids=[file.pk])
    with pytest.raises(NotAllowed):
        actions.delete_comment(comment, by=house.actor("desk_agent"))
    actions.delete_comment(comment, by=house.actor(persona))
    assert not CommentFile.objects.exists()
    page = house.client("desk_agent").get(url_of(record)).content.decode()
    assert "Comment deleted" in page
    assert "Secret" not in page
    with pytest.raises(Conflict):
        actions.edit_comment(comment, by=manager, text="Again")


def test_a_waiting_file_is_its_uploaders_alone(
    house: Personas, record: Record, manager: Actor
) -> None:
    file = actions.attach_file(record, "a.png", [PNG], by=manager)
    agent = house.actor("desk_agent")
    with pytest.raises(NotFound):
        queries.get_file(file.pk, seen_by=agent)
    with pytest.raises(Invalid):
        actions.add_comment(record, "Mine", by=agent, file_ids=[file.pk])
    with pytest.raises(NotAllowed):
        actions.remove_file(file, by=agent)
    actions.add_comment(record, "", by=manager, file_ids=[file.pk])
    assert queries.get_file(file.pk, seen_by=agent) == file
    with pytest.raises(Conflict):
        actions.remove_file(file, by=manager)


def test_an_edit_adds_and_removes_files(house: Personas, record: Record, manager: Actor) -> None:
    first, second = (
        actions.attach_file(record, name, [PNG], by=manager) for name in ("a.png", "b.png")
    )
    comment = actions.add_comment(record, "Plans", by=manager, file_ids=[first.pk, second.pk])
    third = actions.attach_file(record, "c.png", [PNG], by=manager, edited=comment)
    # It waits for the edit, not for a new comment.
    assert queries.waiting_files(record, seen_by=manager) == []
    client = house.client("project_manager")
    page = client.get(f"/comments/{comment.pk}/edit/").content.decode()
    assert page.count('name="files"') == 3
    sent = {"text": "Plans", "files": [second.pk, third.pk]}
    assert client.post(f"/comments/{comment.pk}/edit/", sent).status_code == 302
    comment.refresh_from_db()
    assert [file.name for file in comment.files.all()] == ["b.png", "c.png"]
    assert comment.edited_at is not None
    actions.edit_comment(comment, by=manager, text="Newer plans")
    assert comment.files.count() == 2


def test_an_edit_takes_no_files_of_others(house: Personas, record: Record, manager: Actor) -> None:
    comment = actions.add_comment(record, "Plans", by=manager)
    other = house.actor("desk_agent")
    with pytest.raises(NotAllowed):
        actions.attach_file(record, "a.png", [PNG], by=other, edited=comment)
    theirs = actions.attach_file(record, "a.png", [PNG], by=other)
    with pytest.raises(Invalid):
        actions.edit_comment(comment, by=manager, files=[theirs])
    sent = {"text": "Plans", "files": [theirs.pk]}
    answer = house.client("project_manager").post(f"/comments/{comment.pk}/edit/", sent)
    assert answer.status_code == 422


def test_a_preview_without_scripts_keeps_what_was_typed(
    house: Personas, record: Record, manager: Actor
) -> None:
    comment = actions.add_comment(record, "Before", by=manager)
    client = house.client("project_manager")
    for url in (url_of(record, "preview/"), f"/comments/{comment.pk}/preview/"):
        page = client.post(url, {"text": "**Bold**"}).content.decode()
        assert "<strong>Bold</strong>" in page
        assert "**Bold**</textarea>" in page
    assert f'action="/comments/{comment.pk}/edit/"' in page


def test_a_picture_is_shown_and_another_file_is_a_link(
    house: Personas, record: Record, manager: Actor
) -> None:
    ids = [
        actions.attach_file(record, name, [content], by=manager).pk
        for name, content in (("a.png", PNG), ("b.svg", b"<svg onload=alert(1)>"))
    ]
    actions.add_comment(record, "Two files", by=manager, file_ids=ids)
    client = house.client("desk_agent")
    page = client.get(url_of(record)).content.decode()
    assert f'<img src="/discussion-files/{ids[0]}/" alt="a.png"' in page
    assert page.count(f'"/discussion-files/{ids[1]}/"') == 1
    answer = client.get(f"/discussion-files/{ids[1]}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_too_large_file_is_refused_and_what_was_typed_stays(
    house: Personas, record: Record, settings: Any
) -> None:
    settings.ATTACHMENT_LIMIT = 1024 * 1024
    large = SimpleUploadedFile("big.png", PNG + b"\x00" * 1024 * 1024)
    client = house.client("project_manager")
    answer = client.post(url_of(record, "comments/"), {"text": "My long text", "file": large})
    assert answer.status_code == 422
    assert "My long text</textarea>" in answer.content.decode()
    assert "The file is larger than 1 MiB." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_refusal_to_htmx_draws_the_reason_alone(house: Personas, record: Record) -> None:
    text = f"Ask {mention(house.people['employee'])}"
    client = house.client("project_manager")
    headers = {"HX-Request": "true"}
    answer = client.post(url_of(record, "comments/"), {"text": text}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"].endswith("-error")
    assert "open this customer" in answer.content.decode()
    assert "<textarea" not in answer.content.decode()


def test_the_picker_says_who_has_no_access(house: Personas, record: Record) -> None:
    client = house.client("project_manager")
    page = client.get(url_of(record, "people/?q=Employee")).content.decode()
    assert "No access" in page
    assert "data-token" not in page
    found = client.get(url_of(record, "people/?q=Desk Agent")).content.decode()
    assert f"(person:{house.people['desk_agent'].pk})" in found


def test_a_page_with_500_comments_asks_little_and_shows_the_latest(
    house: Personas, record: Record, manager: Actor, django_assert_max_num_queries: Any
) -> None:
    with attributed(manager):
        Comment.objects.bulk_create(
            Comment(
                record_type=record.type,
                record_id=record.id,
                author=house.people["project_manager"],
                text=f"Comment **{n}** with [a link](https://a.example/{n}) and `code`",
            )
            for n in range(500)
        )
    client = house.client("desk_agent")
    client.get(url_of(record))
    began = process_time()
    with django_assert_max_num_queries(12):
        page = client.get(url_of(record)).content.decode()
    took = process_time() - began
    assert took < 4 * PAGE_SECONDS, "much longer than its budget, on a busy machine too"
    assert page.count('class="o-message c-comment"') == 50
    assert "Show earlier" in page
    assert "<strong>499</strong>" in page
    more = client.get(url_of(record, "?count=100"), headers={"HX-Request": "true"})
    assert more.content.decode().count('class="o-message c-comment"') == 100


def test_programs_read_and_write_comments(house: Personas, record: Record) -> None:
    client = Client(headers={"Authorization": f"Bearer {house.token('project_manager')}"})
    body = {"record_type": record.type, "record_id": record.id, "text": "By a tool"}
    made = client.post("/api/v1/comments", body, content_type="application/json")
    assert made.status_code == 201
    read = client.get(f"/api/v1/comments?record_type={record.type}&record_id={record.id}").json()
    assert [one["text"] for one in read["items"]] == ["By a tool"]
    assert client.delete(f"/api/v1/comments/{made.json()['id']}").status_code == 204
    after = client.get(f"/api/v1/comments/{made.json()['id']}").json()
    assert (after["text"], after["deleted_at"] is not None) == ("", True)


def test_the_second_of_two_edits_is_told_and_keeps_what_was_typed(
    house: Personas, record: Record, manager: Actor
) -> None:
    comment = actions.add_comment(record, "First", by=manager)
    client, url = house.client("project_manager"), f"/comments/{comment.pk}/edit/"
    seen = client.get(url).context["form"].initial["seen"]
    client.post(url, {"text": "Here", "seen": seen})
    refused = client.post(url, {"text": "There", "seen": seen})
    assert refused.status_code == 422
    assert "edited elsewhere" in refused.text
    assert "There" in refused.text
    comment.refresh_from_db()
    assert comment.text == "Here"
    client.post(url, {"text": "There", "seen": refused.context["form"]["seen"].value()})
    comment.refresh_from_db()
    assert comment.text == "There"

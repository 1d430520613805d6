"""How long a page with 500 comments or notes takes, and how soon a mention is in an open browser.

    PYTHONPATH=src:. .venv/bin/python bench/discussion.py --data var

On an Opale that runs, with the demo company: a project gets 500 comments with mentions, lists and
code, and its page is asked for as the administrator opens it, with the page of its comments alone;
a ticket gets 500 notes, and its page is asked for as a desk agent who wrote some of them.
Then the project manager mentions the administrator, whose inbox is open in a browser
(`bench/browsing.py`), from the request that comments to the answer that shows the notification.
Exit code 1 above a limit.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench import inside
from bench.browsing import Session
from bench.demo import demo_in
from bench.pages import FRAME, Browser, Times, in_ms

COMMENTS: Final = 500
PAGE: Final = timedelta(milliseconds=150)
SIGHT: Final = timedelta(seconds=2)
AUTHOR, READER, AGENT = "project_manager", "administrator", "desk_agent"
TEXT: Final = (
    "**Line {n}**: the carrier answered.\n\n"
    "- splice at `ren-{n}`\n- test on Friday\n\n```\nping -c 3 10.0.0.{n}\n```"
)


def fill_project() -> tuple[int, int]:
    """Let the newest project have COMMENTS comments; return its number and id."""
    from opale.delivery.projects.models import Project
    from opale.discussions.models import Comment
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.organisation.models import Person

    project = Project.objects.order_by("-number")[0]
    people = list(Person.objects.filter(left_on=None, user__isnull=False).order_by("pk")[:5])
    of_record: dict[str, Any] = {"record_type": "project", "record_id": project.pk}
    there = Comment.objects.filter(**of_record).count()
    with attributed(system("bench")):
        Comment.objects.bulk_create(
            Comment(author=people[n % len(people)], text=TEXT.format(n=n % 250), **of_record)
            for n in range(there, COMMENTS)
        )
    return project.number, project.pk


def fill_ticket(agent_id: int) -> int:
    """Let the newest ticket have COMMENTS notes, one in five of the agent; return its number."""
    from opale.organisation.models import Person
    from opale.run.desk.models import Message, Ticket

    ticket = Ticket.objects.filter(merged_into=None, confidential=False).order_by("-number")[0]
    people = list(Person.objects.filter(left_on=None).exclude(pk=agent_id).order_by("pk")[:4])
    people.insert(0, Person.objects.get(pk=agent_id))
    there = ticket.messages.filter(direction="note").count()
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            customer_id=ticket.customer_id,
            direction="note",
            visibility="internal",
            author=people[n % len(people)].name,
            person=people[n % len(people)],
            body=TEXT.format(n=n % 250),
            format="markdown",
        )
        for n in range(there, COMMENTS)
    )
    return ticket.number


def person_of(login: str) -> tuple[int, str]:
    from opale.organisation.models import Person

    found = Person.objects.get(user__email=login)
    return found.pk, found.name


@dataclass
class Sight:
    """Moments at which the open inbox showed what was said."""

    seen: dict[str, float] = field(default_factory=dict)
    waited: str = ""
    shown: asyncio.Event = field(default_factory=asyncio.Event)

    def saw(self, _session: Session, body: bytes, _asked: float) -> None:
        if self.waited and self.waited.encode() in body:
            self.seen.setdefault(self.waited, monotonic())
            self.shown.set()


async def measure_sight(
    browser: Browser,
    program: Browser,
    token: Mapping[str, str],
    comment: dict[str, Any],
    rounds: int,
) -> list[float]:
    """Return the seconds from each comment to its sight in the inbox."""
    sight, took = Sight(), list[float]()
    cookies = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    session = Session(READER, "/inbox/", browser.host, browser.port, cookies, "en", sight.saw)
    await session.open()
    follows = asyncio.create_task(session.follow())
    await asyncio.sleep(1)
    for number in range(rounds):
        sight.waited, sight.shown = f"round-{os.getpid()}-{number}", asyncio.Event()
        said = comment | {"text": f"{comment['text']} {sight.waited}"}
        began = monotonic()
        await asyncio.to_thread(partial(program.post, "/api/v1/comments", said, **token))
        async with asyncio.timeout(30):
            await sight.shown.wait()
        took.append(sight.seen[sight.waited] - began)
        await asyncio.sleep(0.5)
    follows.cancel()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="var", help="the folder of `up`")
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    place, known = demo_in(Path(asked.data))
    author, reader, agent = (known["personas"][name] for name in (AUTHOR, READER, AGENT))
    with inside.opened(asked.data):
        number, project_id = fill_project()
        reader_id, reader_name = person_of(reader["login"])
        ticket = fill_ticket(person_of(agent["login"])[0])
    browser = Browser.of(place.base_url)
    browser.log_in(reader["login"], reader["password"])
    baseline = Times.of(partial(browser.get, FRAME), asked.rounds).median
    print(f"load {os.getloadavg()[0]:.1f}; baseline {in_ms(baseline)}: {FRAME}, a frame alone")
    kept = True
    desk = Browser.of(place.base_url)
    desk.log_in(agent["login"], agent["password"])
    for asking, name, path in (
        (browser, "the project's page", f"/projects/{number}/"),
        (browser, "the latest 50", f"/discussions/project/{project_id}/"),
        (browser, "all 500", f"/discussions/project/{project_id}/?count={COMMENTS}"),
        (desk, "the ticket's page", f"/tickets/{ticket}/"),
        (desk, "its latest 60 notes", f"/tickets/{ticket}/timeline/"),
        (desk, "all 500 notes", f"/tickets/{ticket}/timeline/?all=1"),
    ):
        times = Times.of(partial(asking.get, path), asked.rounds)
        kept &= times.p95 <= PAGE
        print(
            f"{name:24} {in_ms(times.median)} {in_ms(times.p95)} {in_ms(PAGE)}"
            f" {times.p95 / baseline:15.1f}x"
        )
    comment = {
        "record_type": "project",
        "record_id": project_id,
        "text": f"@[{reader_name}](person:{reader_id})",
    }
    program = Browser.of(place.base_url)
    token = {
        "Authorization": f"Bearer {author['api_token']}",
        "Content-Type": "application/json",
    }
    took = asyncio.run(measure_sight(browser, program, token, comment, asked.rounds))
    sights = Times.among(took)
    kept &= sights.p95 <= SIGHT
    print(
        f"{'a mention in the inbox':24} {in_ms(sights.median)} {in_ms(sights.p95)} {in_ms(SIGHT)}"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

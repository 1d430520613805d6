"""Digests: what changed on tickets that somebody follows, in one mail at most each interval.

Source: docs/rules/notices.md, "Digests".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.customers.models import Contact
from opale.kernel import changes, clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor, system
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.isolation import as_house
from opale.organisation.models import Person
from opale.run.desk import preferring
from opale.run.desk.actions.locking import wake_readers
from opale.run.desk.actions.mailing import Digest, post_digest
from opale.run.desk.models import Following, Watcher
from opale.run.desk.queries.following import (
    Changed,
    Follower,
    changed_since,
    followers_with_news,
    following_of,
    present_contacts,
    present_people,
)
from opale.run.desk.queries.notices import reach_of, written_by_machines
from opale.run.desk.unfollowing import Ending, link_to

DIGESTS = system("digests")
SETTLED = timedelta(seconds=30)
"""What was written so long ago is committed: nothing is overlooked between two digests."""
FOLLOWING = "desk.following"


def follow_at(
    who: Person | Contact, *, by: Actor, pace: str | None = None, hour: int | None = None
) -> Following:
    """Say how often one hears of the tickets one follows: for oneself, or as who edits contacts.

    Errors: NotAllowed, Invalid.
    """
    _refuse_chooser(who, by)
    if pace is not None and pace not in Following.Pace.values:
        raise Invalid(pace=_("This is no way of the list."))
    if hour is not None and not 0 <= hour < 24:
        raise Invalid(hour=_("An hour lies between 0 and 23."))
    with as_house(), acting(by):
        row = Following.objects.select_for_update(of=("self",)).get(pk=_kept(who).pk)
        row.pace = row.pace if pace is None else pace
        row.hour = row.hour if hour is None else hour
        row.save()
        changes.touch(FOLLOWING)
    return row


def _kept(who: Person | Contact) -> Following:
    """The row of what was chosen, made where nothing was."""
    default = following_of(who)
    said = {"pace": default.pace, "customer_id": default.customer_id}
    key = {"person": who} if isinstance(who, Person) else {"contact": who}
    row, _made = Following.objects.get_or_create(**key, defaults=said)
    return row


def _refuse_chooser(who: Person | Contact, by: Actor) -> None:
    """Errors: NotAllowed."""
    if isinstance(who, Person):
        allowed = by.person_id == who.pk
    elif by.contact_id == who.pk:
        allowed = True
    else:
        rows = Contact.objects.within(by, "customers.edit_contacts")
        allowed = rows.filter(pk=who.pk).exists()
    if not (allowed or by.unlimited):
        raise NotAllowed


def end_following(ending: Ending) -> None:
    """What a link of a mail ends: one ticket, or all digests. At once, and again at will."""
    who = {f"{ending.kind}_id": ending.key}
    with acting(system("unfollow")):
        if ending.ticket_id:
            rows = Watcher.objects.filter(ticket=ending.ticket_id, **who).select_related("ticket")
            for watcher in rows:
                ticket = watcher.ticket
                watcher.delete()
                wake_readers(ticket)
            return
        model = Person if ending.kind == "person" else Contact
        found = model._default_manager.filter(pk=ending.key).first()
        if isinstance(found, Person | Contact):
            follow_at(found, by=system("unfollow"), pace=Following.Pace.OFF)


# Writing them


def write_digests() -> int:
    """Write to each follower for whom it is time and on whose tickets something changed."""
    until = clock.now() - SETTLED
    people, contacts = followers_with_news(until)
    told = sum(_write(person, until) for person in present_people(people))
    return told + sum(_write(one, until, wants) for one, wants in _reachable(contacts))


def _reachable(keys: set[int]) -> Sequence[tuple[Contact, str]]:
    """With the language that each chose."""
    contacts = list(present_contacts(keys))
    reached = reach_of(contacts, None)
    machines = written_by_machines([contact.email for contact in contacts])
    return [
        (contact, reached[contact.pk].language)
        for contact in contacts
        if "followed" in reached[contact.pk].occasions and contact.email.lower() not in machines
    ]


def _write(who: Person | Contact, until: datetime, wants: str = "") -> bool:
    """One mail at most; two who write at the same time write one."""
    with transaction.atomic(), acting(DIGESTS):
        choice = _kept(who)
        held = Following.objects.select_for_update(skip_locked=True).filter(pk=choice.pk).first()
        if held is None:
            return False
        follower = Follower(who, held, wants)
        if not follower.is_due(clock.now()):
            return False
        with translation.override(follower.language), timezone.override(follower.zone):
            changed = changed_since(follower, until)
            if changed:
                _post(follower, changed)
        rows = {"person": who} if isinstance(who, Person) else {"contact": who}
        Watcher.objects.filter(**rows, told_at__lt=until).update(told_at=until)
        if changed:
            Following.objects.filter(pk=held.pk).update(sent_at=clock.now())
    return bool(changed)


def _post(follower: Follower, changed: Sequence[Changed]) -> None:
    who = follower.who
    every = link_to(Ending(follower.kind, who.pk))
    title = (
        f"[{changed[0].ticket.reference}] {changed[0].ticket.subject}"
        if len(changed) == 1
        else ngettext(
            "%(count)s ticket that you follow has changed",
            "%(count)s tickets that you follow have changed",
            len(changed),
        )
        % {"count": len(changed)}
    )
    digest = Digest(
        to=who.email,
        title=title,
        body="\n\n".join(_said(one, follower) for one in changed),
        language=follower.language,
        origin=f"desk.following:{follower.choice.pk}",
        why=_("You get this mail because you follow these tickets."),
        links=[(_("End all these mails"), every)],
        foot_links=[(_("Choose what we write to you about"), _where_to_choose(who))],
        every=every,
    )
    post_digest(digest, by=DIGESTS)


def _where_to_choose(who: Person | Contact) -> str:
    if isinstance(who, Contact):
        return preferring.link_to(who.pk)
    return settings.BASE_URL + reverse("organisation_preferences")


def _said(one: Changed, follower: Follower) -> str:
    ticket = one.ticket
    lines = [f"{ticket.reference} · {ticket.subject} ({ticket.get_state_display()})"]
    lines += [f"{_moment(at)} · {line}" for at, line in one.lines]
    if one.more:
        more = ngettext("and %(count)s before", "and %(count)s before", one.more)
        lines.append(more % {"count": one.more})
    end = link_to(Ending(follower.kind, follower.who.pk, ticket.pk))
    lines.append(_("Follow it no more: %(link)s") % {"link": end})
    return "\n".join(lines)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")

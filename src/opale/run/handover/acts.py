"""Acts of handovers: accept, refuse and propose tickets, sign, take back, and watch."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, create, form, place
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.run.handover.actions import cards, departures, signatures, watches
from opale.run.handover.forms import GiveForm, NoteForm, RefusalForm, SignatureForm, WatchForm
from opale.run.handover.models import Handover, HandoverItem, WatchItem
from opale.run.handover.queries import permissions, records, situation
from opale.run.handover.rights import WORK
from opale.run.handover.shapes import CountOut, HandoverOut, ItemOut, WatchOut
from opale.run.handover.states import ACCEPT, CALL, END_WATCH, SIGN, UNACCEPTED
from opale.run.shifts.queries.duties import service_desk


@dataclass(frozen=True, slots=True)
class Block:
    """The calm tickets of one person who leaves, in a handover."""

    handover: Handover
    leaver_id: int


def get_card(card_id: int, *, seen_by: Actor, handover: Handover) -> HandoverItem:
    return records.get_item(handover, card_id, seen_by=seen_by)


def get_block(leaver_id: int, *, seen_by: Actor, handover: Handover) -> Block:  # found as any row
    return Block(handover, leaver_id)


def accept_block(block: Block, *, by: Actor) -> int:
    """All calm tickets of one who leaves are the caller's, and sleep until something happens."""
    return cards.accept_block(block.handover, block.leaver_id, by=by)


def propose_block(block: Block, *, person: Person, by: Actor) -> int:
    """Propose all calm tickets of one who leaves to somebody, who still accepts them."""
    return cards.propose_block(block.handover, block.leaver_id, person, by=by)


def undo_of_acceptance(handover_id: int, **which: int) -> str:
    return f"{reverse('handover_undo', args=[handover_id])}?{urlencode(which)}"


def sleeping(_block: Block, count: int) -> str:
    """Return how many calm tickets were accepted."""
    return ngettext(
        "%(count)s ticket accepted. It stays quiet until something happens.",
        "%(count)s tickets accepted. They stay quiet until something happens.",
        count,
    ) % {"count": count}


def unsigning_of(held: Handover, signed: Handover) -> str:
    """Return the address that takes the signature back, until both have signed."""
    if not signed.is_open:
        return ""
    side = "arriving" if signed.arrived_at != held.arrived_at else "leaving"
    return f"{reverse('handover_unsign', args=[signed.pk])}?side={side}"


def usual_watch(_none: object, _by: Actor) -> dict[str, Any]:
    """Return whom a watch usually calls, and until when: until the next shift is over."""
    return {"calls": service_desk(), "until": clock.now() + situation.NEXT_SHIFT}


def region_of_record(handover_id: int) -> str:
    return reverse("handover_show", args=[handover_id])


def place_of_record(handover_id: int) -> Place:
    return region_of_record(handover_id), _("Handover")


HANDOVERS: Subject[Handover] = Subject(
    name="handovers", page="handovers/", endpoint="/handovers",
    home=place("handover_list", _("Handovers")),
)  # fmt: skip
HANDOVER = Subject(
    name="handover", model=Handover, get=records.get_handover, shape=HandoverOut,
    page="handovers/<int:handover_id>/", endpoint="/handovers/{int:handover_id}",
    home=lambda held: place_of_record(held.pk),
)  # fmt: skip
CARD = Subject(
    name="card", model=HandoverItem, get=get_card, shape=ItemOut, within=HANDOVER,
    above="handover", page="cards/<int:card_id>/",
    endpoint="/handovers/{int:handover_id}/items/{int:card_id}",
    home=lambda card: place_of_record(card.handover_id),
)  # fmt: skip
BLOCK: Subject[Any] = Subject(
    name="block", get=get_block, within=HANDOVER, column="leaver_id",
    page="blocks/<int:leaver_id>/", endpoint="/handovers/{int:handover_id}/blocks/{int:leaver_id}",
    home=lambda block: place_of_record(block.handover.pk),
)  # fmt: skip
WATCHES: Subject[WatchItem] = Subject(
    name="watches", page="handovers/watches/", endpoint="/watches",
    home=place("handover_watches", _("Watch list")),
)  # fmt: skip
WATCH = Subject(
    name="watch", model=WatchItem, get=permissions.get_watch, shape=WatchOut,
    page="handovers/watches/<int:watch_id>/", endpoint="/watches/{int:watch_id}",
    home=WATCHES.home,
)  # fmt: skip

ACTS = (
    button(
        HANDOVERS, departures.prepare_next, "prepare_handover", WORK, noun=None,
        page="preparation", made=HANDOVER, label=_("Prepare next handover"), icon="clipboard-list",
    ),
    button(
        HANDOVERS, departures.take_all_back, "take_all_back", WORK, noun="return", gives=CountOut,
        label=_("Take all back"), icon="arrow-back-up", key="t",
        said=lambda _none, taken: ngettext(
            "%(count)s ticket is yours again.", "%(count)s tickets are yours again.", len(taken)
        )
        % {"count": len(taken)},
        home=lambda _none: (reverse("desk_view", args=["mine"]), ""),
        text="All that the caller handed over, and that was only handed over since.",
    ),
    button(
        HANDOVER, signatures.sign, "sign_handover", WORK, move=SIGN, noun="signature",
        of=SignatureForm, icon="check", region=lambda held: region_of_record(held.pk),
        undo=unsigning_of,
        said=lambda _held, signed: gettext("Handover signed.")
        if signed.is_open
        else gettext("Signed by both shifts. The handover can no longer be changed."),
        text="With both signatures nothing of the record changes any more.",
    ),
    button(
        CARD, cards.accept_card, "accept_item", WORK, move=ACCEPT, noun="acceptance",
        region=lambda card: region_of_record(card.handover_id),
        said=lambda card, _made: gettext("%(number)s is now yours.")
        % {"number": card.ticket.reference},
        undo=lambda card, _made: undo_of_acceptance(card.handover_id, items=card.pk),
        text="The ticket is the caller's from this minute.",
    ),
    form(
        CARD, cards.refuse_card, "refuse_item", WORK, RefusalForm, noun="refusal",
        states=UNACCEPTED, title=_("Refuse %(card)s"), submit=_("Refuse"),
        said=_("Refused. Proposed to the next person."),
        text="The next who could take it is proposed.",
    ),
    form(
        CARD, cards.propose_card, "propose_item", WORK, GiveForm, noun="proposal",
        states=UNACCEPTED, initial=lambda card, _by: {"person": card.proposed_id},
        title=_("Propose %(card)s to"), submit=_("Propose"),
        said=_("Proposed. Waiting for acceptance."),
        text="Name who takes it; that person still accepts it.",
    ),
    form(
        CARD, cards.add_card_note, "note_item", WORK, NoteForm, noun=None, page="note",
        states=UNACCEPTED, initial=lambda card, _by: {"note": card.note},
        title=_("Next step for %(card)s"), submit=_("Save"), said=_("Note saved."),
    ),
    button(
        BLOCK, accept_block, "accept_block", WORK, noun="acceptance", gives=CountOut,
        region=lambda block: region_of_record(block.handover.pk), said=sleeping,
        undo=lambda block, _made: undo_of_acceptance(block.handover.pk, leaver=block.leaver_id),
    ),
    form(
        BLOCK, propose_block, "propose_block", WORK, GiveForm, noun=None, page="proposal",
        title=_("Propose low-activity tickets to"), submit=_("Propose"),
        said=_("Proposed. Waiting for acceptance."),
    ),
    create(
        WATCHES, watches.create_watch, "watch_for", WORK, WatchForm, made=WatchOut, noun="",
        names={"calls": "calls_id"}, optional={"minutes"}, initial=usual_watch,
        title=_("New watch item"), submit=_("Add to watch list"), label=_("New watch item"),
        icon="plus", key="w", tone="primary",
        said=_("Added to the watch list and to the handover."), home=WATCHES.home,
        text="It stands in the handover until then.",
    ),
    button(
        WATCH, watches.trigger_watch, "call_about_watch", WORK, move=CALL, noun="call",
        icon="bell-ringing", key="c",
        said=lambda watch, _made: gettext("Paging %(team)s.") % {"team": watch.calls.name},
        text="It happened: people are called by the escalation policies.",
    ),
    button(
        WATCH, watches.end_watch, "end_watch", WORK, move=END_WATCH, noun="end", tone="ghost",
        said=_("Removed from the watch list."),
    ),
)  # fmt: skip

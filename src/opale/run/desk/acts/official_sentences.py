"""Acts on the official sentence of an incident."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, remove
from opale.kernel.actor import Actor
from opale.run.desk.actions import official_sentences
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.official_sentences import SentenceForm
from opale.run.desk.models import OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.official_sentences import SentenceOut
from opale.run.desk.states import RUNNING_STATES


def get_version(sentence_id: int, *, seen_by: Actor, ticket: Ticket) -> OfficialSentence:
    return official_sentence_queries.get_sentence_version(ticket, sentence_id, seen_by=seen_by)


def way_back(ticket: Ticket, before: OfficialSentence | None) -> str:
    """Return the address that takes back what was said after a version."""
    if before is None or before.withdrawn:
        return reverse("desk_withdraw_sentence", args=[ticket.number])
    return reverse("desk_repeat_sentence", args=[ticket.number, before.pk])


def region_of_sentence(ticket: Ticket) -> str:
    """Return the address of the region with the official sentence."""
    return reverse("desk_sentence", args=[ticket.number])


def former_version(ticket: Ticket, withdrawal: OfficialSentence | None) -> str:
    """Return the address that publishes again what was withdrawn, if anything was."""
    if withdrawal is None:
        return ""
    return way_back(ticket, official_sentence_queries.version_before(withdrawal))


VERSION = Subject(
    name="version", model=OfficialSentence, get=get_version, within=TICKET, above="ticket",
    page="sentence/versions/<int:sentence_id>/", home=lambda row: place_of(row.ticket),
)  # fmt: skip

ACTS = (
    form(
        TICKET, official_sentences.publish_sentence, "say_sentence", WORK, SentenceForm,
        noun="sentence", page=None, verb="PUT", states=RUNNING_STATES, names={"seen": "seen_id"},
        gives=SentenceOut, text="Say it anew, in both languages; `seen_id` is the version that was"
        " read before (0: none): it is said unless another is.",
    ),
    remove(
        TICKET, official_sentences.withdraw_sentence, "withdraw_sentence", WORK, noun="sentence",
        page="sentence/withdrawal", states=RUNNING_STATES, label=_("Withdraw"),
        region=region_of_sentence,
        said=_("Approved message withdrawn."), undo=former_version,
        text="Nothing official is said from now on; what was said before stays on record.",
    ),
    button(
        VERSION, official_sentences.republish_sentence, "repeat_sentence", WORK, noun=None, page="",
        region=lambda version: region_of_sentence(version.ticket),
        said=_("Approved message published."),
    ),
)  # fmt: skip

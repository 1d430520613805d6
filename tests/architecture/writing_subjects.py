"""What the parameters of routes name of what is written at the desk."""

from collections.abc import Mapping

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.kernel.states import perform
from opale.messaging.actions import create_channel, queue_channel_message
from opale.messaging.models import ChannelMessage
from opale.messaging.states import GIVE_UP
from opale.run.desk.actions import (
    Acts,
    MacroSheet,
    ModuleSheet,
    NewTicket,
    Writing,
    create_macro,
    create_module,
    keep_draft,
    make_channel_rule,
    receive_ticket,
    run_macro,
    say_sentence,
)
from opale.run.desk.models import Source, Ticket
from opale.run.desk.preferring import token_of as preferring_token_of
from opale.run.desk.unfollowing import Ending, token_of


def desk_writing(house: Personas) -> Mapping[str, object]:
    ticket, agent = Ticket.objects.get(subject="Lien coupé"), house.actor("desk_agent")
    said = say_sentence(ticket, "Un lien est coupé.", "A link is cut.", by=agent)
    sheet = ModuleSheet(name_fr="Reçu", name_en="Received", body_fr="Reçu.", body_en="Received.")
    module = create_module(sheet, by=house.actor("service_manager"))
    begun = Writing(kind="internal", device="desk", sitting="1", body="À voir")
    draft = keep_draft(ticket, begun, by=agent)
    assert draft is not None
    lead = house.actor("service_manager")
    marking = MacroSheet(name_fr="Suivre", name_en="Follow", acts=Acts(tags=("suivi",)))
    other = receive_ticket(NewTicket(subject="Marqué", source=Source.PHONE), by=MAKER)
    run = run_macro(other, create_macro(marking, by=lead), by=agent)
    marking = MacroSheet(name_fr="Marquer", name_en="Mark", acts=Acts(tags=("vu",)))
    channel = create_channel(by=MAKER, name="Room", address="json://hooks.example.net/x")
    told = queue_channel_message(
        channel, by=MAKER, origin="house", title="Told", body="Told.", key="house"
    )
    assert told is not None
    perform(GIVE_UP, ChannelMessage.objects.filter(pk=told.pk), by=MAKER, at=now())
    rule = make_channel_rule(
        channel, by=MAKER, team=house.teams["desk_agent"], events=["opened"], priority=1
    )
    return {
        "channel_id": channel.pk,
        "channel_message_id": told.pk,
        "channel_rule_id": rule.pk,
        "sentence_id": said.pk,
        "occasion": "reply",
        "preferring_token": preferring_token_of(house.other_contact.pk),
        "unfollow_token": token_of(Ending("contact", house.other_contact.pk)),
        "language": "fr",
        "module_id": module.pk,
        "draft_id": draft.pk,
        "macro_id": create_macro(marking, by=lead).pk,
        "run_id": run.pk,
    }

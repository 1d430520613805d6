"""What the parameters of routes name of what is written at the desk."""

from collections.abc import Mapping

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.kernel.states import perform
from opale.messaging.actions.channels import create_channel, queue_channel_message
from opale.messaging.models import ChannelMessage
from opale.messaging.states import GIVE_UP
from opale.run.desk.actions.channel_rules import create_channel_rule
from opale.run.desk.actions.drafts import DraftInput, save_draft
from opale.run.desk.actions.macro_definitions import MacroInput, create_macro
from opale.run.desk.actions.macros import MacroActs, run_macro
from opale.run.desk.actions.official_sentences import publish_sentence
from opale.run.desk.actions.text_modules import TextModuleInput, create_text_module
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Source, Ticket
from opale.run.desk.queries.notice_links import notice_token_of as preferring_token_of
from opale.run.desk.queries.unsubscribe_links import Unsubscription, unsubscribe_token_of


def desk_writing(house: Personas) -> Mapping[str, object]:
    ticket, agent = Ticket.objects.get(subject="Lien coupé"), house.actor("desk_agent")
    said = publish_sentence(ticket, "Un lien est coupé.", "A link is cut.", by=agent)
    sheet = TextModuleInput(
        name_fr="Reçu", name_en="Received", body_fr="Reçu.", body_en="Received."
    )
    module = create_text_module(sheet, by=house.actor("service_manager"))
    begun = DraftInput(kind="internal", device="desk", sitting="1", body="À voir")
    draft = save_draft(ticket, begun, by=agent)
    assert draft is not None
    lead = house.actor("service_manager")
    marking = MacroInput(name_fr="Suivre", name_en="Follow", acts=MacroActs(tags=("suivi",)))
    other = receive_ticket(NewTicket(subject="Marqué", source=Source.PHONE), by=MAKER)
    run = run_macro(other, create_macro(marking, by=lead), by=agent)
    marking = MacroInput(name_fr="Marquer", name_en="Mark", acts=MacroActs(tags=("vu",)))
    channel = create_channel(by=MAKER, name="Room", address="json://hooks.example.net/x")
    told = queue_channel_message(
        channel, by=MAKER, origin="house", title="Told", body="Told.", key="house"
    )
    assert told is not None
    perform(GIVE_UP, ChannelMessage.objects.filter(pk=told.pk), by=MAKER, at=now())
    rule = create_channel_rule(
        channel, by=MAKER, team=house.teams["desk_agent"], events=["opened"], priority=1
    )
    return {
        "channel_id": channel.pk,
        "channel_message_id": told.pk,
        "channel_rule_id": rule.pk,
        "sentence_id": said.pk,
        "occasion": "reply",
        "preferring_token": preferring_token_of(house.other_contact.pk),
        "unfollow_token": unsubscribe_token_of(Unsubscription("contact", house.other_contact.pk)),
        "language": "fr",
        "module_id": module.pk,
        "draft_id": draft.pk,
        "macro_id": create_macro(marking, by=lead).pk,
        "run_id": run.pk,
    }

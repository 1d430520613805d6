"""What the desk mails on an occasion, by the API: read, written, shipped again, tried."""

from datetime import datetime

from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.customers.models import SupportPlan
from opale.customers.queries import plan_coded
from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.preconditions import unless_shown_otherwise
from opale.messaging.queries import as_html, as_text
from opale.run.desk import actions, queries
from opale.run.desk.actions.mail_texts import LONGEST_MAIL
from opale.run.desk.occasions import NAMED, MailWords
from opale.run.desk.queries.mail_texts import TextState, words_for
from opale.run.desk.rights import ADMINISTER

router = Router()


class MailTextOut(Schema):
    """`plan` is empty for all plans. `is_shipped`: nobody wrote another; `author` and `at` are of
    who did."""

    occasion: str
    language: str
    plan: str
    subject: str
    body: str
    is_shipped: bool
    author: str
    at: datetime | None


class MailTextIn(Schema):
    subject: str = Field(max_length=300)
    body: str = Field(max_length=LONGEST_MAIL)


class Tried(MailTextIn):
    ticket: int = Field(description="The number of the ticket on which the mail is shown")


class TriedOut(Schema):
    """A mail as it would go out; `missing` are variables without value on the ticket: their lines
    are left out. `unknown` are no variables at all."""

    subject: str
    text: str
    html: str
    missing: list[str]
    unknown: list[str]


@router.get("/mail/texts", response=list[MailTextOut], auth=may(ADMINISTER))
def list_mail_texts(request: AskedRequest) -> list[MailTextOut]:
    """Each occasion in each language, for all plans and for those with a text of their own."""
    return [_shown(state) for state in queries.mail_texts(seen_by=request.actor)]


@router.get("/mail/texts/{str:occasion}/{str:language}", response=MailTextOut, auth=may(ADMINISTER))
def get_mail_text(
    request: AskedRequest, occasion: str, language: str, plan: str = ""
) -> MailTextOut:
    """The text that counts; for a plan without one of its own, that of all plans."""
    return _read(request, occasion, language, _plan(request, plan))


@router.put("/mail/texts/{str:occasion}/{str:language}", response=MailTextOut, auth=may(ADMINISTER))
def write_mail_text(
    request: AskedRequest, occasion: str, language: str, body: MailTextIn, plan: str = ""
) -> MailTextOut:
    """It counts from now on. With `If-Match`, only if it is still what was read."""
    wanted = _plan(request, plan)

    def shown() -> MailTextOut:
        return _read(request, occasion, language, wanted)

    shown()
    with unless_shown_otherwise(request, f"desk.mail_text:{occasion}.{language}", shown):
        words = MailWords(body.subject, body.body)
        actions.write_mail_text(NAMED[occasion], language, wanted, words, by=request.actor)
    return shown()


@router.delete(
    "/mail/texts/{str:occasion}/{str:language}", response={204: None}, auth=may(ADMINISTER)
)
def ship_mail_text(
    request: AskedRequest, occasion: str, language: str, plan: str = ""
) -> Status[None]:
    """Back to what Opale ships; for a plan, to the text of all plans."""
    wanted = _plan(request, plan)
    state, _words = queries.mail_text(occasion, language, wanted, seen_by=request.actor)
    actions.ship_mail_text(state.occasion, language, wanted, by=request.actor)
    return Status(204, None)


@router.post(
    "/mail/texts/{str:occasion}/{str:language}/preview",
    response=TriedOut,
    auth=may(ADMINISTER),
)
def try_mail_text(request: AskedRequest, occasion: str, language: str, body: Tried) -> TriedOut:
    """The mail on a ticket with these words; nothing is kept or sent."""
    state, _words = queries.mail_text(occasion, language, None, seen_by=request.actor)
    ticket = queries.get_ticket(body.ticket, seen_by=request.actor)
    words = MailWords(body.subject, body.body)
    found = queries.previewed(ticket, state.occasion, words, language, by=request.actor)
    return TriedOut(
        subject=found.subject,
        text=as_text(found.letter),
        html=as_html(found.letter),
        missing=[variable.name for variable in found.missing],
        unknown=list(found.unknown),
    )


def _plan(request: AskedRequest, code: str) -> SupportPlan | None:
    return plan_coded(code, seen_by=request.actor) if code else None


def _read(
    request: AskedRequest, occasion: str, language: str, plan: SupportPlan | None
) -> MailTextOut:
    state, _words = queries.mail_text(occasion, language, plan, seen_by=request.actor)
    return _shown(state)


def _shown(state: TextState) -> MailTextOut:
    plan, last = state.plan, state.last
    words = words_for(state.occasion.name, state.language, plan.pk if plan else None)
    return MailTextOut(
        occasion=state.occasion.name,
        language=state.language,
        plan=plan.code if plan else "",
        subject=words.subject,
        body=words.body,
        is_shipped=last is None,
        author=last.actor_name if last else "",
        at=last.at if last else None,
    )

"""Writing at the desk. Every rule stands in the module of its subject; this is the door."""

from opale.run.desk.actions.alerts import (
    attach_alert,
    detach_alert,
    note_risen_alerts,
    open_incident,
    open_qualified_incident,
    show_cleared_alerts,
)
from opale.run.desk.actions.answers import (
    answer_customer,
    edit_answer,
    refuse_answer,
    see_answer,
    send_answer,
)
from opale.run.desk.actions.approvals import (
    decide_approval,
)
from opale.run.desk.actions.asking import (
    report_trouble,
    write_as_requester,
)
from opale.run.desk.actions.assignments import (
    WORK_LISTS,
    Ask,
    accept_assignment,
    ask_for_work,
    finish_assignment,
    follow_assignment,
    mail_supplier,
    note_on_assignment,
    return_assignment,
    withdraw_assignment,
    withdraw_running,
)
from opale.run.desk.actions.attachments import (
    attach_file,
    withdraw_attachment,
)
from opale.run.desk.actions.breakers import forget_breakers
from opale.run.desk.actions.bulk import (
    ask_for_bulk,
    confirm_bulk,
    forget_old_bulks,
    run_bulk,
    stop_bulk,
    undo_bulk,
    undoable,
)
from opale.run.desk.actions.bulk_acts import Wanted, may_be_undone
from opale.run.desk.actions.catalogue import (
    TypeSheet,
    create_type,
    edit_type,
    load_catalogue,
    reinstate_type,
    retire_type,
)
from opale.run.desk.actions.channel_rules import (
    end_channel_rule,
    make_channel_rule,
    tell_breached,
    tell_classified,
    tell_received,
    tell_reopened,
    tell_soon,
)
from opale.run.desk.actions.classifying import (
    Findings,
    classify_ticket,
    qualify_ticket,
    reclassify_ticket,
    rename_ticket,
)
from opale.run.desk.actions.commitments import (
    latch_breaches,
    rebuild_commitments,
    refresh_all,
    refresh_commitments,
    refreshed_together,
)
from opale.run.desk.actions.conversing import (
    note_bounced_mail,
    note_failed_mail,
    note_refused_addresses,
    recipients_of,
    write_note,
    write_to_customer,
)
from opale.run.desk.actions.digests import end_following, follow_at, write_digests
from opale.run.desk.actions.drafts import (
    Sitting,
    Writing,
    discard_draft,
    keep_draft,
    restore_draft,
    sweep_drafts,
    take_over_draft,
)
from opale.run.desk.actions.families import (
    ACTS,
    Act,
    Member,
    Spread,
    preview,
    spread,
)
from opale.run.desk.actions.following import (
    follow_given_plan,
    follow_plan_version,
)
from opale.run.desk.actions.interventions import (
    agree_intervention,
    end_intervention,
)
from opale.run.desk.actions.kept import (
    KEPT_LISTS,
    MOST_VIEWS,
    edit_view,
    move_view,
    open_first,
    remove_view,
    restore_view,
    save_view,
    share_view,
)
from opale.run.desk.actions.life import (
    cancel_ticket,
    close_ticket,
    reopen_ticket,
    resolve_ticket,
    resolve_tickets,
    restore_by_work,
    restore_service,
    withdraw_restoration,
)
from opale.run.desk.actions.links import (
    link_tickets,
    unlink_tickets,
)
from opale.run.desk.actions.macro_sheets import (
    MacroSheet,
    create_macro,
    edit_macro,
    reinstate_macro,
    retire_macro,
)
from opale.run.desk.actions.macros import Acts, Tried, run_macro, try_macro, undo_macro
from opale.run.desk.actions.mail import take_in
from opale.run.desk.actions.mail_texts import ship_mail_text, write_mail_text
from opale.run.desk.actions.marks import (
    add_reference,
    change_tags,
    remove_reference,
    set_confidential,
    set_tags,
    unwatch,
    watch,
)
from opale.run.desk.actions.merging import (
    UNDOABLE_FOR,
    merge_tickets,
    undo_merge,
)
from opale.run.desk.actions.modules import (
    ModuleSheet,
    create_module,
    edit_module,
    reinstate_module,
    retire_module,
)
from opale.run.desk.actions.news import see_news
from opale.run.desk.actions.notices import (
    choose_notices,
    tell_closed,
    tell_resolved,
    tell_restored,
    tell_update_due,
)
from opale.run.desk.actions.outages import (
    state_outage,
)
from opale.run.desk.actions.ownership import (
    give_back,
    give_ticket,
    pass_on_work,
    take_ticket,
)
from opale.run.desk.actions.participants import (
    accept_participant,
    edit_mailbox_rules,
    join_proposed,
    propose_again,
    refuse_proposed,
    remove_participant,
)
from opale.run.desk.actions.pauses import (
    correct_pause,
    pause_ticket,
    record_pause,
    resume_as_agreed,
    resume_ticket,
    withdraw_pause,
)
from opale.run.desk.actions.presence import be_present, leave
from opale.run.desk.actions.receiving import (
    NewTicket,
    receive_ticket,
)
from opale.run.desk.actions.rejecting import (
    reject_ticket,
)
from opale.run.desk.actions.requests import (
    NewRequest,
    receive_request,
    reroute_request,
    revise_request,
)
from opale.run.desk.actions.sentences import (
    repeat_sentence,
    say_sentence,
    withdraw_sentence,
)
from opale.run.desk.actions.settings import (
    edit_stream,
    remove_level_target,
    set_level_target,
)
from opale.run.desk.actions.splitting import (
    move_message,
    split_ticket,
    undo_message_move,
    undo_split,
)
from opale.run.desk.actions.taking_back import ToldBefore, take_back_message
from opale.run.desk.actions.time import (
    correct_time,
    log_time,
    remove_time,
    start_timer,
    stop_timer,
)
from opale.run.desk.actions.triaging import (
    accept_proposals,
    learn_words,
)
from opale.run.desk.actions.walls import make_wall_key, note_wall_seen, revoke_wall_key

__all__ = [
    "ACTS",
    "KEPT_LISTS",
    "MOST_VIEWS",
    "UNDOABLE_FOR",
    "WORK_LISTS",
    "Act",
    "Acts",
    "Ask",
    "Findings",
    "MacroSheet",
    "Member",
    "ModuleSheet",
    "NewRequest",
    "NewTicket",
    "Sitting",
    "Spread",
    "ToldBefore",
    "Tried",
    "TypeSheet",
    "Wanted",
    "Writing",
    "accept_assignment",
    "accept_participant",
    "accept_proposals",
    "add_reference",
    "agree_intervention",
    "answer_customer",
    "ask_for_bulk",
    "ask_for_work",
    "attach_alert",
    "attach_file",
    "be_present",
    "cancel_ticket",
    "change_tags",
    "choose_notices",
    "classify_ticket",
    "close_ticket",
    "confirm_bulk",
    "correct_pause",
    "correct_time",
    "create_macro",
    "create_module",
    "create_type",
    "decide_approval",
    "detach_alert",
    "discard_draft",
    "edit_answer",
    "edit_macro",
    "edit_mailbox_rules",
    "edit_module",
    "edit_stream",
    "edit_type",
    "edit_view",
    "end_channel_rule",
    "end_following",
    "end_intervention",
    "finish_assignment",
    "follow_assignment",
    "follow_at",
    "follow_given_plan",
    "follow_plan_version",
    "forget_breakers",
    "forget_old_bulks",
    "give_back",
    "give_ticket",
    "join_proposed",
    "keep_draft",
    "latch_breaches",
    "learn_words",
    "leave",
    "link_tickets",
    "load_catalogue",
    "log_time",
    "mail_supplier",
    "make_channel_rule",
    "make_wall_key",
    "may_be_undone",
    "merge_tickets",
    "move_message",
    "move_view",
    "note_bounced_mail",
    "note_failed_mail",
    "note_on_assignment",
    "note_refused_addresses",
    "note_risen_alerts",
    "note_wall_seen",
    "open_first",
    "open_incident",
    "open_qualified_incident",
    "pass_on_work",
    "pause_ticket",
    "preview",
    "propose_again",
    "qualify_ticket",
    "rebuild_commitments",
    "receive_request",
    "receive_ticket",
    "recipients_of",
    "reclassify_ticket",
    "record_pause",
    "refresh_all",
    "refresh_commitments",
    "refreshed_together",
    "refuse_answer",
    "refuse_proposed",
    "reinstate_macro",
    "reinstate_module",
    "reinstate_type",
    "reject_ticket",
    "remove_level_target",
    "remove_participant",
    "remove_reference",
    "remove_time",
    "remove_view",
    "rename_ticket",
    "reopen_ticket",
    "repeat_sentence",
    "report_trouble",
    "reroute_request",
    "resolve_ticket",
    "resolve_tickets",
    "restore_by_work",
    "restore_draft",
    "restore_service",
    "restore_view",
    "resume_as_agreed",
    "resume_ticket",
    "retire_macro",
    "retire_module",
    "retire_type",
    "return_assignment",
    "revise_request",
    "revoke_wall_key",
    "run_bulk",
    "run_macro",
    "save_view",
    "say_sentence",
    "see_answer",
    "see_news",
    "send_answer",
    "set_confidential",
    "set_level_target",
    "set_tags",
    "share_view",
    "ship_mail_text",
    "show_cleared_alerts",
    "split_ticket",
    "spread",
    "start_timer",
    "state_outage",
    "stop_bulk",
    "stop_timer",
    "sweep_drafts",
    "take_back_message",
    "take_in",
    "take_over_draft",
    "take_ticket",
    "tell_breached",
    "tell_classified",
    "tell_closed",
    "tell_received",
    "tell_reopened",
    "tell_resolved",
    "tell_restored",
    "tell_soon",
    "tell_update_due",
    "try_macro",
    "undo_bulk",
    "undo_macro",
    "undo_merge",
    "undo_message_move",
    "undo_split",
    "undoable",
    "unlink_tickets",
    "unwatch",
    "watch",
    "withdraw_assignment",
    "withdraw_attachment",
    "withdraw_pause",
    "withdraw_restoration",
    "withdraw_running",
    "withdraw_sentence",
    "write_as_requester",
    "write_digests",
    "write_mail_text",
    "write_note",
    "write_to_customer",
]

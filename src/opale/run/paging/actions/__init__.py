"""Writing in paging: the door to the modules of this folder."""

from opale.run.paging.actions.advancing import run_due
from opale.run.paging.actions.answering import (
    answer,
    answer_about,
    answer_page,
    end,
    resolve_about,
    rouse,
    rouse_about,
)
from opale.run.paging.actions.contacts import (
    add_browser,
    add_method,
    edit_method,
    keep_quiet,
    remove_method,
    send_code,
    try_method,
    verify_method,
)
from opale.run.paging.actions.delivering import push_key
from opale.run.paging.actions.gateways import create_gateway, delete_gateway, edit_gateway
from opale.run.paging.actions.policies import (
    create_policy,
    delete_policy,
    edit_policy,
    move_policy,
)
from opale.run.paging.actions.slips import (
    edit_fix,
    fill_in_slip,
    finish_fix,
    judge_slip,
    let_rest,
)
from opale.run.paging.actions.starting import start, start_all

__all__ = [
    "add_browser",
    "add_method",
    "answer",
    "answer_about",
    "answer_page",
    "create_gateway",
    "create_policy",
    "delete_gateway",
    "delete_policy",
    "edit_fix",
    "edit_gateway",
    "edit_method",
    "edit_policy",
    "end",
    "fill_in_slip",
    "finish_fix",
    "judge_slip",
    "keep_quiet",
    "let_rest",
    "move_policy",
    "push_key",
    "remove_method",
    "resolve_about",
    "rouse",
    "rouse_about",
    "run_due",
    "send_code",
    "start",
    "start_all",
    "try_method",
    "verify_method",
]

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
from opale.run.paging.actions.policies import (
    create_policy,
    delete_policy,
    edit_policy,
    move_policy,
)
from opale.run.paging.actions.starting import start, start_all

__all__ = [
    "answer",
    "answer_about",
    "answer_page",
    "create_policy",
    "delete_policy",
    "edit_policy",
    "end",
    "move_policy",
    "resolve_about",
    "rouse",
    "rouse_about",
    "run_due",
    "start",
    "start_all",
]

from django.urls import path

from opale.run.paging.web import board, contacts, dry_run, links, mine, policies

urlpatterns = [
    path("paging/", board.index, name="paging_board"),
    path("paging/mine/", mine.show, name="paging_mine"),
    path("paging/dry-run/", dry_run.show, name="paging_dry_run"),
    path("paging/worker.js", contacts.worker, name="paging_worker"),
    path("paging/contacts/", contacts.index, name="paging_contacts"),
    path("paging/contacts/new/", contacts.new, name="paging_contact_new"),
    path("paging/contacts/quiet/", contacts.quiet, name="paging_quiet"),
    path("paging/contacts/browser/", contacts.browser, name="paging_contact_browser"),
    path("paging/contacts/<int:method_id>/code/", contacts.code, name="paging_contact_code"),
    path(
        "paging/contacts/<int:method_id>/code/new/",
        contacts.new_code,
        name="paging_contact_new_code",
    ),
    path("paging/contacts/<int:method_id>/trial/", contacts.trial, name="paging_contact_trial"),
    path("paging/contacts/<int:method_id>/removal/", contacts.remove, name="paging_contact_remove"),
    path("paging/pick/person/", policies.pick_person, name="paging_pick_person"),
    path("paging/policies/", policies.index, name="paging_policies"),
    path("paging/policies/new/", policies.new, name="paging_policy_new"),
    path("paging/policies/<int:policy_id>/", policies.show, name="paging_policy"),
    path("paging/policies/<int:policy_id>/edit/", policies.edit, name="paging_policy_edit"),
    path("paging/policies/<int:policy_id>/place/", policies.place, name="paging_policy_place"),
    path("paging/policies/<int:policy_id>/switch/", policies.switch, name="paging_policy_switch"),
    path("paging/policies/<int:policy_id>/removal/", policies.remove, name="paging_policy_remove"),
    path("paging/answer/<str:token>/", links.answer, name="paging_link"),
    path("paging/<int:mobilisation_id>/", board.show, name="paging_mobilisation"),
    path("paging/<int:mobilisation_id>/answer/", board.answer, name="paging_answer"),
    path("paging/<int:mobilisation_id>/return/", board.give_back, name="paging_return"),
    path("paging/<int:mobilisation_id>/end/", board.end, name="paging_end"),
]

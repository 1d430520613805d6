from django.urls import path

from opale.listings.pages import page_of
from opale.run.paging.listings import MOBILISATIONS, SLIPS_LIST
from opale.run.paging.web import (
    answer_links,
    board,
    contacts,
    dry_run,
    gateways,
    my_pages,
    policies,
    slips,
)

urlpatterns = [
    path("paging/", page_of(MOBILISATIONS), name="paging_board"),
    path("paging/mine/", my_pages.show, name="paging_mine"),
    path("paging/dry-run/", dry_run.show, name="paging_dry_run"),
    path("paging/worker.js", contacts.worker, name="paging_worker"),
    path("paging/contacts/", contacts.index, name="paging_contacts"),
    path("paging/contacts/browser/", contacts.browser, name="paging_contact_browser"),
    path("paging/gateways/", gateways.index, name="paging_gateways"),
    path("paging/pick/customer/", policies.pick_customer, name="paging_pick_customer"),
    path("paging/pick/person/", policies.pick_person, name="paging_pick_person"),
    path("paging/policies/", policies.index, name="paging_policies"),
    path("paging/policies/new/", policies.new, name="paging_policy_new"),
    path("paging/policies/<int:policy_id>/", policies.show, name="paging_policy"),
    path("paging/policies/<int:policy_id>/edit/", policies.edit, name="paging_policy_edit"),
    path("paging/slips/", page_of(SLIPS_LIST), name="paging_slips"),
    path("paging/slips/payroll.csv", slips.payroll, name="paging_payroll"),
    path("paging/slips/pick/owner/", slips.pick_owner, name="paging_pick_owner"),
    path("paging/answer/<str:token>/", answer_links.answer, name="paging_link"),
    path("paging/<int:mobilisation_id>/", board.show, name="paging_mobilisation"),
]

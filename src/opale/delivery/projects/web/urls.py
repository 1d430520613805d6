from django.urls import path

from opale.delivery.projects.listings.managers import PROJECT_MANAGERS
from opale.delivery.projects.listings.projects import PROJECTS
from opale.delivery.projects.listings.templates import DELIVERY_TEMPLATES
from opale.delivery.projects.web import attention, managers, placements, portfolio, templates, views
from opale.listings.pages import page_of
from opale.listings.views import export_of

PROJECT = "projects/<int:project_number>"
PACKAGE = f"{PROJECT}/packages/<int:package_id>"
NEED = f"{PROJECT}/needs/<int:need_id>"
TEMPLATE = "project-templates/<slug:offering_code>"
OF_ORDER = "projects/of-order/<int:order_number>"
OF_CUSTOMER = "projects/of-customer/<str:customer_code>"

urlpatterns = [
    path("projects/", page_of(PROJECTS), name="projects_list"),
    path("projects/export.csv", export_of(PROJECTS, "csv"), name="projects_export"),
    path("projects/timeline/", portfolio.timeline, name="projects_timeline"),
    path("projects/managers/", page_of(PROJECT_MANAGERS), name="projects_managers"),
    path("projects/now/", attention.now, name="projects_now"),
    path(f"{OF_ORDER}/", portfolio.of_order, name="projects_of_order"),
    path(f"{OF_CUSTOMER}/", portfolio.of_customer, name="projects_of_customer"),
    path(f"{PROJECT}/", views.show, name="projects_show"),
    path(f"{PROJECT}/deliverables/", views.proofs, name="projects_proofs"),
    path(f"{PROJECT}/promises/", views.promises, name="projects_promises"),
    path(f"{PROJECT}/following/", views.following, name="projects_following"),
    path(f"{PROJECT}/manager/", managers.manager, name="projects_manager"),
    path(f"{PROJECT}/manager/<int:person_id>/", managers.lead, name="projects_lead"),
    path(f"{NEED}/place/", placements.place, name="projects_place"),
    path(f"{PACKAGE}/why/", views.why, name="projects_why"),
    path("project-templates/", page_of(DELIVERY_TEMPLATES), name="projects_templates"),
    path(f"{TEMPLATE}/", templates.show, name="projects_template"),
    path(f"{TEMPLATE}/own/", templates.own, name="projects_template_own"),
    path(f"{TEMPLATE}/steps/new/", templates.new_step, name="projects_step_new"),
    path(f"{TEMPLATE}/steps/<slug:step_key>/", templates.edit_step, name="projects_step"),
]

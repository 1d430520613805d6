from django.urls import path

from opale.listings.pages import page_of
from opale.listings.pickers import pick_of
from opale.organisation.listings import AUDIT_LOG, CALENDARS, COMPANIES, PEOPLE, SKILLS, TOKENS
from opale.organisation.web import account, people, person_figures, teams
from opale.reference_tables.pages import pages_of

urlpatterns = [
    path("teams/", teams.chart, name="organisation_teams"),
    path("teams/<int:team_id>/", teams.show, name="organisation_team"),
    path("people/", page_of(PEOPLE), name="organisation_people"),
    path(
        "people/pick/",
        pick_of(PEOPLE, lambda person: (person.name, person.job_title)),
        name="organisation_people_pick",
    ),
    path("people/<int:person_id>/", people.show, name="organisation_person"),
    *pages_of(COMPANIES),
    *pages_of(SKILLS),
    path(
        "skills/pick/",
        pick_of(SKILLS.listing, lambda skill: (skill.name, skill.family)),
        name="organisation_skills_pick",
    ),
    path("calendars/", page_of(CALENDARS), name="organisation_calendars"),
    path(
        "account/sessions/<int:session_id>/end/",
        account.end_session,
        name="organisation_end_session",
    ),
    path("tokens/", page_of(TOKENS), name="organisation_tokens"),
    path("audit-log/", page_of(AUDIT_LOG), name="organisation_audit_log"),
    path("settings/figures-by-person/", person_figures.show, name="organisation_person_figures"),
    path("preferences/", account.preferences, name="organisation_preferences"),
]

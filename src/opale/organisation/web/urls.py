from django.urls import path

from opale.listings.pages import page_of
from opale.organisation.listings import PEOPLE, TOKENS
from opale.organisation.web import account, companies, people, reference, teams

urlpatterns = [
    path("teams/", teams.chart, name="organisation_teams"),
    path("teams/<int:team_id>/", teams.show, name="organisation_team"),
    path("people/", page_of(PEOPLE), name="organisation_people"),
    path("people/pick/", people.pick, name="organisation_people_pick"),
    path("people/<int:person_id>/", people.show, name="organisation_person"),
    path("companies/", companies.index, name="organisation_companies"),
    path("skills/", reference.skills, name="organisation_skills"),
    path("skills/pick/", reference.pick_skill, name="organisation_skills_pick"),
    path("calendars/", reference.calendars, name="organisation_calendars"),
    path(
        "account/sessions/<int:session_id>/end/",
        account.end_session,
        name="organisation_end_session",
    ),
    path("tokens/", page_of(TOKENS), name="organisation_tokens"),
    path("preferences/", account.preferences, name="organisation_preferences"),
]

from django.urls import path

from opale.listings.pages import page_of
from opale.organisation.listings import PEOPLE
from opale.organisation.web import account, companies, people, reference, teams

urlpatterns = [
    path("teams/", teams.chart, name="organisation_teams"),
    path("teams/new/", teams.new, name="organisation_team_new"),
    path("teams/<int:team_id>/", teams.show, name="organisation_team"),
    path("teams/<int:team_id>/edit/", teams.edit, name="organisation_team_edit"),
    path("teams/<int:team_id>/members/", teams.add_member, name="organisation_team_member_new"),
    path("teams/<int:team_id>/closure/", teams.close, name="organisation_team_close"),
    path(
        "memberships/<int:membership_id>/edit/",
        teams.edit_membership,
        name="organisation_membership_edit",
    ),
    path(
        "memberships/<int:membership_id>/end/",
        teams.end_membership,
        name="organisation_membership_end",
    ),
    path("people/", page_of(PEOPLE), name="organisation_people"),
    path("people/new/", people.new, name="organisation_person_new"),
    path("people/pick/", people.pick, name="organisation_people_pick"),
    path("people/<int:person_id>/", people.show, name="organisation_person"),
    path("people/<int:person_id>/edit/", people.edit, name="organisation_person_edit"),
    path(
        "people/<int:person_id>/departure/", people.end_employment, name="organisation_person_leave"
    ),
    path("people/<int:person_id>/invitation/", people.invite, name="organisation_person_invite"),
    path("people/<int:person_id>/access/", people.close_access, name="organisation_person_close"),
    path("people/<int:person_id>/skills/", people.set_skill, name="organisation_person_skill"),
    path(
        "people/<int:person_id>/skills/<int:skill_id>/removal/",
        people.remove_skill,
        name="organisation_person_skill_remove",
    ),
    path(
        "people/<int:person_id>/absences/",
        people.record_absence,
        name="organisation_person_absence",
    ),
    path(
        "absences/<int:absence_id>/cancellation/",
        people.cancel_absence,
        name="organisation_absence_cancel",
    ),
    path("companies/", companies.index, name="organisation_companies"),
    path("companies/new/", companies.new, name="organisation_company_new"),
    path("companies/<int:company_id>/edit/", companies.edit, name="organisation_company_edit"),
    path("companies/<int:company_id>/closure/", companies.close, name="organisation_company_close"),
    path(
        "companies/<int:company_id>/reopening/",
        companies.reopen,
        name="organisation_company_reopen",
    ),
    path("skills/", reference.skills, name="organisation_skills"),
    path("skills/pick/", reference.pick_skill, name="organisation_skills_pick"),
    path("skills/<int:skill_id>/edit/", reference.edit_skill, name="organisation_skill_edit"),
    path("calendars/", reference.calendars, name="organisation_calendars"),
    path("calendars/new/", reference.new_calendar, name="organisation_calendar_new"),
    path(
        "calendars/<int:calendar_id>/edit/",
        reference.edit_calendar,
        name="organisation_calendar_edit",
    ),
    path(
        "account/sessions/<int:session_id>/end/",
        account.end_session,
        name="organisation_end_session",
    ),
    path("tokens/", account.tokens, name="organisation_tokens"),
    path("tokens/<int:token_id>/revocation/", account.revoke, name="organisation_token_revoke"),
    path("preferences/", account.preferences, name="organisation_preferences"),
]

from django.urls import path

from opale.listings.pages import page_of
from opale.run.shifts.listings import PROPOSALS
from opale.run.shifts.web import feeds, news, patterns, planning, proposals, views, wishes

urlpatterns = [
    path("shifts/", views.show, name="shifts_roster"),
    path("shifts/line/", views.line, name="shifts_line"),
    path("shifts/mine/", views.mine, name="shifts_mine"),
    path("shifts/news/", news.show, name="shifts_news"),
    path("shifts/news/<int:news_id>/seen/", news.seen, name="shifts_news_seen"),
    path("shifts/calendars/", feeds.calendars, name="shifts_calendars"),
    path("shifts/calendars/absences/", feeds.read_absences, name="shifts_absences"),
    path("shifts/calendars/followed/", feeds.follow, name="shifts_follow"),
    path("shifts/calendars/<str:secret>.ics", feeds.feed, name="shifts_feed"),
    path("shifts/staffing/", views.heat, name="shifts_heat"),
    path("shifts/troubles/", views.troubles, name="shifts_troubles"),
    path("shifts/preview/", views.preview, name="shifts_preview"),
    path("shifts/new/", views.new, name="shifts_new"),
    path("shifts/pick/person/", views.pick_person, name="shifts_pick_person"),
    path("shifts/people/<int:person_id>/", views.of_person, name="shifts_of_person"),
    path("shifts/restoration/", views.restore, name="shifts_restore"),
    path("shifts/<int:duty_id>/", views.edit, name="shifts_edit"),
    path("shifts/<int:duty_id>/split/", views.split, name="shifts_split"),
    path("shifts/patterns/", patterns.index, name="shifts_patterns"),
    path("shifts/patterns/<int:pattern_id>/", patterns.show, name="shifts_pattern"),
    path("shifts/teams/<int:team_id>/patterns/new/", patterns.new, name="shifts_pattern_new"),
    path("shifts/teams/<int:team_id>/proposals/", proposals.index, name="shifts_proposals"),
    path("shifts/proposals/", page_of(PROPOSALS), name="shifts_all_proposals"),
    path("shifts/proposals/<int:proposal_id>/", proposals.show, name="shifts_proposal"),
    path("shifts/wishes/", wishes.index, name="shifts_wishes"),
    path("shifts/wishes/<int:wish_id>/removal/", wishes.remove, name="shifts_wish_remove"),
    path("shifts/planned/<int:planned_id>/", planning.planned, name="shifts_planned"),
    path("shifts/rules/", planning.rules, name="shifts_rules"),
    path("shifts/rules/new/", planning.new_rules, name="shifts_rules_new"),
]

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    name = "opale.organisation"
    label = "organisation"

    def ready(self) -> None:
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete

        from opale.endpoints import job_actors
        from opale.endpoints.exchange import registry as exchange_registry
        from opale.listings import registry, saved_views
        from opale.organisation import rights
        from opale.organisation.actions.exchange import PEOPLE
        from opale.organisation.actions.listing_views import ListingViews
        from opale.organisation.actions.sessions import publish_session_end
        from opale.organisation.listings import CALENDARS, COMPANIES, SKILLS, TOKENS
        from opale.organisation.listings import PEOPLE as PEOPLE_LIST
        from opale.organisation.queries import identity
        from opale.organisation.web.palette import palette_results
        from opale.reference_tables import registry as reference_tables
        from opale.ui import navigation, palette

        # Django owns the session store: a signal is the only way to notice the end.
        post_delete.connect(
            publish_session_end, sender=Session, dispatch_uid="organisation.session_ended"
        )
        palette.register(palette_results)
        exchange_registry.register_tables(PEOPLE)
        saved_views.set_store(ListingViews())
        registry.register(PEOPLE_LIST, CALENDARS, TOKENS)
        reference_tables.register(SKILLS, COMPANIES)
        job_actors.register_actor_finder(identity.actor_of_credential)
        for entry in (
            navigation.Entry(
                label=_("Teams"),
                icon="sitemap",
                url_name="organisation_teams",
                right=rights.READ,
                group=_("Organisation"),
                order=80,
                places=("/teams/", "/memberships/"),
            ),
            navigation.Entry(
                label=_("People"),
                icon="users",
                url_name="organisation_people",
                right=rights.READ,
                group=_("Organisation"),
                order=81,
                places=("/people/", "/skills/"),
            ),
            navigation.Entry(
                label=_("Companies"),
                icon="building",
                url_name="organisation_companies",
                right=rights.ADMINISTER,
                group=_("Organisation"),
                order=82,
                places=("/companies/",),
            ),
            navigation.Entry(
                label=_("Calendars"),
                icon="calendar",
                url_name="organisation_calendars",
                right=rights.ADMINISTER,
                group=_("Organisation"),
                order=83,
            ),
            navigation.Entry(
                label=_("Language and time zone"),
                icon="world",
                url_name="organisation_preferences",
                right=rights.EDIT_SELF,
                own=True,
            ),
            navigation.Entry(
                label=_("API tokens"),
                icon="key",
                url_name="organisation_tokens",
                right=rights.TOKENS,
                own=True,
            ),
        ):
            navigation.register(entry)

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "opale.organisation"
    label = "organisation"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as factors
        from django.contrib.auth.signals import user_logged_out
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete

        from opale.endpoints import job_actors
        from opale.endpoints.exchange import registry as exchange_registry
        from opale.kernel import encryption
        from opale.listings import registry, saved_views
        from opale.listings.person_groups import set_person_policy
        from opale.organisation.actions import audit
        from opale.organisation.actions.access import end_old_credentials
        from opale.organisation.actions.exchange import PEOPLE
        from opale.organisation.actions.listing_views import ListingViews
        from opale.organisation.actions.second_factors import reencrypt_second_factors
        from opale.organisation.actions.sessions import publish_session_end
        from opale.organisation.listings import AUDIT_LOG, CALENDARS, COMPANIES, SKILLS, TOKENS
        from opale.organisation.listings import PEOPLE as PEOPLE_LIST
        from opale.organisation.queries import identity, menu
        from opale.organisation.queries.person_figures import are_people_counted
        from opale.organisation.web.devices import trust_browser
        from opale.organisation.web.palette import palette_results
        from opale.reference_tables import registry as reference_tables
        from opale.ui import navigation, palette

        # Django owns the session store: a signal is the only way to notice the end.
        post_delete.connect(
            publish_session_end, sender=Session, dispatch_uid="organisation.session_ended"
        )
        # The login library owns log-ins, passwords and second factors.
        for signal, receiver in (
            (account.user_logged_in, audit.record_login),
            (account.user_logged_in, trust_browser),
            (user_logged_out, audit.record_logout),
            (account.password_reset, end_old_credentials),
            (account.password_reset, trust_browser),
            (account.password_changed, audit.record_changed_password),
            (factors.authenticator_added, audit.record_added_factor),
            (factors.authenticator_reset, audit.record_added_factor),
            (factors.authenticator_removed, audit.record_removed_factor),
            (factors.authentication_failed, audit.record_failed_factor),
        ):
            signal.connect(receiver, dispatch_uid=f"organisation.{receiver.__name__}")
        encryption.register_function("mfa.Authenticator", reencrypt_second_factors)
        palette.register(palette_results)
        navigation.register_pins(menu.pins_of, "organisation_edit_menu")
        exchange_registry.register_tables(PEOPLE)
        saved_views.set_store(ListingViews())
        set_person_policy(are_people_counted)
        registry.register(PEOPLE_LIST, CALENDARS, TOKENS, AUDIT_LOG)
        reference_tables.register(SKILLS, COMPANIES)
        job_actors.register_actor_finder(identity.actor_of_credential)

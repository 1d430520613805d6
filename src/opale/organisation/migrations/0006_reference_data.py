from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Who somebody is, and what one may do, is remembered until it changes."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("organisation", "0005_hours_for_customers"),
    ]

    operations = [
        watch("organisation_user", "email", "kind", "language", "time_zone", "is_active"),
        watch("organisation_apitoken", "scopes", "expires_at", "revoked_at"),
        watch("organisation_company"),
        watch("organisation_workingcalendar"),
        watch("organisation_person"),
        watch("organisation_team"),
        watch("organisation_membership"),
    ]

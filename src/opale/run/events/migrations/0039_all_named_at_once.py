from django.db import migrations

from opale.kernel.foreign_keys import refresh_foreign_keys


class Migration(migrations.Migration):
    """A batch of alerts is read once for all that they name."""

    dependencies = [
        ("events", "0038_what_nobody_has_seen"),
    ]

    operations = [
        refresh_foreign_keys(
            "events_alert",
            integration_id="events_integration",
            item_id="infrastructure_configurationitem",
            service_id="customers_service",
            customer_id="customers_customer",
            site_id="infrastructure_site",
            owner_id="organisation_person",
            team_id="organisation_team",
            silence_id="events_silence",
            suppressed_by_id="events_eventrule",
            held_by_id="events_eventrule",
            routed_by_id="events_eventrule",
            qualifies_by_id="events_eventrule",
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from opale.kernel.foreign_keys import add_foreign_keys

ABOUT = {
    "integration_id": "events_integration",
    "item_id": "infrastructure_configurationitem",
    "service_id": "customers_service",
    "customer_id": "customers_customer",
    "site_id": "infrastructure_site",
}
HANDLED_BY = {
    "owner_id": "organisation_person",
    "team_id": "organisation_team",
    "silence_id": "events_silence",
    "suppressed_by_id": "events_eventrule",
    "held_by_id": "events_eventrule",
    "routed_by_id": "events_eventrule",
    "qualifies_by_id": "events_eventrule",
}
ONLY_WHAT_IT_IS_ABOUT = add_foreign_keys("events_alert", **ABOUT)


class Migration(migrations.Migration):
    """Who and what handles an alert is checked for a batch of them too."""

    dependencies = [
        ("events", "0035_which_last"),
        ("organisation", "0006_reference_data"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="held_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="events.eventrule",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="owner",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="owned_alerts",
                to="organisation.person",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="qualifies_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="events.eventrule",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="routed_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="events.eventrule",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="silence",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="events.silence",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="suppressed_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="events.eventrule",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="team",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.team",
            ),
        ),
        RunSQL(ONLY_WHAT_IT_IS_ABOUT.reverse_sql or RunSQL.noop, ONLY_WHAT_IT_IS_ABOUT.sql),
        add_foreign_keys("events_alert", **ABOUT, **HANDLED_BY),
    ]

import django.db.models.deletion
from django.db import migrations, models

from opale.kernel.foreign_keys import add_foreign_keys


class Migration(migrations.Migration):
    """What an alert is about is checked once for a batch of them."""

    dependencies = [
        ("customers", "0013_offering_options"),
        ("events", "0028_first_of_what_stands"),
        ("infrastructure", "0007_capacity_pools"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="integration",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="events.integration",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="item",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="infrastructure.configurationitem",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="service",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="customers.service",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="site",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="infrastructure.site",
            ),
        ),
        add_foreign_keys(
            "events_alert",
            integration_id="events_integration",
            item_id="infrastructure_configurationitem",
            service_id="customers_service",
            customer_id="customers_customer",
            site_id="infrastructure_site",
        ),
    ]

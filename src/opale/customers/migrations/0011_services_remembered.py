from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """Whole services are remembered, with their offering: every change of them counts."""

    dependencies = [("customers", "0010_reference_data")]

    operations = [
        migrations.RunSQL(
            "DROP TRIGGER reference_changed ON customers_service",
            """
            CREATE TRIGGER reference_changed
                AFTER INSERT OR UPDATE OF customer_id, parent_id OR DELETE OR TRUNCATE
                ON customers_service
                FOR EACH STATEMENT EXECUTE FUNCTION kernel_reference_changed()
            """,
        ),
        watch("customers_service"),
        watch("customers_offering"),
    ]

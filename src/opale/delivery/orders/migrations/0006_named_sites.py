from django.db import migrations

LINK = """
    UPDATE orders_orderline AS line
    SET site_id = known.id, characteristics = line.characteristics - 'site' - 'address'
    FROM (
        SELECT DISTINCT ON (named.id) named.id AS line_id, site.id
        FROM orders_orderline AS named
        JOIN infrastructure_site AS site
          ON site.name = named.characteristics->>'site'
         AND (site.customer_id = named.customer_id OR site.customer_id IS NULL)
        ORDER BY named.id, site.customer_id NULLS LAST, site.id
    ) AS known
    WHERE known.line_id = line.id
"""


class Migration(migrations.Migration):
    """Lines that named their site as a characteristic are linked to it, where it is known."""

    dependencies = [("orders", "0005_sites_of_lines")]

    operations = [migrations.RunSQL(LINK, migrations.RunSQL.noop)]

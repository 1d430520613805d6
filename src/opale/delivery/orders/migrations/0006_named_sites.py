from django.db import migrations

ATTRIBUTE = """
    SELECT set_config(
        'pghistory.context_metadata',
        '{"actor": "system:upgrade", "name": "upgrade", "reason": "migration orders.0006"}',
        true
    )
"""
LINK = """
    UPDATE orders_orderline AS line
    SET site_id = known.id,
        characteristics = line.characteristics - 'site' - CASE
            WHEN known.address = line.characteristics->>'address' THEN 'address' ELSE 'site'
        END
    FROM (
        SELECT named.id AS line_id, min(site.id) AS id, min(site.address) AS address
        FROM orders_orderline AS named
        JOIN infrastructure_site AS site
          ON site.name = named.characteristics->>'site'
         AND (site.customer_id = named.customer_id OR site.customer_id IS NULL)
        GROUP BY named.id
        HAVING count(*) = 1
    ) AS known
    WHERE known.line_id = line.id
"""


class Migration(migrations.Migration):
    """Lines that named their site as a characteristic are linked to it, where one site is meant.
    An address that is not the site's stays."""

    dependencies = [("orders", "0005_sites_of_lines")]

    operations = [migrations.RunSQL([ATTRIBUTE, LINK], migrations.RunSQL.noop)]

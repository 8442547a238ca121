"""A bulk change keeps residents' answers no more; those that can still be undone end within seconds."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0021_imported_request")]
    operations = [
        migrations.RunSQL(
            """
            update service_requests_bulkchange c
            set before = (select jsonb_agg(one - 'answers') from jsonb_array_elements(c.before) one)
            where c.until < now() and jsonb_path_exists(c.before, '$[*].answers')
            """,
            migrations.RunSQL.noop,
        )
    ]

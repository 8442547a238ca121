from django.db import migrations


class Migration(migrations.Migration):
    """Count what is there. Apart from 0006, because the tables' constraints come at the end of that."""

    dependencies = [("service_requests", "0007_tallies")]
    operations = [
        migrations.RunSQL(
            "select service_requests_count_tallies() where exists (select from service_requests_servicerequest)",
            migrations.RunSQL.noop,
        )
    ]

"""What is counted on the map and in the tallies is counted also where a load leaves PostgreSQL's look-ups out."""

from django.db import migrations

_TABLE = "alter table service_requests_servicerequest"


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0011_due_index")]
    operations = [
        migrations.RunSQL(
            f"{_TABLE} enable always trigger map_inserted, enable always trigger tally_inserted",
            f"{_TABLE} enable trigger map_inserted, enable trigger tally_inserted",
        )
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service_requests", "0010_queue_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="opentally",
            index=models.Index(
                condition=models.Q(("area__isnull", True), ("category__isnull", True), ("whole", False)),
                fields=["kind", "day"],
                include=("area", "department", "team", "count"),
                name="opentally_due",
            ),
        ),
    ]

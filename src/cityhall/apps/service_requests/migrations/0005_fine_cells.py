from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0004_calls")]

    operations = [
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                fields=["public_cell", "-requested_at", "-id"],
                include=("public_lat", "public_lon", "hidden"),
                name="request_public_fine",
            ),
        ),
    ]

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0001_subscriptions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="subscription",
            name="area_code",
            field=models.CharField(blank=True, help_text="Areas are loaded anew; their codes stay.", max_length=120),
        ),
    ]

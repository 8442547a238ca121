import django.db.models.deletion
from django.db import migrations, models

import cityhall.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_done_waits_for_approval"),
    ]

    operations = [
        migrations.CreateModel(
            name="BodyAlias",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=cityhall.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "folded",
                    models.CharField(help_text="Without case, accents and punctuation.", max_length=200, unique=True),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="referrals.body"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "body aliases",
            },
        ),
    ]

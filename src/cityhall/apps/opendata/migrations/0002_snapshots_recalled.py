from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("opendata", "0001_datasets"),
    ]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="returned_at",
            field=models.DateTimeField(help_text="When a recall last made readers see an older snapshot.", null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="contract",
            field=models.JSONField(default={}, help_text="The contract it was published with."),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "update opendata_snapshot s set contract = d.contract from opendata_dataset d where d.id = s.dataset_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="snapshot",
            name="recalled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="recall_reason",
            field=models.TextField(blank=True, help_text="What the public notice says."),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=Q(recalled_at__isnull=True, recall_reason="")
                | (Q(recalled_at__isnull=False) & ~Q(recall_reason="")),
                name="snapshot_recalled_with_reason",
            ),
        ),
    ]

"""The last head of the public ledger that the airlock believed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("airlock", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("one", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("content", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("one", 1)), name="there_is_one_last_head")
                ],
            },
        ),
    ]

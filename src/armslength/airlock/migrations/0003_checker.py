"""Output checkers are appointed inside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("airlock", "0002_ledger_head")]
    operations = [
        migrations.CreateModel(
            name="Checker",
            fields=[
                ("username", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("phrase", models.CharField(max_length=255)),
                ("appointed_at", models.DateTimeField()),
            ],
            options={"ordering": ["username"]},
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="deed",
            field=models.CharField(choices=[
                    ("sign_in", "signed in"),
                    ("sign_in_refused", "was refused at sign-in"),
                    ("sign_out", "signed out"),
                    ("checker_appointed", "was appointed an output checker"),
                    ("checker_dismissed", "is no output checker any more"),
                    ("access_ended", "lost access"),
                    ("denied", "was denied"),
                    ("file_view", "viewed a file"),
                    ("request_create", "started a release request"),
                    ("file_add", "added a file"),
                    ("file_update", "updated a file"),
                    ("file_withdraw", "withdrew a file"),
                    ("file_change", "moved a file or changed its kind"),
                    ("group_edit", "described a group"),
                    ("finding_answer", "answered a finding"),
                    ("request_submit", "submitted the request"),
                    ("request_withdraw", "withdrew the request"),
                    ("vote", "voted on a file"),
                    ("review_submit", "submitted a review"),
                    ("request_return", "returned the request"),
                    ("request_reject", "rejected the request"),
                    ("comment", "commented"),
                    ("comment_publish", "made a comment public"),
                    ("comment_strike", "struck out a comment"),
                    ("release", "approved the release"),
                    ("file_upload", "sent a file out"),
                    ("request_released", "finished the release"),
                ], max_length=30),
        ),
    ]

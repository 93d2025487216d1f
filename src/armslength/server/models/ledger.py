"""The ledger as two tables that only grow. Triggers in the database refuse every change and removal."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class OnlyGrows(models.Model):
    """A row that is written once. The triggers of the first migration say the same to everybody else."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; an existing one is left as it is, with an IntegrityError."""
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("nothing is ever removed from the ledger")


class LedgerEntry(OnlyGrows):
    """One entry in canonical form; the other columns repeat parts of it, to search by."""

    index = models.PositiveBigIntegerField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, db_index=True)
    actor = models.CharField(max_length=200, db_index=True)
    subject = models.CharField(max_length=500, db_index=True)
    # Bytes, not text: PostgreSQL's text cannot hold U+0000, and what was hashed must come back exactly.
    canonical = models.BinaryField()

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return f"entry {self.index}"


class LedgerNode(OnlyGrows):
    """One complete subtree of the Merkle tree."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    value = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_node_once")]

    def __str__(self) -> str:
        return f"node {self.level}, {self.index}"

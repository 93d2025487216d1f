"""Answering findings: the author says what a reviewer should know about each one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from armslength.airlock.features.requests.queries import report_of
from armslength.airlock.features.requests.rules import why_not_answer
from armslength.airlock.models import FindingAnswer, RequestFile
from armslength.airlock.models.records import Deed
from armslength.airlock.models.states import Answer
from armslength.airlock.record import What, record
from armslength.airlock.refusals import refuse_if
from armslength.wire.releases import Identity


def answer_finding(
    person: Identity, file: RequestFile, *, finding: str, answer: Answer, reason: str, now: datetime
) -> None:
    """Answer one finding about the present bytes of a file; a later answer replaces an earlier one."""
    refuse_if(why_not_answer(person, file.request, reason=reason), status=409)
    known = {shown.key: shown for shown in report_of(file, now=now).findings}
    refuse_if(
        None if finding in known else "This finding is not about the file's present content.", status=409
    )
    with transaction.atomic():
        FindingAnswer.objects.update_or_create(
            file=file,
            sha256=file.sha256,
            finding=finding,
            defaults={"answer": answer.value, "reason": reason.strip(), "by": person.username, "at": now},
        )
        detail = {"finding": known[finding].code, "answer": answer.value, "reason": reason.strip()}
        what = What(request=file.request, path=file.path, sha256=file.sha256, detail=detail)
        record(Deed.FINDING_ANSWER, by=person.username, now=now, what=what)

"""What the votes of submitted reviews say about each output file. Votes on other bytes do not count."""

from __future__ import annotations

from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.states import Choice, Decision, FileKind, decide


def decisions_of(request: ReleaseRequest, *, turn: int) -> dict[int, Decision]:
    """Return the decision on each output file, by its id, from the reviews submitted in this turn."""
    submitted = set(request.reviews.filter(turn=turn).values_list("reviewer", flat=True)) - {request.author}
    choices: dict[int, list[Choice]] = {}
    digests = {}
    for file in request.files.filter(kind=FileKind.OUTPUT):
        choices[file.id], digests[file.id] = [], file.sha256
    for vote in request.votes.filter(reviewer__in=submitted):
        if digests.get(vote.file_id) == vote.sha256:
            choices[vote.file_id].append(Choice(vote.choice))
    return {
        file: decide(said + [Choice.UNDECIDED] * (len(submitted) - len(said)))
        for file, said in choices.items()
    }

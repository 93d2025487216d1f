"""Reusable actions in a data centre: only what the policy names runs, on its own code, in both executors."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from inside_runner import PROJECT, Inside
from jobs_site import git, make_study

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.policy.actions import ActionHome
from armslength.policy.inside import InsidePolicy, Limits, ProjectPolicy, Refusal
from armslength.runner.checkout import Repositories
from armslength.runner.configuration import Configuration
from armslength.runner.environments.recipes import FOLDER_VARIABLE, Image, remember_image
from armslength.runner.executor import Executor, Phase
from armslength.runner.laying_out import Layer
from armslength.runner.lifecycle.records import JobPlan
from armslength.runner.planner import plan_jobs, why_not_actions
from armslength.wire.jobs import JobRequest

NAME = "counter:v1.0"
STUDY = PROJECT.replace("python:v2 analysis/rates.py", f"{NAME} outputs/people.csv\n    config: {{by: age}}")
COUNT = """\
import os, sys
from pathlib import Path
print(sys.argv, sorted(os.listdir()))
rows = Path(sys.argv[2]).read_text().splitlines() if Path(sys.argv[2]).exists() else ['']
Path('outputs/rates.csv').write_text(f'group,count\\nall,{len(rows) - 1 or 100}\\n')
"""
ACTION = {"action.yaml": "run: python:v2 python analysis/count.py --quiet\n", "analysis/count.py": COUNT}
ONE = f"""\
version: '5.0'
actions:
  counted:
    run: {NAME} outputs/people.csv
    outputs:
      moderately_sensitive:
        table: outputs/*.csv
"""


def table_of(url: str, commit: str) -> str:
    return f'\n[actions."{NAME}"]\nrepository = "{url}"\ncommit = "{commit}"\n'


@pytest.mark.sandbox
def test_it_runs_on_its_own_code_and_the_files_of_the_study_and_is_reported(inside: Inside) -> None:
    inside.allow(NAME, actions=table_of(*make_study(inside.folder / "counter", ACTION)))
    _, commit = inside.push({"project.yaml": STUDY})
    inside.start()
    request = inside.ask(commit=commit)
    assert inside.wait_over(request) == "succeeded", inside.log()
    assert inside.level(4, "outputs/rates.csv").read_text() == "group,count\nall,100\n"
    log = inside.level(4, "metadata/rates.log").read_text()
    assert "['analysis/count.py', '--quiet', 'outputs/people.csv', '--config', '{\"by\": \"age\"}']" in log
    assert "['action.yaml', 'analysis', 'outputs']" in log, "nothing of the study is there but what it needs"
    [rates] = [job for job in inside.site.jobs.values() if job.action == "rates"]
    assert rates.environment.startswith(f"{NAME} sha256:")
    # Without its home: what was fetched is what runs.
    shutil.rmtree(inside.folder / "counter")
    forced = inside.ask(commit=commit, actions=("rates",), force=True)
    assert inside.wait_over(forced) == "succeeded", inside.log()


@pytest.mark.sandbox
def test_what_the_policy_does_not_name_is_refused_and_never_fetched(inside: Inside) -> None:
    url, pinned = make_study(inside.folder / "counter", ACTION)
    git(inside.folder / "counter", "checkout", "--quiet", "-b", "proposal")
    _, proposed = make_study(inside.folder / "counter", {"analysis/count.py": "print('evil')"})
    _, commit = inside.push({"project.yaml": STUDY})
    inside.start()
    unknown = inside.ask(commit=commit)
    assert inside.wait_over(unknown) == "refused"
    assert inside.site.requests[unknown].reason == "R010"
    inside.allow(actions=table_of(url, pinned))
    inside.wait_for_policy()
    listed = inside.ask(commit=commit)
    assert inside.wait_over(listed) == "refused"
    assert inside.site.requests[listed].reason == "R015", "known, and not for this project: it is not fetched"
    assert not (inside.folder / "state" / "actions").exists()
    policy = inside.folder / "policy.toml"
    inside.allow(NAME)
    policy.write_text(policy.read_text().replace(pinned, proposed))
    inside.wait_for_policy()
    moved = inside.ask(commit=commit)
    assert inside.wait_over(moved) == "refused"
    assert inside.site.requests[moved].reason in ("R030", "R031")
    assert not inside.site.jobs


@pytest.fixture
def layer(executor: Executor, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layer:
    """What lays jobs out, for each executor in turn."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "environments"))
    if image:
        remember_image(Image(image, "python-v2"))
    folders = {
        name: tmp_path / name for name in ("state", "high_privacy", "medium_privacy", "policy", "token_file")
    }
    configuration = Configuration(where=tmp_path / "runner.toml", **folders)
    return Layer(configuration, Repositories(tmp_path / "state" / "repositories"), executor, "tests")


def policy_with(home: ActionHome, *, environments: tuple[str, ...]) -> InsidePolicy:
    limits = Limits(memory_megabytes=256, minutes=1, processes=40, disk_megabytes=32, jobs_at_once=1)
    project = ProjectPolicy(
        slug="trial",
        repositories=(),
        branches=(),
        workspaces=(),
        environments=environments,
        data_permissions=frozenset(),
        approved_by="the board",
        approved_on=date.min,
        expires_on=date.max,
        limits=limits,
    )
    return InsidePolicy(
        backend="tests",
        server_url="",
        ledger_key="",
        limits=limits,
        projects={"trial": project},
        where="",
        actions={NAME: home},
    )


def asked(layer: Layer, policy: InsidePolicy, folder: Path) -> tuple[JobRequest, JobPlan | Refusal]:
    """Take a request as the runner does; return it with the plan of its one job, or why it is refused."""
    url, commit = make_study(folder / "study", {"project.yaml": ONE, "secret.txt": "of the study"})
    request = JobRequest(
        id=new_id(),
        backend="tests",
        project="trial",
        workspace="trial-main",
        repository=url,
        branch="main",
        commit=commit,
        actions=("counted",),
        requested_by="ann",
        requested_at=datetime(2030, 1, 2, tzinfo=UTC),
    )
    how = {"images": layer.executor.runs_images, "homes": layer.homes_of(policy)}
    pipeline, project = layer.pipeline_of(request, policy), policy.projects["trial"]
    if refusal := why_not_actions(pipeline, request, project, **how):
        return request, refusal
    (plan,) = plan_jobs(pipeline, request, project, newest_success=lambda action: None, **how)
    return request, plan


def test_every_executor_shows_it_its_own_code_read_only(layer: Layer, tmp_path: Path) -> None:
    program = COUNT + (
        "for path in ('analysis/count.py', 'action.yaml', 'analysis/planted'):\n"
        "    try:\n        open(path, 'w')\n        print('WROTE', path)\n"
        "    except OSError:\n        print('refused')\n"
    )
    url, commit = make_study(tmp_path / "counter", {**ACTION, "analysis/count.py": program})
    policy = policy_with(ActionHome(repository=url, commit=commit), environments=("python:v2", NAME))
    request, plan = asked(layer, policy, tmp_path)
    assert isinstance(plan, JobPlan)
    layer.lay_out(plan, request, (), homes=layer.homes_of(policy))
    layer.executor.start(plan.id)
    until = time.monotonic() + 120
    while layer.executor.phase(plan.id) is not Phase.FINISHED:
        assert time.monotonic() < until
        time.sleep(0.05)
    result = layer.executor.result(plan.id)
    said = layer.executor.log(plan.id).read_text()
    assert result.exit_status == 0, said
    assert "secret.txt" not in said and said.count("refused") == 3 and "WROTE" not in said
    assert (layer.executor.work(plan.id) / "outputs" / "rates.csv").exists()
    assert plan.to_json() == JobPlan.from_json(plan.to_json()).to_json()
    assert json.loads(plan.to_json())["reusable"] is True
    layer.executor.cleanup(plan.id)


@pytest.mark.parametrize("allowed", [("python:v2",), (NAME,)])
def test_the_project_needs_the_action_and_what_it_runs_in(
    layer: Layer, tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    url, commit = make_study(tmp_path / "counter", ACTION)
    policy = policy_with(ActionHome(repository=url, commit=commit), environments=allowed)
    try:
        _, refusal = asked(layer, policy, tmp_path)
    except Mistake as mistake:
        assert (allowed, mistake.code) == (("python:v2",), "R015")
        return
    assert isinstance(refusal, Refusal)
    assert refusal.code == "environment_not_allowed"


def test_code_that_was_changed_where_it_is_kept_does_not_run(layer: Layer, tmp_path: Path) -> None:
    url, commit = make_study(tmp_path / "counter", ACTION)
    policy = policy_with(ActionHome(repository=url, commit=commit), environments=("python:v2", NAME))
    request, plan = asked(layer, policy, tmp_path)
    assert isinstance(plan, JobPlan)
    (script,) = (tmp_path / "state" / "actions" / "code").rglob("count.py")
    script.chmod(0o600)
    script.write_text("print('planted')\n")
    with pytest.raises(Mistake, match="R010"):
        layer.lay_out(plan, request, (), homes=layer.homes_of(policy))

"""How long a pipeline of thousands of actions takes to validate, order, plan and draw, in processor seconds.

python benchmarks/pipeline.py [ACTIONS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from armslength.kernel.clock import utc_now
from armslength.pipeline.drawing import as_svg
from armslength.pipeline.graph import with_needs
from armslength.pipeline.reading import read_pipeline
from armslength.runner.local import planning
from armslength.runner.local.code import read_code
from armslength.runner.local.state import look_at_state
from armslength.runner.local.study import Study


def large_study(actions: int) -> str:
    """Return a pipeline like those of the largest studies: one dataset, models on it, tables of models."""
    lines = [
        "version: '4.0'",
        "actions:",
        "  dataset:",
        "    run: ehrql:v1 generate-dataset analysis/d.py --output output/d.arrow",
        "    outputs: {highly_sensitive: {d: output/d.arrow}}",
    ]
    for number in range(1, actions):
        need = (
            "dataset"
            if number % 7 == 1
            else f"action_{number - number % 7 + 1 if number % 7 else number - 6}"
        )
        lines += [
            f"  action_{number}:",
            f"    run: python:v2 python analysis/model.py --outcome outcome_{number} --strata 'cov_cat_region'",
            f"    needs: [{need}]",
            "    outputs:",
            "      moderately_sensitive:",
            f"        table: output/{number}/model_*.csv",
            f"        figure: output/{number}/figure.svg",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the seconds of each step and of all of them."""
    actions = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    text = large_study(actions)
    steps: dict[str, float] = {}
    started = time.process_time()

    def step(name: str) -> None:
        steps[name] = time.process_time() - started - sum(steps.values())

    pipeline = read_pipeline(text)
    step("validate")
    with_needs(pipeline, ["run_all"])
    step("order")
    with tempfile.TemporaryDirectory() as folder:
        study = Study(Path(folder).resolve())
        study.pipeline_file.write_text(text)
        settings = planning.Settings()
        with look_at_state(study) as store:
            known = planning.look(study, store, read_code(study.folder, pipeline, store), settings)
            request = planning.request_for(["run_all"], settings, now=utc_now())
            planning.plan_actions(pipeline, request, known, settings)
    step("plan")
    as_svg(pipeline, title="large")
    step("draw")
    for name, seconds in steps.items():
        print(f"{name:<9} {seconds:6.2f} s")
    print(f"{'all':<9} {sum(steps.values()):6.2f} s for {actions:,} actions, {len(text) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()

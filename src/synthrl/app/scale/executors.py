"""The plan's files as tasks of datatrove's executors: in processes here, as jobs of Slurm, as actors of Ray.

Which files are there is told by our markers alone: those of datatrove are empty, and say nothing of a file's size.
"""

import inspect
import sys
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from functools import partial
from typing import Any

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.executor.ray import RayPipelineExecutor
from datatrove.executor.slurm import SlurmPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from loguru import logger

from synthrl import knobs
from synthrl.app import workers
from synthrl.app.scale import manifest, progress
from synthrl.app.scale.folder import Folder
from synthrl.app.scale.plan import Plan

OURS = {"self", "pipeline", "tasks", "workers", "depends", "depends_job_id", "skip_completed", "logging_dir"}


class Make(PipelineStep):
    """The rows of one file: its number is the task's."""

    name, type = "rows", "synthrl"

    def __init__(self, plan: Plan, folder: Folder) -> None:
        super().__init__()
        self.plan, self.folder = plan, folder

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        made = manifest.add(self.plan, self.folder, rank, progress.count)
        self.stat_update("rows", value=made.rows)
        self.stat_update("bytes", value=made.bytes)


class Finish(PipelineStep):
    name, type = "manifest", "synthrl"

    def __init__(self, plan: Plan, folder: Folder) -> None:
        super().__init__()
        self.plan, self.folder = plan, folder

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:
        manifest.finish(self.plan, self.folder)


class Marked:
    """An executor that asks our markers, and sets none of its own."""

    pipeline: list[Make]
    tasks: int

    def get_incomplete_ranks(self, ranks: Any = None, skip_completed: bool | None = None) -> list[int]:
        there = manifest.whole(self.pipeline[0].plan, self.pipeline[0].folder)
        return [rank for rank in (range(self.tasks) if ranks is None else ranks) if rank not in there]

    def is_rank_completed(self, rank: int) -> bool:
        return rank in manifest.whole(self.pipeline[0].plan, self.pipeline[0].folder, [rank])

    def mark_rank_as_completed(self, rank: int) -> None:
        """The step has."""


class Local(Marked, LocalPipelineExecutor):
    def run(self) -> None:
        """datatrove's own waits for ever for a worker that was killed, and leaves a process behind when it is killed itself."""
        ranks = self.get_incomplete_ranks()
        if self.workers == 1:
            for rank in ranks:
                self._run_for_rank(rank)
            return
        begin = partial(progress.share, progress.shared)
        with workers.pool(min(self.workers, len(ranks)), "--workers", begin) as pool:
            waiting: list[Future[None]] = [pool.submit(_run_for_rank, self, rank) for rank in ranks]
            for done in wait(waiting, return_when=FIRST_EXCEPTION).done:
                done.result()

    def _run_for_rank(self, rank: int, local_rank: int = 0, node_rank: int = -1) -> Any:
        logger.disable("datatrove")  # it would tell forty lines of each file, between those of the progress
        return super()._run_for_rank(rank, local_rank, node_rank)


def _run_for_rank(executor: Local, rank: int) -> None:
    executor._run_for_rank(rank)


class Slurm(Marked, SlurmPipelineExecutor):
    pass


class Ray(Marked, RayPipelineExecutor):
    pass


def local(plan: Plan, folder: Folder, workers: int) -> None:
    logs = "memory://synthrl"  # a few small files for each of ours, which nobody reads: a kill leaves none of them
    Local([Make(plan, folder)], tasks=plan.files, workers=workers, logging_dir=logs, skip_completed=True).run()


def slurm(plan: Plan, folder: Folder, workers: int, logs: str, settings: dict[str, Any]) -> str:
    """Submit an array of jobs, and one more that writes the manifest when all of them are done; the number of that."""
    settings = {"job_name": f"synthrl-{plan.dataset}", **_checked(settings, SlurmPipelineExecutor)}
    if "env_command" not in settings and "condaenv" not in settings and sys.prefix != sys.base_prefix:
        settings.setdefault("venv_path", f"{sys.prefix}/bin/activate")
    for name in ("partition", "time"):
        knobs.require(name in settings, "--config", f"no {name}", f"{name}: … in it, which Slurm wants to know")
    make = partial(Slurm, [Make(plan, folder)], tasks=plan.files, workers=workers, logging_dir=f"{logs}/files")
    one = {name: value for name, value in settings.items() if name not in ("tasks_per_job", "max_array_size")}
    last = SlurmPipelineExecutor(
        [Finish(plan, folder)], 1, depends=make(**settings), logging_dir=f"{logs}/manifest", skip_completed=False, **one
    )
    last.run()
    return str(last.job_id)


def ray(plan: Plan, folder: Folder, workers: int, logs: str, settings: dict[str, Any]) -> None:
    try:
        import ray
    except ImportError:
        raise ImportError("--executor ray needs ray: pip install ray") from None
    settings = dict(settings)
    address = settings.pop("address", None)
    settings = _checked(settings, RayPipelineExecutor)
    if not ray.is_initialized():
        where: dict[str, Any] = {"address": address} if address else {"num_cpus": workers}
        ray.init(**where)
    make: Callable[..., Ray] = partial(Ray, [Make(plan, folder)], tasks=plan.files, workers=workers)
    make(logging_dir=logs, **settings).run()


def _checked(settings: dict[str, Any], executor: type) -> dict[str, Any]:
    allowed = sorted(set(inspect.signature(executor).parameters) - OURS)
    for name in settings:
        if name not in allowed:
            knobs.refuse("--config", name, allowed)
    return settings

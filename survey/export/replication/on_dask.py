"""The same on `distributed`: one task a question, each reading its own rows of the Parquet file."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from . import parquet
from .bundle import Bundle
from .memberships import People
from .recompute import Done, Task, recompute_question

if TYPE_CHECKING:
    from distributed import Client

Given = TypeVar("Given")

#: So many tasks for each worker are sent ahead: enough that none waits, few enough that memory does not grow.
AHEAD = 2
FORECASTS = "forecasts_long.parquet"


def recomputed(bundle: Bundle, given: Iterator[Task], people: People, workers: int) -> Iterator[Done]:
    """What comes of each question, in the order in which they are done.

    Parameters
    ----------
    given
        What there is to compute of each, but for the answers.
    workers
        Processes of this machine, of one thread each.
    """
    with TemporaryDirectory() as folder, local_cluster(workers) as client:
        path = Path(folder) / FORECASTS
        parquet.write(path, bundle)
        everybody = client.scatter(people, broadcast=True)

        def send(task: Task) -> Any:
            # Not `pure`: no two tasks are one, and to find that out all that they hold would be hashed.
            return client.submit(_of_file, task, path, everybody, pure=False)

        yield from in_flight(send, given, AHEAD * workers)


def in_flight(send: Callable[[Given], Any], given: Iterator[Given], most: int) -> Iterator[Any]:
    """Results as they come, no more than so many tasks being sent or worked on at once."""
    from distributed import as_completed

    running = as_completed([send(task) for task in islice(given, most)])
    for future in running:
        yield future.result()
        for task in islice(given, 1):
            running.add(send(task))


@contextmanager
def local_cluster(workers: int) -> Iterator["Client"]:
    """Worker processes of this machine, which listen on its loopback alone."""
    from distributed import Client, LocalCluster

    # Each start and end of a worker is told in a line of its own, in the midst of the progress.
    quiet = logging.getLogger("distributed")
    before = quiet.level
    quiet.setLevel(logging.ERROR)
    cluster = partial(
        LocalCluster, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR
    )
    try:
        with cluster(n_workers=workers, threads_per_worker=1, processes=True) as made, Client(made) as client:
            yield client
    finally:
        quiet.setLevel(before)


def _of_file(task: Task, path: Path, people: People) -> Done:
    columns = parquet.question_columns(path, task.row["question_id"])
    return recompute_question(replace(task, answers=columns), people)

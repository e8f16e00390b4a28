"""Runs and scores dealt out to workers: threads, processes, and Dask distributed with a scheduler and workers of their own, one of which is killed."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import numpy
import pandas
import pytest
from conftest import GOLDEN, ROOT, SUMMIT, printed

import foretell
from foretell.executors import run_shard, unpacked

RUN = {"worlds": 400_000, "doubt_draws": 20, "seed": 5}
LOCAL = foretell.load(SUMMIT).run(**RUN).json


@pytest.mark.parametrize("shards", [None, 1, 3, 13])
def test_threads_give_the_bytes_of_one_run(shards):
    with concurrent.futures.ThreadPoolExecutor(3) as executor:
        assert foretell.run(SUMMIT, executor=executor, shards=shards, **RUN).json == LOCAL


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_give_the_bytes_of_one_run(start):
    """Also where they are forked from this one, whose threads have worked and are not there in the child."""
    assert foretell.scores.brier(numpy.zeros(100_000), 0.5).sum() == 25_000.0
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context(start)) as executor:
        assert executor.submit(numpy.sum, foretell.scores.brier(1, 0.5)).result() == 0.25
        assert executor.submit(foretell.scores.crps_normal, numpy.zeros(100_000), 0.0, 1.0).result(timeout=60).shape == (100_000,)
        seen: list[float] = []
        assert foretell.run(SUMMIT, executor=executor, shards=5, progress=seen.append, **RUN).json == LOCAL
        assert seen == sorted(seen) and seen[-1] == 1.0


def test_parts_without_an_executor_run_here():
    assert foretell.run(SUMMIT, shards=3, **RUN).json == LOCAL


def test_a_scenario_with_a_file_of_priors_goes_to_workers_whole(tmp_path, monkeypatch):
    (tmp_path / "classes.toml").write_text('[prior.held]\nchance = "6 of 20"\nwhy = "such talks"\n', encoding="utf-8")
    scenario = tmp_path / "talks.toml"
    scenario.write_text(
        'title = "Talks"\nas_of = 2026-01-01\nhorizon = 2026-12-31\npriors = "classes.toml"\n\n[event.talks]\nchance = "like held"\n',
        encoding="utf-8",
    )
    here = foretell.run(scenario, worlds=50_000)
    assert "error" not in {problem.severity for problem in foretell.check(scenario)}
    work = [["run", str(scenario), "--worlds=50000"], foretell._foretell.scenario_texts(str(scenario))]
    assert len(work[1]) == 2
    # Where there is no such file: as on another machine.
    scenario.unlink()
    (tmp_path / "classes.toml").unlink()
    merger = foretell._foretell.Merger()
    for number in (2, 1):
        assert merger.add(f"part {number}", unpacked(run_shard(*work, number, 2))).failure is None
    assert merger.finish(False).json == here.json


def test_what_is_wrong_is_raised_here():
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        with pytest.raises(foretell.InputFault, match="`given="):
            foretell.run(SUMMIT, executor=executor, given="nonsense by")
        with pytest.raises(ValueError, match="at least one shard"):
            foretell.run(SUMMIT, executor=executor, shards=0)
        with pytest.raises(ValueError, match="exact"):
            foretell.run(SUMMIT, executor=executor, exact=True)


def test_what_is_worth_to_know_is_said_once():
    """Where the run was asked for, and not by each of the workers that read the scenario."""
    scenario = foretell.load(GOLDEN.read_text(encoding="utf-8").replace("resolves", "# resolves"))
    said = []
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        for others in ({}, {"executor": executor, "shards": 5}):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                scenario.run(worlds=200_000, doubt_draws=0, **others)
            said.append([(str(one.message), one.filename) for one in caught])
    assert len(said[0]) > 2 and said[0][0][1] == __file__
    assert said[1] == said[0]


def interrupted(seconds: float, **run) -> float:
    """After how many seconds a run ended that was interrupted after so many."""
    begun = time.monotonic()
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        foretell.run(SUMMIT, doubt_draws=0, **run)
    return time.monotonic() - begun


def test_a_part_that_has_begun_ends_with_its_run():
    """Each of these parts would take hours; whoever ends the executor waits for those that have begun."""
    assert interrupted(1.0, worlds=10**11, shards=2) < 60
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        interrupted(1.0, worlds=10**11, executor=executor)

        def fail(_: float) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            foretell.run(SUMMIT, worlds=10**11, executor=executor, progress=fail)
    assert time.monotonic() - begun < 60


def test_an_executor_without_workers_says_so():
    class Client:
        def ncores(self) -> dict[str, int]:
            return {}

    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor._client = Client()  # type: ignore[attr-defined]
        with pytest.warns(foretell.ForetellWarning, match="no worker"):
            assert foretell.run(SUMMIT, executor=executor, **RUN).json == LOCAL


def test_what_an_executor_wraps_is_raised_as_it_was():
    """As Ray does, whose errors have that of the worker as their cause."""

    class Wrapped(Exception):
        def __init__(self, cause: BaseException) -> None:
            self.cause = cause

    class Wrapping(concurrent.futures.ThreadPoolExecutor):
        def submit(self, function, /, *arguments):  # type: ignore[override]
            def wrapped():
                try:
                    return function(*arguments)
                except foretell.ForetellError as problem:
                    raise Wrapped(problem) from problem

            return super().submit(wrapped)

    with Wrapping(1) as executor, pytest.raises(foretell.InputFault, match="`given=") as raised:
        foretell.run(SUMMIT, executor=executor, given="nonsense by")
    assert type(raised.value) is foretell.InputFault
    assert raised.value.problems[0].code == "E0208"


def test_help_needs_no_worker():
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        assert foretell.run(SUMMIT, executor=executor, help=True).text == foretell.run(SUMMIT, help=True).text


def test_few_parts_are_asked_for_at_once():
    """However many parts there are, no more than a few wait to be put together."""
    asked = {"now": 0, "most": 0, "all": 0}

    class Counting(concurrent.futures.ThreadPoolExecutor):
        def submit(self, function, /, *arguments):  # type: ignore[override]
            asked["now"] += 1
            asked["all"] += 1
            asked["most"] = max(asked["most"], asked["now"])
            future = super().submit(function, *arguments)
            future.add_done_callback(lambda _: asked.__setitem__("now", asked["now"] - 1))
            return future

    with Counting(2) as executor:
        assert foretell.run(SUMMIT, executor=executor, shards=40, **RUN).json == LOCAL
    assert asked["all"] == 40
    assert asked["most"] <= 4


def test_workers_that_join_later_are_given_parts(monkeypatch):
    monkeypatch.setattr(foretell.executors, "LOOK", 0.0)
    asked = {"now": 0, "most": 0}

    class Client:
        looks = 0

        def ncores(self) -> dict[str, int]:
            self.looks += 1
            return {} if self.looks < 4 else {"one": 2, "other": 1}

    class Counting(concurrent.futures.ThreadPoolExecutor):
        _client = Client()

        def submit(self, function, /, *arguments):  # type: ignore[override]
            asked["now"] += 1
            asked["most"] = max(asked["most"], asked["now"])
            future = super().submit(function, *arguments)
            future.add_done_callback(lambda _: asked.__setitem__("now", asked["now"] - 1))
            return future

    with Counting(3) as executor, pytest.warns(foretell.ForetellWarning, match="no worker"):
        assert foretell.run(SUMMIT, executor=executor, **RUN).json == LOCAL
    assert 2 < asked["most"] <= 6


# Forecasts in pieces.

RANDOM = numpy.random.default_rng(20251129)


def pieces(folder: pathlib.Path, rows: int, count: int) -> tuple[list[str], str]:
    """Forecasts of 50 people in files, and the outcomes of their questions."""
    questions = rows // 50
    at = RANDOM.permutation(questions * 50)
    frame = pandas.DataFrame(
        {
            "question": [f"q{one % questions}" for one in at],
            "forecaster": [f"p{one // questions}" for one in at],
            "made_at": "2025-01-05",
            "probability": RANDOM.uniform(size=len(at)),
        }
    )
    paths = []
    for number, piece in enumerate(numpy.array_split(numpy.arange(len(frame)), count)):
        paths.append(str(folder / f"piece{number}.parquet"))
        frame.iloc[piece].to_parquet(paths[-1], index=False)
    outcomes = folder / "outcomes.csv"
    came = numpy.where(RANDOM.uniform(size=questions) < 0.3, "yes", "no")
    pandas.DataFrame({"question": [f"q{one}" for one in range(questions)], "resolution": came, "resolved_on": "2025-03-02"}).to_csv(
        outcomes, index=False
    )
    return paths, str(outcomes)


def test_pieces_have_the_scores_of_all_rows(tmp_path):
    paths, outcomes = pieces(tmp_path, 20_000, 7)
    expected = printed(
        *("score", "--stream", *(f"--forecasts={path}" for path in paths), "--outcomes", outcomes, "--format", "json")
    )
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        assert foretell.score_partitions(paths, outcomes, executor=executor).json == expected
        again = [pandas.read_parquet(path) for path in reversed(paths)]
        assert foretell.score_partitions(again, outcomes, executor=executor).json == expected
        with pytest.raises(foretell.MissingFile, match="nowhere.csv"):
            foretell.score_partitions(paths, "nowhere.csv", executor=executor)
        with pytest.raises(foretell.InputFault, match="another table has one of, too"):
            foretell.score_partitions([paths[0], paths[0]], outcomes, executor=executor)


# Dask distributed: a scheduler and workers as processes of their own, on loopback.


@contextlib.contextmanager
def cluster(workers: int):
    """The scheduler's address and the processes of the workers."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        assert scheduler.stderr is not None
        for line in scheduler.stderr:
            found = re.search(r"tcp://127\.0\.0\.1:\d+", line)
            if found:
                break
        else:
            pytest.fail("the scheduler did not start")
        address = found.group()
        # Nobody reads on: the pipe must not fill up.
        threading.Thread(target=scheduler.stderr.read, daemon=True).start()
        for _ in range(workers):
            processes.append(
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "distributed.cli.dask_worker", address),
                        *("--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--no-nanny"),
                    ],
                    stderr=subprocess.DEVNULL,
                    cwd=ROOT,
                )
            )
        yield address, processes
    finally:
        for process in [*processes, scheduler]:
            process.kill()
            process.wait()


def test_a_worker_that_is_killed_changes_nothing(tmp_path):
    distributed = pytest.importorskip("distributed")
    run = {"worlds": 12_000_000, "doubt_draws": 0, "seed": 9}
    local = foretell.run(SUMMIT, **run).json
    with cluster(4) as (address, processes), distributed.Client(address) as client:
        client.wait_for_workers(4, timeout=60)
        executor = client.get_executor()
        killed: list[float] = []

        def kill_one(share: float) -> None:
            if share >= 0.25 and not killed:
                killed.append(share)
                processes[0].send_signal(signal.SIGKILL)
                processes[0].wait()

        assert foretell.run(SUMMIT, executor=executor, shards=24, progress=kill_one, **run).json == local
        assert killed and killed[0] < 1.0
        assert processes[0].returncode == -signal.SIGKILL
        assert len(client.ncores()) == 3
        # And whoever is left runs the next one, and scores pieces.
        assert foretell.run(SUMMIT, executor=executor, **RUN).json == LOCAL
        paths, outcomes = pieces(tmp_path, 20_000, 5)
        expected = foretell.score(paths, outcomes, stream=True).json
        assert foretell.score_partitions(paths, outcomes, executor=executor).json == expected
        # What is cancelled ends soon.
        with pytest.raises(KeyboardInterrupt):
            threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            foretell.run(SUMMIT, executor=executor, shards=400, worlds=400_000_000)
        begun = time.monotonic()
        while any(client.processing().values()) and time.monotonic() - begun < 100:
            time.sleep(0.2)
        # Also the parts that have begun, of which each would take hours: the workers are free for others.
        interrupted(3.0, executor=executor, worlds=10**11)
        free = [client.submit(int, number, pure=False, workers=[worker]) for number, worker in enumerate(client.ncores())]
        assert [future.result(timeout=60) for future in free] == [0, 1, 2]


def test_a_frame_of_dask_is_scored_by_its_partitions(tmp_path):
    dataframe = pytest.importorskip("dask.dataframe")
    paths, outcomes = pieces(tmp_path, 5_000, 3)
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        whole = foretell.score_partitions(dataframe.read_parquet(paths), outcomes, executor=executor)
    assert whole.json == foretell.score(paths, outcomes, stream=True).json


def test_a_part_says_what_it_is_of():
    text = unpacked(run_shard(["run", str(SUMMIT), "--worlds=100000"], {}, 2, 3))
    assert text.startswith('{"schema":"foretell.part/2"') and '"shard":2,"shards":3' in text


# Ray: a head with its workers as processes of their own.


def started_ray(folder: pathlib.Path) -> tuple[str, subprocess.Popen[str]]:
    """The address of a head with two workers, and its process. Of what `ray.init` starts beside, the dashboard, the autoscaler and what gathers logs are left out: each is
    a process that imports Ray, and the head gives up where all of them together are not there within half a minute.
    """
    options = ["--num-cpus=2", "--include-dashboard=false", "--no-monitor", "--include-log-monitor=false", "--disable-usage-stats", "--object-store-memory=100000000"]
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--port=0", f"--temp-dir={folder}", *options]
    said = ""
    # On a machine that has other work to do it may be late all the same.
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            found = re.search(r"--address='([^']+)'", line)
            if found:
                # Nobody reads on: the pipe must not fill up.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return found.group(1), process
        process.wait()
    pytest.fail(f"Ray did not start:\n{said}")


def test_ray_gives_the_bytes_of_one_run(monkeypatch):
    """Where Ray is installed; it is not among what the tests need. A worker that is killed changes nothing there either."""
    ray = pytest.importorskip("ray")
    from foretell.executors import RayExecutor

    with pytest.raises(RuntimeError, match="call `ray.init"):
        RayExecutor()
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    # Sockets lie in its folder, and have short names.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        address, head = started_ray(pathlib.Path(folder))
        try:
            ray.init(address=address, log_to_driver=False)
            with RayExecutor() as executor:
                assert executor.submit(int, 7).result() == 7
                assert foretell.run(SUMMIT, executor=executor, shards=5, **RUN).json == LOCAL
                with pytest.raises(foretell.InputFault, match="`given=") as raised:
                    foretell.run(SUMMIT, executor=executor, given="nonsense by")
                assert type(raised.value) is foretell.InputFault and raised.value.problems[0].code == "E0208"
                killed: list[int] = []

                def kill_one(share: float) -> None:
                    if share >= 0.25 and not killed:
                        killed.append(executor.submit(os.getpid).result())
                        os.kill(killed[0], signal.SIGKILL)

                run = {"worlds": 4_000_000, "doubt_draws": 0, "seed": 9}
                assert foretell.run(SUMMIT, executor=executor, shards=12, progress=kill_one, **run).json == foretell.run(SUMMIT, **run).json
                assert killed
                # What is interrupted ends, and leaves the workers to others.
                interrupted(3.0, executor=executor, worlds=10**11)
                assert [executor.submit(int, number).result(timeout=60) for number in (1, 2)] == [1, 2]
            with pytest.raises(RuntimeError, match="after shutdown"):
                executor.submit(int, 7)
        finally:
            ray.shutdown()
            head.terminate()
            head.wait()

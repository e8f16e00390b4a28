"""Scores columns with the engine and its peers in turns and prints what each took as Markdown. `scoring.sh` sets everything up.

Each contestant is a process of its own that has imported, compiled and read everything before the first timed run. They take turns, round
by round; a ratio is taken within a round, of CPU seconds, and the median over the rounds is shown with the least and the greatest. All
figures are held to those of the engine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

ENGINE = "foretell"
WORKS = {
    "binary": "10⁷ yes/no forecasts by 100 forecasters: Brier, log, both by forecaster, Murphy over 20 bins",
    "parquet": "the same from a Parquet file, names of forecasters as dictionaries",
    "corp": "CORP decomposition of 10⁷ forecasts of full precision",
    "crps": "CRPS (edf) of 10⁵ forecasts by 1,000 members",
    "wis": "weighted interval score of 10⁶ forecasts by 23 quantiles",
    "wis-parts": "the same, the engine's with its three parts",
    "bootstrap": "interval of a paired difference, 10⁴ resamples of 10⁵ questions",
}
# Resamples are random: an interval's end wanders by about 0.03 of its half width.
TOLERANCE = {"bootstrap": 0.15}
THREADS = 2


def data(folder):
    """Writes the columns once, as raw numbers."""
    if os.path.exists(os.path.join(folder, "done")):
        return
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(1)

    def put(name, array):
        np.ascontiguousarray(array).tofile(os.path.join(folder, name))

    p = np.clip(rng.beta(0.8, 1.2, 10**7), 1e-5, 1 - 1e-5)
    truth = np.clip(0.1 + 0.8 * p, 0, 1)
    put("p", p)
    put("y", (rng.random(p.size) < truth).astype(np.uint8))
    put("f", rng.integers(0, 100, p.size, dtype=np.uint8))
    put("ensembles", rng.normal(size=(10**5, 1000)) + rng.normal(size=(10**5, 1)))
    put("outcomes", rng.normal(size=10**5) * 1.4)
    levels = np.array([0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99])
    put("levels", levels)
    z = np.quantile(rng.normal(size=10**6), levels)
    put("quantiles", rng.normal(size=(10**6, 1)) + z * np.exp(rng.normal(size=(10**6, 1)) / 4))
    put("wis_outcomes", rng.normal(size=10**6) * 1.4)
    put("differences", rng.normal(0.02, 1, 10**5) * 0.3)
    open(os.path.join(folder, "done"), "w").close()


def parquet_file(folder):
    """Writes the yes/no forecasts once as a table, as pyarrow does if nothing is said."""
    path = os.path.join(folder, "forecasts.parquet")
    if os.path.exists(path):
        return
    import pyarrow
    import pyarrow.parquet

    columns = Columns(folder)
    names = pyarrow.DictionaryArray.from_arrays(columns.f.astype(np.int32), pyarrow.array([f"f{k:03}" for k in range(100)]))
    table = pyarrow.table({"forecaster": names, "probability": columns.p, "outcome": columns.y.astype(bool)})
    pyarrow.parquet.write_table(table, path + ".part")
    os.replace(path + ".part", path)


class Columns:
    def __init__(self, folder):
        self.folder = folder

    @property
    def table(self):
        return os.path.join(self.folder, "forecasts.parquet")

    def __getattr__(self, name):
        kind = np.uint8 if name in "yf" else np.float64
        return np.fromfile(os.path.join(self.folder, name), kind)


def murphy(n, stated, events):
    rows, base = n.sum(), events.sum() / n.sum()
    own = n > 0
    n, stated, events = n[own], stated[own], events[own]
    return [np.sum(n * (stated / n - events / n) ** 2) / rows, np.sum(n * (events / n - base) ** 2) / rows, base * (1 - base)]


def halves(work, count):
    """Runs a function of a range on two threads."""
    pool = ThreadPoolExecutor(THREADS)
    cuts = [count * at // THREADS for at in range(THREADS + 1)]
    return lambda: list(pool.map(work, cuts[:-1], cuts[1:]))


def binary_numpy(columns):
    p, y, f = columns.p, columns.y, columns.f
    size = 1 << 15

    def work(first, end):
        sums, own, bins = np.zeros(2), np.zeros((3, 100)), np.zeros((3, 20))
        for at in range(first, end, size):
            stop = min(end, at + size)
            part, came, who = p[at:stop], y[at:stop], f[at:stop].astype(np.int64)
            happened = np.abs(part - 1 + came)
            miss, surprise = (1 - happened) ** 2, -np.log(happened)
            sums += [miss.sum(), surprise.sum()]
            own += [np.bincount(who, minlength=100), np.bincount(who, miss, 100), np.bincount(who, surprise, 100)]
            place = np.minimum((part * 20).astype(np.int64), 19)
            bins += [np.bincount(place, minlength=20), np.bincount(place, part, 20), np.bincount(place, came, 20)]
        return sums, own, bins

    run = halves(work, p.size)

    def figures():
        sums, own, bins = (sum(parts) for parts in zip(*run()))
        return [*(sums / p.size), *murphy(*bins), *(own[1] / own[0]), *(own[2] / own[0])]

    return figures


def binary_kernel():
    import math

    from numba import njit, prange

    @njit(parallel=True, fastmath=True)
    def kernel(p, y, f, threads):
        own, bins = np.zeros((threads, 3, 256)), np.zeros((threads, 3, 32))
        for thread in prange(threads):
            a, b = np.zeros((3, 256)), np.zeros((3, 32))
            for at in range(p.size * thread // threads, p.size * (thread + 1) // threads):
                q = p[at] if y[at] else 1 - p[at]
                a[0, f[at]] += 1
                a[1, f[at]] += (1 - q) * (1 - q)
                a[2, f[at]] -= math.log(q)
                place = min(int(p[at] * 20), 19)
                b[0, place] += 1
                b[1, place] += p[at]
                b[2, place] += y[at]
            own[thread], bins[thread] = a, b
        return own.sum(0), bins.sum(0)

    return kernel


def binary_figures(own, bins):
    """The figures from counts, Brier and log sums of each forecaster and counts, probabilities and events of each bin."""
    rows = own[0].sum()
    return [own[1].sum() / rows, own[2].sum() / rows, *murphy(*bins), *(own[1] / own[0]), *(own[2] / own[0])]


def binary_numba(columns):
    p, y, f, kernel = columns.p, columns.y, columns.f, binary_kernel()

    def figures():
        own, bins = kernel(p, y, f, THREADS)
        return binary_figures(own[:, :100], bins[:, :20])

    return figures


def parquet_numba(columns):
    import math

    import pyarrow
    import pyarrow.parquet
    from numba import njit

    pyarrow.set_cpu_count(THREADS)
    path, pool = columns.table, ThreadPoolExecutor(THREADS)

    # Batches are short: threads that take whole ones spend less than those of numba, which would share each.
    @njit(nogil=True, fastmath=True)
    def kernel(p, y, f, own, bins):
        for at in range(p.size):
            q = p[at] if y[at] else 1 - p[at]
            own[0, f[at]] += 1
            own[1, f[at]] += (1 - q) * (1 - q)
            own[2, f[at]] -= math.log(q)
            place = min(int(p[at] * 20), 19)
            bins[0, place] += 1
            bins[1, place] += p[at]
            bins[2, place] += y[at]

    def work(batches):
        own, bins = np.zeros((3, 256)), np.zeros((3, 32))
        for batch in batches:
            came = batch.column("outcome").to_numpy(zero_copy_only=False).view(np.uint8)
            kernel(batch.column("probability").to_numpy(), came, batch.column("forecaster").indices.to_numpy(), own, bins)
        return own, bins

    def figures():
        table = pyarrow.parquet.read_table(path, read_dictionary=["forecaster"]).unify_dictionaries()
        batches = table.to_batches()
        own, bins = (sum(parts) for parts in zip(*pool.map(work, [batches[at::THREADS] for at in range(THREADS)])))
        names = batches[0].column("forecaster").dictionary.to_pylist()
        return binary_figures(own[:, np.argsort(names)], bins[:, :20])

    return figures


def parquet_polars(columns):
    import polars

    path = columns.table
    p, came = polars.col("probability"), polars.col("outcome")
    happened = polars.when(came).then(p).otherwise(1 - p)

    def figures():
        table = polars.read_parquet(path)
        scored = table.lazy().select("forecaster", (1 - happened).pow(2).alias("brier"), (-happened.log()).alias("log"))
        by = scored.group_by("forecaster").agg(polars.len().alias("n"), polars.col("brier", "log").sum())
        binned = table.lazy().select((p * 20).cast(polars.Int32).clip(0, 19).alias("bin"), p, came)
        bins = binned.group_by("bin").agg(polars.len().alias("n"), p.sum(), came.sum())
        by, bins = polars.collect_all([by.with_columns(polars.col("forecaster").cast(polars.String)).sort("forecaster"), bins])
        own = by.select("n", "brier", "log").to_numpy().T.astype(float)
        return binary_figures(own, bins.select("n", "probability", "outcome").to_numpy().T.astype(float))

    return figures


def parquet_pyarrow_alone(columns):
    import pyarrow
    import pyarrow.parquet

    pyarrow.set_cpu_count(THREADS)
    path = columns.table

    def figures():
        pyarrow.parquet.read_table(path, read_dictionary=["forecaster"])
        return []

    return figures


def parquet_polars_alone(columns):
    import polars

    path = columns.table

    def figures():
        polars.read_parquet(path)
        return []

    return figures


def binary_sklearn(columns):
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss, log_loss

    p, y, f = columns.p, columns.y, columns.f

    def figures():
        true, stated = calibration_curve(y, p, n_bins=20)
        n = np.histogram(p, 20, (0, 1))[0].astype(float)
        n = n[n > 0]
        own = [(brier_score_loss(y[f == k], p[f == k]), log_loss(y[f == k], p[f == k])) for k in range(100)]
        return [brier_score_loss(y, p), log_loss(y, p), *murphy(n, stated * n, true * n), *(one[0] for one in own), *(one[1] for one in own)]

    return figures


def corp_parts(brier, events, cases, fit, base, rows):
    best = np.sum(cases * fit * fit - 2 * fit * events + events) / rows
    return [brier - best, base * (1 - base) - best, base * (1 - base)]


def corp_packed(columns):
    from scipy.optimize import isotonic_regression

    p, y, one = columns.p, columns.y, np.uint64(1)

    def figures():
        packed = ((p.view(np.uint64) & ~one) | y).view(np.float64)
        packed.sort()
        packed = packed.view(np.uint64)
        came, key = (packed & one).astype(float), packed >> one
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        cases = np.diff(np.concatenate([starts, [p.size]])).astype(float)
        events = np.add.reduceat(came, starts)
        fit = isotonic_regression(events / cases, weights=cases).x
        return corp_parts(np.mean((p - y) ** 2), events, cases, fit, came.mean(), p.size)

    return figures


def corp_model_diagnostics(columns):
    from model_diagnostics.scoring import SquaredError, decompose

    p, y = columns.p, columns.y.astype(float)

    def figures():
        row = decompose(y, p, scoring_function=SquaredError()).row(0, named=True)
        return [row["miscalibration"], row["discrimination"], row["uncertainty"]]

    return figures


def first_and_mean(scores):
    return [scores[0], scores[1], scores.mean()]


def crps_numpy(columns):
    draws, y = columns.ensembles.reshape(-1, 1000), columns.outcomes
    members = draws.shape[1]
    weights, out = (2 * np.arange(1, members + 1) - members - 1) / members**2, np.empty(y.size)

    def work(first, end):
        for at in range(first, end, 64):
            stop = min(end, at + 64)
            own = np.sort(draws[at:stop], axis=1)
            spread = own @ weights
            own -= y[at:stop, None]
            out[at:stop] = np.abs(own, out=own).mean(1) - spread

    run = halves(work, y.size)

    def figures():
        run()
        return first_and_mean(out)

    return figures


def crps_scoringrules(columns):
    import scoringrules

    draws, y = columns.ensembles.reshape(-1, 1000), columns.outcomes
    return lambda: first_and_mean(scoringrules.crps_ensemble(y, draws, estimator="qd", backend="numba"))


def crps_properscoring(columns):
    import properscoring

    draws, y = columns.ensembles.reshape(-1, 1000), columns.outcomes
    return lambda: first_and_mean(properscoring.crps_ensemble(y, draws))


def wis_numba(columns):
    from numba import njit, prange

    levels, y = columns.levels, columns.wis_outcomes
    q = columns.quantiles.reshape(-1, levels.size)

    @njit(parallel=True, fastmath=True)
    def kernel(q, y, levels):
        rows, width = q.shape
        out = np.empty(rows)
        for row in prange(rows):
            total = 0.0
            for at in range(width):
                off = y[row] - q[row, at]
                total += max(levels[at] * off, (levels[at] - 1) * off)
            out[row] = 2 * total / width
        return out

    return lambda: first_and_mean(kernel(q, y, levels))


def wis_scoringrules(columns):
    import scoringrules

    levels, y = columns.levels, columns.wis_outcomes
    q, middle = columns.quantiles.reshape(-1, levels.size), levels.size // 2
    lower, upper = np.ascontiguousarray(q[:, :middle]), np.ascontiguousarray(q[:, :middle:-1])
    median, alpha = q[:, middle].copy(), 2 * levels[:middle]
    return lambda: first_and_mean(scoringrules.weighted_interval_score(y, median, lower, upper, alpha, backend="numba"))


def bootstrap_numba(columns):
    from numba import njit, prange, uint64

    values, draws = columns.differences, 10**4

    @njit
    def turned(x, by):
        return (x << uint64(by)) | (x >> uint64(64 - by))

    @njit(parallel=True)
    def kernel(values, draws, states):
        out, n = np.empty(draws), np.uint64(values.size)
        for thread in prange(states.shape[0]):
            s0, s1, s2, s3 = states[thread]
            for draw in range(draws * thread // states.shape[0], draws * (thread + 1) // states.shape[0]):
                a = b = 0.0
                for _ in range(values.size // 2):
                    r = turned(s0 + s3, 23) + s0
                    x = s1 << uint64(17)
                    s2 ^= s0
                    s3 ^= s1
                    s1 ^= s2
                    s0 ^= s3
                    s2 ^= x
                    s3 = turned(s3, 45)
                    a += values[((r >> uint64(32)) * n) >> uint64(32)]
                    b += values[((r & uint64(0xFFFFFFFF)) * n) >> uint64(32)]
                out[draw] = (a + b) / values.size
        return out

    rng = np.random.default_rng(3)
    return lambda: list(np.percentile(kernel(values, draws, rng.integers(1, 2**63, (THREADS, 4), dtype=np.uint64)), [2.5, 97.5]))


def bootstrap_numpy(columns):
    values, draws = columns.differences, 10**4

    def work(first, end):
        rng, out = np.random.Generator(np.random.SFC64(first)), np.empty(end - first)
        for at in range(out.size):
            out[at] = values.take(rng.integers(0, values.size, values.size, dtype=np.uint32)).mean()
        return out

    run = halves(work, draws)
    return lambda: list(np.percentile(np.concatenate(run()), [2.5, 97.5]))


PEERS = {
    "binary": {"numba by hand": binary_numba, "numpy by hand": binary_numpy, "scikit-learn": binary_sklearn},
    "parquet": {
        "pyarrow + numba by hand": parquet_numba,
        "polars, its own means": parquet_polars,
        "the parquet crate, reading alone": "parquet-read",
        "pyarrow, reading alone": parquet_pyarrow_alone,
        "polars, reading alone": parquet_polars_alone,
    },
    "corp": {"numpy + scipy by hand": corp_packed, "model-diagnostics": corp_model_diagnostics},
    "crps": {"numpy by hand": crps_numpy, "scoringrules": crps_scoringrules, "properscoring": crps_properscoring},
    "wis": {"numba by hand": wis_numba, "scoringrules": wis_scoringrules},
    "wis-parts": {"numba by hand": wis_numba, "scoringrules": wis_scoringrules},
    "bootstrap": {"numba by hand": bootstrap_numba, "numpy by hand": bootstrap_numpy},
}


def worker(work, peer, folder):
    run = PEERS[work][peer](Columns(folder))
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(line)):
            values = run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps(dict(wall=wall, cpu=cpu, values=[float(value) for value in values])), flush=True)


def ask(process, runs):
    process.stdin.write(f"{runs}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def seconds(value):
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def spread(values, text):
    return f"{text(statistics.median(values))} ({text(min(values))}–{text(max(values))})"


def compare(work, options):
    threads = {name: str(THREADS) for name in ("RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")}
    environment = dict(os.environ, **threads, OPENBLAS_NUM_THREADS="1", PYTHONWARNINGS="ignore")
    # NumPy asks for large pages for its arrays: whoever else holds columns gets them, too.
    environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    commands = {ENGINE: [options.engine, work, options.home]}
    for peer, run in PEERS[work].items():
        # What is measured in Rust is a work of the engine's example.
        commands[peer] = [options.engine, run, options.home] if isinstance(run, str) else [sys.executable, __file__, "worker", work, peer, options.home]
    took, wall, right = {name: [] for name in commands}, {name: [] for name in commands}, {}
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    running = {name: subprocess.Popen(command, **pipes) for name, command in commands.items()}
    runs = {}
    for name, process in running.items():
        print(f"{work}: warming up {name}", file=sys.stderr)
        ask(process, 1)
        runs[name] = max(1, min(100, round(0.3 / ask(process, 1)["wall"])))
    for turn in range(options.rounds):
        names = list(running)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            answer = ask(running[name], runs[name])
            took[name].append(answer["cpu"] / runs[name])
            wall[name].append(answer["wall"] / runs[name])
            right[name] = np.array(answer["values"])
    for process in running.values():
        process.stdin.close()
        process.wait()
    print(f"### {WORKS[work]}\n\n| who | CPU | wall | CPU ÷ {ENGINE}'s | off by |\n|---|---|---|---|---|")
    for name in commands:
        ratios = [its / own for its, own in zip(took[name], took[ENGINE])]
        scale = np.maximum(np.abs(right[ENGINE]), np.ptp(right[ENGINE]) if work == "bootstrap" else 1e-12)
        told = "–"  # Who reads alone gives no figures.
        if right[name].size:
            off = float(np.max(np.abs(right[name] - right[ENGINE]) / scale))
            told = f"{off:.0e}" + ("" if off < TOLERANCE.get(work, 1e-7) else " **wrong**")
        cells = [name, spread(took[name], seconds), spread(wall[name], seconds), spread(ratios, lambda ratio: f"{ratio:.3g}"), told]
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def main():
    if sys.argv[1:2] == ["worker"]:
        return worker(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", required=True, help="the built example `columns`")
    parser.add_argument("--home", required=True, help="where the columns are kept")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=list(WORKS), choices=list(WORKS))
    options = parser.parse_args()
    data(options.home)
    if "parquet" in options.only:
        parquet_file(options.home)
    for work in options.only:
        compare(work, options)


if __name__ == "__main__":
    main()

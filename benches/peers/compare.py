"""Runs the engine and its peers in turns and prints what each took as Markdown. `run.sh` sets everything up and calls this.

Each contestant is a process of its own that has imported, compiled and read everything before the first timed run. Within a group the
contestants take turns, round by round, so that a drift of the machine hits all of them alike; a ratio is taken within a round, and the
median over the rounds is shown. Every answer is checked against exact values.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

import numpy as np

import estimate
from networks import Network, exact, exact_joints

HERE = os.path.dirname(os.path.abspath(__file__))
ENGINE = "foretell"
KNOWN = ("HRBP=HIGH", "CVP=LOW", "BP=LOW")
# Of joint probability 1.04e-3.
RARE = ("HRSAT=LOW", "EXPCO2=HIGH", "MINVOL=HIGH")
TARGET = 0.001
# A rightful answer strays further once in four million figures.
LIMIT = 5.2


@dataclass
class Group:
    """One piece of work; each contestant with its number of worlds."""

    name: str
    about: str
    kind: str
    contestants: dict
    network: str = ""
    known: tuple = ()


def millions(count, *names):
    return {name: int(count * 1e6) for name in names}


GROUPS = [
    Group("W1", "seed network, marginals and all pairwise joints, 10⁷ worlds", "joints", millions(10, ENGINE, "numba", "numpy", "jax"), "seed"),
    Group("W1 small", "the same, 10⁶ worlds", "joints", millions(1, ENGINE, "pyAgrum") | millions(0.1, "pgmpy"), "seed"),
    Group("W2 alarm", "ALARM, marginals, 10⁷ worlds", "marginals", millions(10, ENGINE, "numba") | millions(0.2, "pyAgrum"), "alarm"),
    Group("W2 hailfinder", "HAILFINDER, marginals, 10⁷ worlds", "marginals", millions(10, ENGINE, "numba") | millions(0.1, "pyAgrum"), "hailfinder"),
    Group("W2 andes", "ANDES, marginals, 10⁷ worlds", "marginals", millions(10, ENGINE, "numba") | millions(0.05, "pyAgrum"), "andes"),
    Group("exact alarm", "ALARM, exact marginals", "exact", {ENGINE: 0, "pyAgrum LazyPropagation": 0}, "alarm"),
    Group("exact hailfinder", "HAILFINDER, exact marginals", "exact", {ENGINE: 0, "pyAgrum LazyPropagation": 0}, "hailfinder"),
    Group("exact andes", "ANDES, exact marginals", "exact", {ENGINE: 0, "pyAgrum LazyPropagation": 0}, "andes"),
    Group(
        "W3",
        f"ALARM given {', '.join(KNOWN)}: all posteriors; seconds until the largest standard error is {TARGET}",
        "posterior",
        millions(4, ENGINE, "numba")
        | millions(0.03, "pyAgrum WeightedSampling", "pyAgrum ImportanceSampling", "pyAgrum GibbsSampling")
        | {"pyAgrum LazyPropagation": 0},
        "alarm",
        KNOWN,
    ),
    Group("W3 weighted", "the same without the exact posterior: the engine's importance sampling", "posterior", millions(4, ENGINE, "numba"), "alarm", KNOWN),
    Group(
        "W3 rare",
        f"ALARM given {', '.join(RARE)}: all posteriors; seconds until the largest standard error is {TARGET}",
        "posterior",
        millions(4, ENGINE, "numba")
        | millions(0.03, "pyAgrum WeightedSampling", "pyAgrum ImportanceSampling", "pyAgrum GibbsSampling")
        | {"pyAgrum LazyPropagation": 0},
        "alarm",
        RARE,
    ),
    Group("W3 rare weighted", "the same without the exact posterior: the engine's importance sampling", "posterior", millions(4, ENGINE, "numba"), "alarm", RARE),
    Group("W4", "cost estimate, 5/50/95 % quantiles of y and T, 10⁷ worlds", "quantiles", millions(10, ENGINE, "numba", "numpy", "jax")),
]

# Peers that are named and not run, and why.
UNMEASURED = ["R bnlearn: in no package registry that this was prepared with; the packages of that name elsewhere are other programs"]


def command(group, name, options):
    """How to start a contestant, or why it cannot run."""
    worlds = str(group.contestants[name])
    if name == ENGINE:
        if group.kind == "exact":
            return [options.engine, "network", Network(group.network).path, "exact"], ""
        if group.kind == "quantiles":
            return [options.engine, "continuous", worlds], ""
        more = ["joints"] if group.kind == "joints" else list(group.known)
        how = ["weighted"] if group.name.endswith("weighted") else []
        return [options.engine, *how, "network", Network(group.network).path, worlds, *more], ""
    environment = "venv-jax" if name == "jax" else "venv"
    python = os.path.join(options.home, environment, "bin", "python")
    if not os.path.exists(python):
        return None, f"not installed: there is no {environment}"
    kind = "marginals" if group.kind == "exact" else group.kind
    network = [group.network] if group.network else []
    return [python, os.path.join(HERE, "worker.py"), name, kind, worlds, *network, *group.known], ""


@dataclass
class Contestant:
    """A running process and what it has answered."""

    name: str
    worlds: int
    process: subprocess.Popen
    label: str = ""
    runs: int = 1
    every: int = 1
    wall: dict = field(default_factory=dict)
    cpu: dict = field(default_factory=dict)
    answers: list = field(default_factory=list)
    why: str = ""

    def ask(self, seed, runs):
        try:
            self.process.stdin.write(f"{seed} {runs}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
            answer = json.loads(line) if line else dict(missing=f"it stopped: {self.process.stderr.read()[-300:].strip()}")
        except (BrokenPipeError, json.JSONDecodeError) as error:
            answer = dict(missing=f"it stopped: {error}")
        if "missing" in answer:
            self.why = answer["missing"].replace("\n", " ")
            return None
        self.label = answer.get("name", self.name)
        if not self.label.split()[0] == self.name.split()[0]:
            self.label = f"{self.name} ({self.label})"
        elif self.name.split()[1:]:
            self.label += " " + " ".join(self.name.split()[1:])
        return answer

    def prepare(self, options):
        """Warms up, and sees how many runs make one measurement, and how many rounds there is time for."""
        if self.ask(1, 1) is None:
            return
        answer = self.ask(2, 1)
        if answer is None:
            return
        self.runs = max(1, min(200, round(options.least / max(answer["wall"], 1e-6))))
        self.every = max(1, min(options.rounds // 2, int(options.rounds * answer["wall"] * self.runs / options.most)))

    def measure(self, turn):
        answer = self.ask(1000 * (turn + 1), self.runs)
        if answer is not None:
            self.wall[turn] = answer["wall"] / self.runs
            self.cpu[turn] = None if answer["cpu"] is None else answer["cpu"] / self.runs
            self.answers.append(answer)


def truth(group):
    if group.kind == "quantiles":
        return estimate.exact()
    network = Network(group.network)
    values = exact(network, dict(known.split("=") for known in group.known))
    return values, exact_joints(network) if group.kind == "joints" else None


def deviation(shares, p, worlds):
    """In standard errors, by the arcsine, which rare states do not upset (Anscombe 1948, Biometrika 35, 246-254)."""

    def angle(share):
        return np.arcsin(np.sqrt((np.clip(share, 0, 1) * worlds + 0.375) / (worlds + 0.75)))

    # What is impossible or certain must come out so.
    certain = (p < 1e-12) | (p > 1 - 1e-12)
    return np.where(certain, np.where(np.abs(shares - p) > 1e-9, 99.0, 0.0), 2 * np.sqrt(worlds + 0.5) * np.abs(angle(shares) - angle(p)))


def check(group, contestant, expected):
    """How far the answers are from exact values, in words, and whether that is right."""
    name, worlds = contestant.name, contestant.worlds
    values = np.array([answer["values"] for answer in contestant.answers])
    if worlds == 0:
        error = np.abs(values - expected[0]).max()
        return f"off by {error:.0e} at most", error < 1e-6
    if group.kind == "quantiles":
        exact_values, density = expected
        levels = np.tile(estimate.LEVELS, 2)
        errors = np.sqrt(levels * (1 - levels) / worlds) / density
        deviations = np.abs(values - exact_values) / errors
    elif group.kind == "posterior":
        if "errors" not in contestant.answers[0]:
            return f"off by {np.abs(values - expected[0]).max():.3f} at most", True
        errors = np.array([answer["errors"] for answer in contestant.answers])
        deviations = (np.abs(values - expected[0]) / np.maximum(errors, 1e-9))[errors > 1e-9]
    else:
        pairs = [(values, expected[0])]
        if group.kind == "joints":
            joints = np.array([answer["joints"] for answer in contestant.answers])
            pairs.append((joints, expected[1].ravel()))
        deviations = np.concatenate([deviation(figures, p, worlds).ravel() for figures, p in pairs])
    return f"{deviations.max():.1f} standard errors at most", bool(deviations.max() < LIMIT)


def cost_factor(group, contestant, expected):
    """What the seconds of a run are multiplied with: to a million worlds, or to the standard error aimed at."""
    if group.kind == "posterior" and not contestant.name.endswith("LazyPropagation"):
        p = expected[0]
        if "errors" in contestant.answers[0]:
            worst = statistics.median(max(answer["errors"]) for answer in contestant.answers)
        else:
            # From the errors themselves, pooled over all states: the worst of so few runs alone would be too uncertain.
            squares = np.mean([(np.array(answer["values"]) - p) ** 2 for answer in contestant.answers], axis=0)
            effective = np.sum(p * (1 - p)) / np.sum(squares)
            worst = float(np.sqrt((p * (1 - p)).max() / effective))
        return (worst / TARGET) ** 2
    return 1.0 if contestant.worlds == 0 else 1e6 / contestant.worlds


def seconds(value):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.1e} s"


def spread(values):
    values = [value for value in values if value is not None]
    if not values:
        return "–"
    return f"{seconds(statistics.median(values))} ({seconds(min(values))}–{seconds(max(values))})"


def ratio(contestant, engine, factor, engine_factor, which):
    mine, its = getattr(contestant, which), getattr(engine, which)
    rounds = [turn for turn in mine if turn in its and mine[turn] and its[turn]]
    if contestant is engine or not rounds:
        return "–" if contestant is not engine else "1"
    ratios = sorted(mine[turn] * factor / (its[turn] * engine_factor) for turn in rounds)
    return f"{statistics.median(ratios):.3g} ({ratios[0]:.3g}–{ratios[-1]:.3g})"


def run_group(group, options):
    environment = dict(os.environ, RAYON_NUM_THREADS=options.threads, NUMBA_NUM_THREADS=options.threads, PEERS_THREADS=options.threads)
    environment.update(OPENBLAS_NUM_THREADS="1", PYTHONWARNINGS="ignore", TQDM_DISABLE="1", PYTHONDONTWRITEBYTECODE="1")
    contestants, absent = [], []
    for name, worlds in group.contestants.items():
        arguments, why = command(group, name, options)
        if arguments is None:
            absent.append(f"{name}: {why}")
            continue
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        contestants.append(Contestant(name, worlds, subprocess.Popen(arguments, env=environment, **pipes)))
    for contestant in contestants:
        print(f"{group.name}: warming up {contestant.name}", file=sys.stderr)
        contestant.prepare(options)
    for turn in range(options.rounds):
        # Whoever goes first in one round goes last in the next.
        for contestant in contestants[turn % len(contestants) :] + contestants[: turn % len(contestants)]:
            if not contestant.why and turn % contestant.every == 0:
                contestant.measure(turn)
    for contestant in contestants:
        contestant.process.stdin.close()
        contestant.process.stderr.close()
        contestant.process.wait()
    absent += [f"{contestant.name}: {contestant.why}" for contestant in contestants if contestant.why]
    return [contestant for contestant in contestants if not contestant.why], absent


def table(group, contestants, absent):
    expected = truth(group)
    per = {"posterior": f"to {TARGET}", "exact": "a run"}.get(group.kind, "a million worlds")
    lines = [f"### {group.name}: {group.about}", ""]
    lines.append(f"| who | worlds a run | rounds × runs | wall, {per} | CPU, {per} | wall ÷ {ENGINE}'s | CPU ÷ {ENGINE}'s | check |")
    lines.append("|---|---|---|---|---|---|---|---|")
    factors = {contestant.name: cost_factor(group, contestant, expected) for contestant in contestants}
    engine = next((contestant for contestant in contestants if contestant.name == ENGINE), None)
    fine, records = True, []
    for contestant in contestants:
        factor = factors[contestant.name]
        words, right = check(group, contestant, expected)
        fine &= right
        wall, cpu = [[value if value is None else value * factor for value in times.values()] for times in (contestant.wall, contestant.cpu)]
        cells = [contestant.label, f"{contestant.worlds:,}" if contestant.worlds else "–", f"{len(wall)} × {contestant.runs}", spread(wall), spread(cpu)]
        for which in ("wall", "cpu"):
            cells.append("–" if engine is None else ratio(contestant, engine, factor, factors[ENGINE], which))
        lines.append("| " + " | ".join([*cells, words if right else f"**wrong: {words}**"]) + " |")
        records.append(dict(group=group.name, who=contestant.label, worlds=contestant.worlds, factor=factor, wall=contestant.wall, cpu=contestant.cpu, check=words, right=right))
    lines += ["", *[f"Not run – {why}." for why in absent], ""] if absent else [""]
    return "\n".join(lines), fine, records


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} logical cores, {platform.system()}; load average at the start {load:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", required=True, help="the built example `peers`")
    parser.add_argument("--home", required=True, help="where the Python environments are")
    parser.add_argument("--version", default="", help="what is measured, for the heading")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", default="2")
    parser.add_argument("--least", type=float, default=0.3, help="seconds of one measurement: short runs are repeated")
    parser.add_argument("--most", type=float, default=60, help="seconds for all rounds of one contestant: a slow one sits rounds out")
    parser.add_argument("--only", nargs="*", default=[], help="groups whose names begin so")
    parser.add_argument("--json", help="where to write every measurement")
    options = parser.parse_args()

    print(f"{ENGINE} {options.version} and peers; {machine()}; Python {platform.python_version()}; {options.threads} threads.\n", flush=True)
    fine, records = True, []
    for group in GROUPS:
        if options.only and not any(group.name.startswith(name) for name in options.only):
            continue
        if group.network and not os.path.exists(Network.file(group.network)):
            print(f"### {group.name}: {group.about}\n\nNot run – there is no network {group.network} in PEERS_NETWORKS.\n", flush=True)
            continue
        text, right, measured = table(group, *run_group(group, options))
        print(text, flush=True)
        fine &= right
        records += measured
    for why in UNMEASURED:
        print(f"Not run – {why}.")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(dict(version=options.version, machine=machine(), records=records), file, indent=1, ensure_ascii=False, default=lambda value: value.item())
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()

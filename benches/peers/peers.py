"""What each peer does for each workload: a function from a seed to figures.

A maker takes the number of worlds, a network (or none) and what is known, and does all that is not timed: imports, compiling, reading.
`values` are marginals of every state (or quantiles), `joints` those of `networks.exact_joints`, `errors` standard errors.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import numpy as np

import estimate

THREADS = int(os.environ.get("PEERS_THREADS", "2"))


def quantiles_of(pool, arrays, worlds):
    """Exact order statistics, one array a thread."""
    places = estimate.quantile_places(worlds)

    def chosen(array):
        array.partition(places)
        return array[places]

    return np.concatenate(list(pool.map(chosen, arrays)))


# numba


def numba_joints(worlds, network, known):
    import kernels

    kernel, cuts = kernels.fused(network)
    _, size = network.code_weights()

    def run(seed):
        counts = np.zeros((THREADS, size), np.uint32)
        kernel(cuts, kernels.lanes_of(seed, THREADS, 1), worlds, counts)
        values, joints = network.from_histogram(counts.sum(axis=0, dtype=np.int64))
        return dict(values=values, joints=joints)

    return run


def _block(network, worlds):
    """Worlds a block: a multiple of 16 that divides them, small enough for the columns to stay in the second-level cache."""
    fit = min(8000, 400_000 // len(network))
    return max(size for size in range(16, fit + 1, 16) if worlds % size == 0)


def numba_marginals(worlds, network, known):
    import kernels

    tables, block = kernels.Tables(network), _block(network, worlds)

    def run(seed):
        generators = kernels.lanes_of(seed, THREADS)
        return dict(values=kernels.marginals(tables.arrays(), tables.offsets, generators, worlds // block, block) / worlds)

    return run


def numba_posterior(worlds, network, known):
    import kernels

    tables, block = kernels.Tables(network), _block(network, worlds)
    evidence = network.evidence(known)
    states = np.array([evidence.get(node, -1) for node in range(len(network))])
    chances = np.zeros(tables.cuts.size)
    for node, state in evidence.items():
        of_node = chances[tables.first_cut[node] : tables.first_cut[node + 1]]
        of_node[:: network.sizes[node] - 1] = network.tables[node][:, state]

    def run(seed):
        generators = kernels.lanes_of(seed, THREADS)
        sums, squares = kernels.weighted(
            tables.arrays(), tables.offsets, states, chances, generators, worlds // block, block
        )
        total, square = sums[-1], squares[-1]
        values, errors = sums[:-1] / total, np.zeros(sums.size - 1)
        own = squares[:-1].copy()
        for node in range(len(network)):
            first, end = network.offsets[node], network.offsets[node + 1]
            if node in evidence:
                values[first:end] = np.eye(end - first)[evidence[node]]
                continue
            values[first] = 1 - values[first + 1 : end].sum()
            own[first] = square - own[first + 1 : end].sum()
            p = values[first:end]
            # Σ w² (x - p)² for an indicator x.
            errors[first:end] = np.sqrt(np.maximum(own[first:end] * (1 - 2 * p) + p * p * square, 0)) / total
        return dict(values=values, errors=errors)

    return run


def numba_quantiles(worlds, network, known):
    import kernels

    ranges = np.array([*estimate.A, *estimate.B, *estimate.C])
    ys, dates, pool = np.empty(worlds), np.empty(worlds), ThreadPoolExecutor(THREADS)

    def run(seed):
        kernels.estimate(ranges, kernels.lanes_of(seed, THREADS, 1), ys, dates)
        return dict(values=quantiles_of(pool, (ys, dates), worlds))

    return run


# numpy


def _chunks(worlds, size):
    return [size] * (worlds // size) + ([worlds % size] if worlds % size else [])


def numpy_joints(worlds, network, known):
    weights, size = network.code_weights()
    cuts = [[np.ascontiguousarray(cut, np.float32) for cut in network.cuts(node).T] for node in range(len(network))]
    chunks, pool = _chunks(worlds, 1 << 15), ThreadPoolExecutor(THREADS)

    def work(seed, own):
        rng = np.random.Generator(np.random.SFC64(seed))
        counts, uniforms = np.zeros(size, np.int64), np.empty(1 << 15, np.float32)
        for count in own:
            states, code, u = [], np.zeros(count, np.int64), uniforms[:count]
            for node, parents in enumerate(network.parents):
                rng.random(dtype=np.float32, out=u)
                row = states[parents[0]] if parents else 0
                for parent in parents[1:]:
                    row = row * network.sizes[parent] + states[parent]
                passed = [u >= (cut.take(row, mode="clip") if parents else cut[0]) for cut in cuts[node]]
                state = passed[0].astype(np.int64)
                for more in passed[1:]:
                    state += more
                states.append(state)
                code += state * weights[node]
            counts += np.bincount(code, minlength=size)
        return counts

    def run(seed):
        counts = pool.map(work, [[seed, thread] for thread in range(THREADS)], [chunks[t::THREADS] for t in range(THREADS)])
        values, joints = network.from_histogram(sum(counts))
        return dict(values=values, joints=joints)

    return run


def numpy_quantiles(worlds, network, known):
    size, pool = 1 << 15, ThreadPoolExecutor(THREADS)
    ys, dates = np.empty(worlds), np.empty(worlds)

    def log_normal(rng, mean, deviation, out):
        rng.standard_normal(out=out)
        out *= deviation
        out += mean
        np.exp(out, out=out)

    def block(rng, y, date, s, r):
        count = y.size
        # a b is drawn as its two factors are: two normals.
        rng.standard_normal(out=y)
        y *= estimate.A[1]
        rng.standard_normal(out=s)
        s *= estimate.B[1]
        y += s
        y += estimate.AB[0]
        np.exp(y, out=y)
        log_normal(rng, *estimate.C, s)
        y += s
        # The terms are independent, so the parts of the mixture may stand in any order: how many of each is what is random.
        few, more, _ = rng.multinomial(count, (0.6, 0.3, 0.1))
        rng.standard_normal(out=s)
        s[:few] *= 2
        s[:few] += 5
        logs = s[few : few + more]
        logs *= 0.5
        logs += 1
        np.exp(logs, out=logs)
        rest = s[few + more :]
        rng.random(out=rest)
        rest *= 30
        y += s
        filled = 0
        while filled < count:
            draws = rng.standard_normal(int(1.06 * (count - filled)) + 16)
            draws = draws[np.abs(draws) <= 2][: count - filled]
            s[filled : filled + draws.size] = draws
            filled += draws.size
        s *= 5
        s += 10
        # T: piece by piece of the cumulative hazard.
        rng.standard_exponential(out=r)
        np.divide(r, 0.03, out=date)
        np.copyto(date, (r - 0.36) / 0.06 + 12, where=r >= 0.36)
        np.copyto(date, (r - 1.08) / 0.015 + 24, where=r >= 1.08)
        np.multiply(date, -0.02, out=r)
        np.exp(r, out=r)
        s *= r
        y += s

    def work(seed, thread):
        rng = np.random.Generator(np.random.SFC64(seed))
        first, end = worlds * thread // THREADS, worlds * (thread + 1) // THREADS
        s, r = np.empty(size), np.empty(size)
        for start in range(first, end, size):
            count = min(size, end - start)
            block(rng, ys[start : start + count], dates[start : start + count], s[:count], r[:count])

    def run(seed):
        list(pool.map(work, [[seed, thread] for thread in range(THREADS)], range(THREADS)))
        return dict(values=quantiles_of(pool, (ys, dates), worlds))

    return run


# jax


def _jax():
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={THREADS}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax

    return jax


def jax_joints(worlds, network, known):
    jax = _jax()
    jnp, batch = jax.numpy, 125_000
    steps = worlds // (batch * THREADS)
    assert steps * batch * THREADS == worlds
    cuts = [[jnp.asarray(cut, jnp.float32) for cut in network.cuts(node).T] for node in range(len(network))]

    def one_batch(total, key):
        uniforms = jax.random.uniform(key, (len(network), batch), jnp.float32)
        states, holds = [], []
        for node, parents in enumerate(network.parents):
            row = states[parents[0]] if parents else 0
            for parent in parents[1:]:
                row = row * network.sizes[parent] + states[parent]
            state = sum((uniforms[node] >= cut[row]).astype(jnp.int32) for cut in cuts[node])
            states.append(state)
            holds += [(state == place).astype(jnp.float32) for place in range(network.sizes[node])]
        holds = jnp.stack(holds)
        # Counts of one batch are exact in single precision.
        return total + (holds @ holds.T).astype(jnp.int32), None

    zero = jnp.zeros((network.offsets[-1], network.offsets[-1]), jnp.int32)
    kernel = jax.pmap(lambda keys: jax.lax.scan(one_batch, zero, keys)[0])
    kept = np.setdiff1d(np.arange(network.offsets[-1]), network.offsets[:-1])

    def run(seed):
        keys = jax.random.split(jax.random.key(seed), worlds // batch).reshape(THREADS, steps)
        shares = np.asarray(kernel(keys), np.int64).sum(axis=0) / worlds
        return dict(values=np.diag(shares), joints=shares[np.ix_(kept, kept)])

    return run


def jax_quantiles(worlds, network, known):
    jax = _jax()
    jnp, pool = jax.numpy, ThreadPoolExecutor(THREADS)
    own = worlds // THREADS

    def draw(key):
        keys = jax.random.split(key, 8)

        def normal(place):
            return jax.random.normal(keys[place], (own,), jnp.float32)

        product = jnp.exp(estimate.A[1] * normal(0) + estimate.B[1] * normal(1) + estimate.AB[0])
        cost = jnp.exp(estimate.C[1] * normal(2) + estimate.C[0])
        which, base = jax.random.uniform(keys[3], (own,), jnp.float32), normal(4)
        # Given that it lies beyond 0.9, what decided is itself uniform there.
        part = jnp.where(which < 0.6, 5 + 2 * base, jnp.where(which < 0.9, jnp.exp(1 + 0.5 * base), 300 * (which - 0.9)))
        benefit = 10 + 5 * jax.random.truncated_normal(keys[5], -2.0, 2.0, (own,), jnp.float32)
        h = jax.random.exponential(keys[6], (own,), jnp.float32)
        date = jnp.where(h < 0.36, h / 0.03, jnp.where(h < 1.08, 12 + (h - 0.36) / 0.06, 24 + (h - 1.08) / 0.015))
        return product + cost + part + benefit * jnp.exp(-0.02 * date), date

    kernel = jax.pmap(draw)

    def run(seed):
        drawn = kernel(jax.random.split(jax.random.key(seed), THREADS))
        arrays = [np.array(array).ravel() for array in drawn]
        return dict(values=quantiles_of(pool, arrays, worlds))

    return run


# pyAgrum


def _gum(network):
    import pyagrum as gum

    return gum, gum.loadBN(network.bif)


def _pyagrum_table(worlds, network):
    """Draws through a file in memory, the fastest way out of its generator."""
    import polars

    gum, net = _gum(network)
    path = f"/dev/shm/peers-{os.getpid()}.csv"

    def draw(seed):
        gum.initRandom(seed)
        generator = gum.BNDatabaseGenerator(net)
        generator.drawSamples(worlds)
        generator.toCSV(path, False)
        try:
            return polars.read_csv(path)
        finally:
            os.unlink(path)

    return draw


def pyagrum_joints(worlds, network, known):
    draw = _pyagrum_table(worlds, network)
    weights, size = network.code_weights()

    def run(seed):
        table, code = draw(seed), np.zeros(worlds, np.int64)
        for name, weight in zip(network.names, weights):
            code += table[name].to_numpy() * weight
        values, joints = network.from_histogram(np.bincount(code, minlength=size))
        return dict(values=values, joints=joints)

    return run


def pyagrum_marginals(worlds, network, known):
    draw = _pyagrum_table(worlds, network)

    def run(seed):
        table = draw(seed)
        counts = [np.bincount(table[name].to_numpy(), minlength=size) for name, size in zip(network.names, network.sizes)]
        return dict(values=np.concatenate(counts) / worlds)

    return run


def pyagrum_exact(worlds, network, known):
    gum, net = _gum(network)

    def run(seed):
        engine = gum.LazyPropagation(net)
        engine.setEvidence(known)
        engine.makeInference()
        return dict(values=np.concatenate([engine.posterior(name).toarray() for name in network.names]))

    return run


def pyagrum_sampler(name):
    def make(worlds, network, known):
        gum, net = _gum(network)

        def run(seed):
            gum.initRandom(seed)
            engine = getattr(gum, name)(net)
            engine.setEvidence(known)
            # It stops at a number of worlds, and not where it believes to be exact enough.
            engine.setEpsilon(1e-12)
            engine.setMinEpsilonRate(1e-12)
            engine.setPeriodSize(worlds)
            engine.setMaxIter(worlds)
            engine.setMaxTime(300)
            engine.makeInference()
            return dict(values=np.concatenate([engine.posterior(node).toarray() for node in network.names]))

        return run

    return make


# pgmpy


def pgmpy_joints(worlds, network, known):
    import logging

    import pandas
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork
    from pgmpy.sampling import BayesianModelSampling

    logging.disable(logging.CRITICAL)
    model = DiscreteBayesianNetwork()
    model.add_nodes_from(network.names)
    for node, parents in enumerate(network.parents):
        names = [network.names[parent] for parent in parents]
        model.add_edges_from((name, network.names[node]) for name in names)
        states = {network.names[n]: network.states[n] for n in [node, *parents]}
        sizes = [network.sizes[parent] for parent in parents]
        table = network.tables[node].T.tolist()
        model.add_cpds(TabularCPD(network.names[node], network.sizes[node], table, names or None, sizes or None, states))
    sampler = BayesianModelSampling(model)
    weights, size = network.code_weights()

    def run(seed):
        table, code = sampler.forward_sample(size=worlds, seed=seed, show_progress=False), np.zeros(worlds, np.int64)
        for name, states, weight in zip(network.names, network.states, weights):
            code += pandas.Categorical(table[name], categories=states).codes.astype(np.int64) * weight
        values, joints = network.from_histogram(np.bincount(code, minlength=size))
        return dict(values=values, joints=joints)

    return run


PEERS = {
    "numba": ("numba", {"joints": numba_joints, "marginals": numba_marginals, "posterior": numba_posterior, "quantiles": numba_quantiles}),
    "numpy": ("numpy", {"joints": numpy_joints, "quantiles": numpy_quantiles}),
    "jax": ("jax", {"joints": jax_joints, "quantiles": jax_quantiles}),
    "pyAgrum": ("pyAgrum", {"joints": pyagrum_joints, "marginals": pyagrum_marginals}),
    "pyAgrum LazyPropagation": ("pyAgrum", {"marginals": pyagrum_exact, "posterior": pyagrum_exact}),
    "pyAgrum WeightedSampling": ("pyAgrum", {"posterior": pyagrum_sampler("WeightedSampling")}),
    "pyAgrum ImportanceSampling": ("pyAgrum", {"posterior": pyagrum_sampler("ImportanceSampling")}),
    "pyAgrum GibbsSampling": ("pyAgrum", {"posterior": pyagrum_sampler("GibbsSampling")}),
    "pgmpy": ("pgmpy", {"joints": pgmpy_joints}),
}


def installed(peer):
    package = PEERS[peer][0]
    return f"{package} {version(package)}"

"""numba kernels: sfc64 in eight lanes or one, blocks of worlds that stay in the cache, one loop a thread."""

import math

import numpy as np
from numba import njit, prange, uint8, uint32, uint64

THIRTY_TWO = uint64(32)


def lanes_of(seed, threads, lanes=8):
    """States (a, b, c, counter) of a generator for each thread."""
    words = np.random.SeedSequence([seed, lanes]).generate_state(3 * threads * lanes, np.uint64)
    state = np.ones((threads, 4, lanes), np.uint64)
    state[:, :3] = words.reshape(threads, 3, lanes)
    return state


@njit(inline="always")
def step(a, b, c, counter):
    word = a + b + counter
    return word, b ^ (b >> uint64(11)), c + (c << uint64(3)), ((c << uint64(24)) | (c >> uint64(40))) + word, counter + uint64(1)


@njit(nogil=True)
def fill(state, out):
    """Numbers of 31 bits, so that a cut of 2^31 is never passed; a multiple of 16 of them."""
    for first in range(0, out.size, 16):
        for lane in range(8):
            word, a, b, c, counter = step(state[0, lane], state[1, lane], state[2, lane], state[3, lane])
            state[0, lane] = a
            state[1, lane] = b
            state[2, lane] = c
            state[3, lane] = counter
            out[first + lane] = uint32(word >> uint64(33))
            out[first + 8 + lane] = uint32(word) >> uint32(1)


class Tables:
    """A network in flat arrays."""

    def __init__(self, network):
        cuts, self.first_cut, parents, self.first_parent, strides = [], [0], [], [0], []
        for node in range(len(network)):
            cuts.append(np.round(network.cuts(node) * 2.0**31).astype(np.uint32).ravel())
            self.first_cut.append(self.first_cut[-1] + cuts[-1].size)
            stride, own = network.sizes[node] - 1, []
            for parent in reversed(network.parents[node]):
                own.append(stride)
                stride *= network.sizes[parent]
            parents += network.parents[node]
            strides += reversed(own)
            self.first_parent.append(len(parents))
        self.sizes = np.array(network.sizes, np.int64)
        self.offsets = np.array(network.offsets, np.int64)
        self.cuts = np.concatenate(cuts)
        self.first_cut = np.array(self.first_cut, np.uint32)
        self.parents = np.array(parents, np.int64)
        self.first_parent = np.array(self.first_parent, np.int64)
        self.strides = np.array(strides, np.uint32)

    def arrays(self):
        return self.sizes, self.cuts, self.first_cut, self.parents, self.first_parent, self.strides


@njit(nogil=True)
def rows_of(states, parents, strides, first, row):
    """Where the cuts of each world's row begin."""
    worlds = row.size
    count = parents.size
    p = states[parents[0]]
    s = strides[0]
    if count == 1:
        for w in range(worlds):
            row[w] = first + s * uint32(p[w])
        return
    q = states[parents[1]]
    t = strides[1]
    if count == 2:
        for w in range(worlds):
            row[w] = first + s * uint32(p[w]) + t * uint32(q[w])
        return
    r = states[parents[2]]
    u = strides[2]
    for w in range(worlds):
        row[w] = first + s * uint32(p[w]) + t * uint32(q[w]) + u * uint32(r[w])
    for place in range(3, count):
        p = states[parents[place]]
        s = strides[place]
        for w in range(worlds):
            row[w] += s * uint32(p[w])


@njit(nogil=True)
def draw(out, random, row, has_parents, first, cuts, size):
    worlds = out.size
    if not has_parents:
        cut = cuts[uint64(first)]
        for w in range(worlds):
            out[w] = uint8(random[w] >= cut)
        for place in range(1, size - 1):
            cut = cuts[uint64(first + place)]
            for w in range(worlds):
                out[w] += uint8(random[w] >= cut)
    elif size == 2:
        for w in range(worlds):
            out[w] = uint8(random[w] >= cuts[uint64(row[w])])
    elif size == 3:
        for w in range(worlds):
            r = uint64(row[w])
            out[w] = uint8(random[w] >= cuts[r]) + uint8(random[w] >= cuts[r + uint64(1)])
    else:
        for w in range(worlds):
            out[w] = uint8(random[w] >= cuts[uint64(row[w])])
        for place in range(1, size - 1):
            for w in range(worlds):
                out[w] += uint8(random[w] >= cuts[uint64(row[w]) + uint64(place)])


@njit(nogil=True)
def draw_node(node, tables, generator, states, random, row):
    sizes, cuts, first_cut, parents, first_parent, strides = tables
    fill(generator, random)
    begin, end = first_parent[node], first_parent[node + 1]
    if begin < end:
        rows_of(states, parents[begin:end], strides[begin:end], first_cut[node], row)
    draw(states[node], random, row, begin < end, first_cut[node], cuts, sizes[node])


@njit(nogil=True)
def count_states(states, sizes, offsets, counts):
    for node in range(sizes.size):
        column = states[node]
        rest = column.size
        for state in range(1, sizes[node]):
            hits = uint32(0)
            for w in range(column.size):
                hits += uint32(column[w] == state)
            counts[offsets[node] + state] += hits
            rest -= hits
        counts[offsets[node]] += rest


@njit(parallel=True, nogil=True)
def marginals(tables, offsets, generators, blocks, worlds):
    threads = generators.shape[0]
    counts = np.zeros((threads, offsets[-1]), np.int64)
    for thread in prange(threads):
        generator = generators[thread].copy()
        nodes = tables[0].size
        states = np.zeros((nodes, worlds), np.uint8)
        random = np.zeros(worlds, np.uint32)
        row = np.zeros(worlds, np.uint32)
        own = np.zeros(offsets[-1], np.int64)
        for _ in range(thread, blocks, threads):
            for node in range(nodes):
                draw_node(node, tables, generator, states, random, row)
            count_states(states, tables[0], offsets, own)
        counts[thread] = own
    return counts.sum(axis=0)


def fused_source(network):
    """One world at a time in registers, written out for this network: the counts of each world's number."""
    weights, size = network.code_weights()
    lines = [
        "def fused(cuts, generators, worlds, counts):",
        "    threads = generators.shape[0]",
        "    for thread in prange(threads):",
        f"        own = np.zeros({size}, np.uint32)",
        "        a, b, c, counter = generators[thread, 0, 0], generators[thread, 1, 0], generators[thread, 2, 0], generators[thread, 3, 0]",
        "        for _ in range(worlds * thread // threads, worlds * (thread + 1) // threads):",
    ]
    tables = Tables(network)
    for node in range(len(network)):
        if node % 2 == 0:
            lines.append("            word, a, b, c, counter = step(a, b, c, counter)")
            lines.append("            u = word >> THIRTY_TWO")
        else:
            lines.append("            u = word & LOW")
        begin, end = tables.first_parent[node], tables.first_parent[node + 1]
        terms = [f"uint64({tables.strides[place]}) * x{tables.parents[place]}" for place in range(begin, end)]
        lines.append("            row = " + " + ".join([f"uint64({tables.first_cut[node]})", *terms]))
        passed = [f"uint64(u >= cuts[row + uint64({place})])" for place in range(network.sizes[node] - 1)]
        lines.append(f"            x{node} = " + " + ".join(passed))
    code = " + ".join(f"uint64({weights[node]}) * x{node}" for node in range(len(network)))
    return "\n".join([*lines, f"            own[{code}] += uint32(1)", "        counts[thread] = own"])


def fused(network):
    names = dict(np=np, prange=prange, step=step, uint32=uint32, uint64=uint64, THIRTY_TWO=THIRTY_TWO, LOW=uint64(2**32 - 1))
    exec(fused_source(network), names)
    cuts = np.concatenate([np.round(network.cuts(node) * 2.0**32).astype(np.uint64).ravel() for node in range(len(network))])
    return njit(parallel=True, nogil=True)(names["fused"]), cuts


@njit(nogil=True, fastmath=True)
def add_weights(states, sizes, offsets, known, weights, squares, sums, square_sums):
    """Of every state but each node's first, which follows from the total."""
    total, square_total = 0.0, 0.0
    for w in range(weights.size):
        squares[w] = weights[w] * weights[w]
        total += weights[w]
        square_total += squares[w]
    sums[offsets[-1]] += total
    square_sums[offsets[-1]] += square_total
    for node in range(sizes.size):
        if known[node] >= 0:
            continue
        column = states[node]
        for state in range(1, sizes[node]):
            one, two = 0.0, 0.0
            for w in range(weights.size):
                holds = np.float64(column[w] == state)
                one += holds * weights[w]
                two += holds * squares[w]
            sums[offsets[node] + state] += one
            square_sums[offsets[node] + state] += two


@njit(parallel=True, nogil=True)
def weighted(tables, offsets, known, chances, generators, blocks, worlds):
    """Likelihood weighting: `chances` has, for each row of a known node's cuts, the chance of what is known there."""
    threads = generators.shape[0]
    sums = np.zeros((threads, offsets[-1] + 1))
    square_sums = np.zeros((threads, offsets[-1] + 1))
    for thread in prange(threads):
        generator = generators[thread].copy()
        sizes, cuts, first_cut, parents, first_parent, strides = tables
        states = np.zeros((sizes.size, worlds), np.uint8)
        random = np.zeros(worlds, np.uint32)
        row = np.zeros(worlds, np.uint32)
        weights = np.zeros(worlds)
        squares = np.zeros(worlds)
        own = np.zeros(offsets[-1] + 1)
        own_squares = np.zeros(offsets[-1] + 1)
        for _ in range(thread, blocks, threads):
            weights[:] = 1.0
            for node in range(sizes.size):
                if known[node] < 0:
                    draw_node(node, tables, generator, states, random, row)
                    continue
                states[node, :] = known[node]
                row[:] = first_cut[node]
                begin, end = first_parent[node], first_parent[node + 1]
                if begin < end:
                    rows_of(states, parents[begin:end], strides[begin:end], first_cut[node], row)
                for w in range(worlds):
                    weights[w] *= chances[uint64(row[w])]
            add_weights(states, sizes, offsets, known, weights, squares, own, own_squares)
        sums[thread] = own
        square_sums[thread] = own_squares
    return sums.sum(axis=0), square_sums.sum(axis=0)


def ziggurat():
    """256 layers of equal area under exp(-x²/2): their right ends and the heights there.

    Source: Marsaglia & Tsang (2000), The ziggurat method for generating random variables, J. Stat. Soft. 5(8).
    """
    tail, area = 3.6541528853610088, 0.00492867323399
    ends = [area / math.exp(-0.5 * tail * tail), tail]
    while len(ends) < 256:
        height = math.exp(-0.5 * ends[-1] ** 2) + area / ends[-1]
        ends.append(math.sqrt(-2 * math.log(height)))
    ends.append(0.0)
    return np.array(ends), np.exp(-0.5 * np.array(ends) ** 2)


ENDS, HEIGHTS = ziggurat()
TAIL = float(ENDS[1])
UNIT = 2.0**-53


@njit(nogil=True)
def unlikely_normal(generator, word):
    """The rest of a draw that the layers did not settle at once."""
    a, b, c, counter = generator[0], generator[1], generator[2], generator[3]
    while True:
        layer = uint64(word & uint64(255))
        sign = -1.0 if word & uint64(256) else 1.0
        x = float(word >> uint64(11)) * UNIT * ENDS[layer]
        found = x < ENDS[layer + uint64(1)]
        if not found and layer == 0:
            y = 0.0
            while y + y <= x * x or y == 0.0:
                word, a, b, c, counter = step(a, b, c, counter)
                x = -math.log(1.0 - float(word >> uint64(11)) * UNIT) / TAIL
                word, a, b, c, counter = step(a, b, c, counter)
                y = -math.log(1.0 - float(word >> uint64(11)) * UNIT)
            x += TAIL
            found = True
        elif not found:
            word, a, b, c, counter = step(a, b, c, counter)
            height = HEIGHTS[layer] + float(word >> uint64(11)) * UNIT * (HEIGHTS[layer + uint64(1)] - HEIGHTS[layer])
            found = height < math.exp(-0.5 * x * x)
        if found:
            generator[0], generator[1], generator[2], generator[3] = a, b, c, counter
            return sign * x
        word, a, b, c, counter = step(a, b, c, counter)


@njit(inline="always")
def next_word(generator):
    word, generator[0], generator[1], generator[2], generator[3] = step(generator[0], generator[1], generator[2], generator[3])
    return word


@njit(inline="always")
def normal(generator):
    word = next_word(generator)
    layer = uint64(word & uint64(255))
    x = float(word >> uint64(11)) * UNIT * ENDS[layer]
    if x < ENDS[layer + uint64(1)]:
        return -x if word & uint64(256) else x
    return unlikely_normal(generator, word)


@njit(inline="always")
def uniform(generator):
    return float(next_word(generator) >> uint64(11)) * UNIT


@njit(parallel=True, nogil=True)
def estimate(ranges, generators, ys, dates):
    """Draws the cost estimate: `ranges` has the means and deviations of the logarithms of a, b and c."""
    threads, worlds = generators.shape[0], ys.size
    for thread in prange(threads):
        block = 2048
        generator = generators[thread, :, 0].copy()
        products, costs, parts, benefits, hazards = (np.empty(block), np.empty(block), np.empty(block), np.empty(block), np.empty(block))
        is_log = np.empty(block, np.uint8)
        end = worlds * (thread + 1) // threads
        for first in range(worlds * thread // threads, end, block):
            count = min(block, end - first)
            for w in range(count):
                products[w] = ranges[0] + ranges[2] + ranges[1] * normal(generator) + ranges[3] * normal(generator)
                costs[w] = ranges[4] + ranges[5] * normal(generator)
                which = uniform(generator)
                is_log[w] = uint8(0)
                if which < 0.6:
                    parts[w] = 5.0 + 2.0 * normal(generator)
                elif which < 0.9:
                    parts[w] = 1.0 + 0.5 * normal(generator)
                    is_log[w] = uint8(1)
                else:
                    parts[w] = 30.0 * uniform(generator)
                benefit = -1.0
                while benefit < 0.0 or benefit > 20.0:
                    benefit = 10.0 + 5.0 * normal(generator)
                benefits[w] = benefit
                hazards[w] = 1.0 - uniform(generator)
            y = ys[first : first + count]
            date = dates[first : first + count]
            for w in range(count):
                hazards[w] = -math.log(hazards[w])
            for w in range(count):
                h = hazards[w]
                if h < 0.36:
                    date[w] = h / 0.03
                elif h < 1.08:
                    date[w] = 12.0 + (h - 0.36) / 0.06
                else:
                    date[w] = 24.0 + (h - 1.08) / 0.015
            for w in range(count):
                y[w] = math.exp(products[w]) + math.exp(costs[w]) + benefits[w] * math.exp(-0.02 * date[w])
            for w in range(count):
                y[w] += math.exp(parts[w]) if is_log[w] else parts[w]

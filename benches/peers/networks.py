"""Networks as lists of nodes, and their exact marginals by variable elimination."""

import json
import os

import numpy as np

FOLDER = os.environ.get("PEERS_NETWORKS", "")


class Network:
    """Nodes stand after their parents; `tables[node]` has a row for each combination of the parents' states, the last parent's fastest."""

    def __init__(self, name):
        self.path = self.file(name)
        self.bif = os.path.join(FOLDER, name + ".bif")
        with open(self.path) as file:
            nodes = json.load(file)["nodes"]
        self.names = [node["name"] for node in nodes]
        self.states = [node["states"] for node in nodes]
        self.sizes = [len(states) for states in self.states]
        self.parents = [node["parents"] for node in nodes]
        tables = [np.asarray(node["cpt"], float) for node in nodes]
        self.tables = [table / table.sum(axis=1, keepdims=True) for table in tables]
        self.offsets = np.concatenate([[0], np.cumsum(self.sizes)])

    @staticmethod
    def file(name):
        return os.path.join(FOLDER, name + ".net.json")

    def __len__(self):
        return len(self.names)

    def cuts(self, node):
        """Cumulative probabilities but the last: a uniform has passed as many as the number of its state."""
        cumulative = np.cumsum(self.tables[node], axis=1)[:, :-1]
        # A row that ends in impossible states must not reach them by a rounding error.
        cumulative[cumulative > 1 - 1e-12] = 1.0
        return cumulative

    def evidence(self, known):
        """Node → state, as numbers."""
        return {self.names.index(name): self.states[self.names.index(name)].index(state) for name, state in known.items()}

    def code_weights(self):
        """Weights that give each world of a small network a number of its own, and how many numbers there are."""
        sizes = np.array(self.sizes)
        return np.concatenate([np.cumprod(sizes[::-1])[-2::-1], [1]]), int(sizes.prod())

    def from_histogram(self, histogram):
        """Marginals, and joints of all states but each node's first, from the counts of each world's number."""
        shares = np.asarray(histogram, float).reshape(self.sizes)
        shares /= shares.sum()
        axes = range(len(self))
        values, rows = [], []
        for node in axes:
            values.append(shares.sum(axis=tuple(axis for axis in axes if axis != node)))
            row = []
            for other in axes:
                pair = shares.sum(axis=tuple(axis for axis in axes if axis not in (node, other)))
                pair = np.diag(pair) if node == other else pair if node < other else pair.T
                row.append(pair[1:, 1:])
            rows.append(row)
        return np.concatenate(values), np.block(rows)


def exact(network, known=None):
    """Marginals of every node given what is known, concatenated."""
    evidence = network.evidence(known or {})
    return np.concatenate([_posterior(network, [node], evidence) for node in range(len(network))])


def exact_joints(network):
    """Joints of all states but each node's first, of each pair of nodes."""
    rows = []
    for node in range(len(network)):
        row = []
        for other in range(len(network)):
            if node == other:
                pair = np.diag(_posterior(network, [node], {}))
            else:
                pair = _posterior(network, [node, other], {})
            row.append(pair[1:, 1:])
        rows.append(row)
    return np.block(rows)


def _posterior(network, asked, evidence):
    if len(asked) == 1 and asked[0] in evidence:
        return np.eye(network.sizes[asked[0]])[evidence[asked[0]]]
    needed, waiting = set(), [*asked, *evidence]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(network.parents[node])
    factors = []
    for node in needed:
        axes = [*network.parents[node], node]
        table = network.tables[node].reshape([network.sizes[axis] for axis in axes])
        for axis in [axis for axis in axes if axis in evidence]:
            table = np.take(table, evidence[axis], axis=axes.index(axis))
            axes.remove(axis)
        factors.append((axes, table))
    left = needed - set(asked) - set(evidence)
    while left:
        # The variable whose elimination makes the smallest table goes first.
        def size(variable):
            scope = {axis for axes, _ in factors if variable in axes for axis in axes}
            return np.prod([float(network.sizes[axis]) for axis in scope])

        variable = min(sorted(left), key=size)
        left.remove(variable)
        touched = [factor for factor in factors if variable in factor[0]]
        factors = [factor for factor in factors if variable not in factor[0]]
        axes, table = _product(touched)
        table = table.sum(axis=axes.index(variable))
        factors.append(([axis for axis in axes if axis != variable], table))
    axes, table = _product(factors)
    table = np.transpose(table, [axes.index(node) for node in asked])
    return table / table.sum()


def _product(factors):
    axes, table = factors[0]
    for others, other in factors[1:]:
        joint = axes + [axis for axis in others if axis not in axes]
        place = {axis: index for index, axis in enumerate(joint)}
        table = np.einsum(table, [place[a] for a in axes], other, [place[a] for a in others], list(range(len(joint))))
        axes = joint
    return axes, table

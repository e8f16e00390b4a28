"""One peer and one workload in a process of its own: `worker.py PEER KIND WORLDS [NETWORK] [NODE=STATE …]`.

Speaks as `examples/peers` does: a line of stdin is a seed and a number of runs, the answer a line of JSON.
"""

import json
import sys
import time


def main():
    peer, kind, worlds, *rest = sys.argv[1:]
    try:
        import peers
        from networks import Network

        name = peers.installed(peer)
        network = Network(rest[0]) if rest else None
        run = peers.PEERS[peer][1][kind](int(worlds), network, dict(known.split("=") for known in rest[1:]))
    except ImportError as error:
        print(json.dumps(dict(missing=str(error))), flush=True)
        return
    for line in sys.stdin:
        seed, runs = map(int, line.split())
        cpu, wall = time.process_time(), time.perf_counter()
        for place in range(runs):
            figures = run(seed + place)
        answer = dict(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu, name=name)
        answer.update((key, values.ravel().tolist()) for key, values in figures.items())
        print(json.dumps(answer), flush=True)


main()

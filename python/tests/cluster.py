"""A Ray cluster of several raylets on this machine, for checks: says its address, and adds a raylet for every line read."""

from __future__ import annotations

import sys
from typing import Any

from ray.cluster_utils import Cluster

#: Small, for machines that others use too.
NODE: dict[str, Any] = {"num_cpus": 2, "object_store_memory": 80 * 2**20}


def main(raylets: int) -> None:
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    try:
        for _ in range(raylets - 1):
            cluster.add_node(**NODE)
        print(cluster.address, flush=True)
        for _ in sys.stdin:
            cluster.add_node(**NODE)
            print("added", flush=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))

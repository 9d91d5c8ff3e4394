"""A Ray cluster of several raylets on this machine, for checks: says its address, and adds a raylet for every line read.

With `small` its head says to have two GPUs, and nothing that its object store has no room for is written to disk.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from ray.cluster_utils import Cluster

#: Small, for machines that others use too.
NODE: dict[str, Any] = {"num_cpus": 2, "object_store_memory": 80 * 2**20}
#: As where a disk is full: a store has no other room than its memory.
NO_DISK: dict[str, Any] = {"automatic_object_spilling_enabled": False, "local_fs_capacity_threshold": 0.0}
SMALL: dict[str, Any] = {"num_gpus": 2, "_system_config": NO_DISK}


def main(raylets: int, kind: str) -> None:
    os.environ["RAY_worker_niceness"] = "0"  # else workers give way to whatever else the machine does, and hang
    more = SMALL if kind == "small" else {}
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, **more, "include_dashboard": False})
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
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")

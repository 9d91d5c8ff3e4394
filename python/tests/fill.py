"""Fills the object store of a Ray cluster's head, for checks: says that it is ready, fills the store once a line is
read, says so, and lets go when its input ends.

A store that can spill is filled twice over, any other to the last kilobyte.
"""

from __future__ import annotations

import sys
from typing import Any

import ray

#: Bytes of each object: smaller ones go where no larger one fits.
PIECES = (8 * 2**20, 2**18, 2**14, 2**10)
#: Of all objects: more than twice what the store of a raylet in cluster.py holds.
ALL = 168 * 2**20


def main(address: str) -> None:
    ray.init(address=address, logging_level="error")
    print("ready", flush=True)
    sys.stdin.readline()
    held: list[Any] = []
    room = ALL
    for piece in PIECES:
        try:
            while room >= piece:
                held.append(ray.put(bytes(piece)))
                room -= piece
        except (ray.exceptions.ObjectStoreFullError, ray.exceptions.OutOfDiskError):
            continue
    print("full", flush=True)
    sys.stdin.read()
    ray.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])

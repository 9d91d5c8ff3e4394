"""Fills the object store of a Ray cluster's head over and over, for checks: says so, and lets go once its input ends."""

from __future__ import annotations

import sys
from typing import Any

import ray

#: Of each object, and of all: more than the stores of cluster.py hold.
PIECE = 8 * 2**20
ALL = 160 * 2**20


def main(address: str) -> None:
    ray.init(address=address, logging_level="error")
    held: list[Any] = []
    try:
        while len(held) * PIECE < ALL:
            held.append(ray.put(bytes(PIECE)))
        print("full", flush=True)
        sys.stdin.read()
    except ray.exceptions.ObjectStoreFullError:
        print("full", flush=True)
        sys.stdin.read()
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])

"""Frames: four bytes that say how many follow (little-endian), and these."""

from __future__ import annotations

import json
from typing import Any, Optional, Protocol, Sequence, Union

#: Bytes of the length before a frame.
HEAD = 4

#: Bytes that are written as they are, without a copy.
Bytes = Union[bytes, bytearray, memoryview]


class FrameError(Exception):
    """Bytes that are no frames: they end within one."""


class Readable(Protocol):
    """What fills memory that is there."""

    def readinto(self, into: memoryview, /) -> Optional[int]: ...


def read_exactly(stream: Readable, count: int) -> Optional[bytearray]:
    """The next bytes of a stream; None where it has ended. Raises FrameError where it ends among them."""
    taken = bytearray(count)
    view = memoryview(taken)
    filled = 0
    while filled < count:
        some = stream.readinto(view[filled:])
        if not some:
            if filled:
                raise FrameError(f"{count} bytes were expected, got {filled}")
            return None
        filled += some
    return taken


def read_frame(stream: Readable) -> Optional[bytearray]:
    """The next frame; None where there is none."""
    head = read_exactly(stream, HEAD)
    if head is None:
        return None
    body = read_exactly(stream, int.from_bytes(head, "little"))
    if body is None:
        raise FrameError("a frame ends after its head")
    return body


def head_of(body: Bytes) -> bytes:
    """The bytes before a frame's own."""
    return memoryview(body).nbytes.to_bytes(HEAD, "little")


def framed(body: Bytes) -> bytes:
    """The frame of some bytes."""
    return head_of(body) + body


def message(control: dict[str, Any], bodies: Sequence[Bytes] = ()) -> list[Bytes]:
    """What the driver tells the master, in pieces: JSON that says how many frames follow, and these."""
    pieces: list[Bytes] = [framed(json.dumps({**control, "frames": len(bodies)}).encode())]
    for body in bodies:
        pieces += [head_of(body), body]
    return pieces

"""Frames: four bytes that say how many follow (little-endian), and these."""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Optional

#: Bytes of the length before a frame.
HEAD = 4


class FrameError(Exception):
    """Bytes that are no frames: they end within one."""


def read_exactly(stream: BinaryIO, count: int) -> Optional[bytes]:
    """The next bytes of a stream; None where it has ended. Raises FrameError where it ends among them."""
    parts = bytearray()
    while len(parts) < count:
        some = stream.read(count - len(parts))
        if not some:
            if parts:
                raise FrameError(f"{count} bytes were expected, got {len(parts)}")
            return None
        parts += some
    return bytes(parts)


def read_frame(stream: BinaryIO) -> Optional[bytes]:
    """The next frame; None where there is none."""
    head = read_exactly(stream, HEAD)
    if head is None:
        return None
    length = int.from_bytes(head, "little")
    body = read_exactly(stream, length) if length else b""
    if body is None:
        raise FrameError("a frame ends after its head")
    return body


def framed(body: bytes) -> bytes:
    """The frame of some bytes."""
    return len(body).to_bytes(HEAD, "little") + body


def message(control: dict[str, Any], payload: bytes = b"") -> bytes:
    """What master and driver send each other: JSON, and bytes that it speaks of."""
    return framed(json.dumps(control).encode()) + framed(payload)

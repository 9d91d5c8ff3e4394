"""Frames, and the process that answers by them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from otmix_ray.driver import CPUS_OF_WORKER, Driver, Refused, failure_of, one_line, workers_of
from otmix_ray.frames import Bytes, FrameError, framed, message, read_frame
from otmix_ray.worker import Process, WorkerLost, command_on_this_machine

#: Answers every frame with the frame, after a sign of life.
ECHO = """
import sys
from otmix_ray.frames import framed, read_frame
while (body := read_frame(sys.stdin.buffer)) is not None:
    sys.stdout.buffer.write(framed(b"") + framed(body))
    sys.stdout.buffer.flush()
"""


@pytest.mark.parametrize("bodies", [[], [b""], [b"a", b"", b"bcd" * 9000]])
def test_frames_come_out_as_they_went_in(bodies: list[Bytes]) -> None:
    stream = io.BytesIO(b"".join(framed(body) for body in bodies))
    assert [read_frame(stream) for _ in bodies] == bodies
    assert read_frame(stream) is None


@pytest.mark.parametrize("cut", [1, 3, 4, 6])
def test_a_frame_that_is_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(framed(b"abc")[:cut]))


@pytest.mark.parametrize("bodies", [[], [b"\x00\x01"], [bytearray(b"a"), memoryview(b"bc")]])
def test_a_message_is_json_and_as_many_frames_as_it_says(bodies: list[Bytes]) -> None:
    stream = io.BytesIO(b"".join(message({"op": "answers", "name": "é"}, bodies)))
    assert json.loads(read_frame(stream) or b"") == {"op": "answers", "name": "é", "frames": len(bodies)}
    assert [read_frame(stream) for _ in bodies] == bodies
    assert read_frame(stream) is None


def test_a_process_answers_as_many_frames_as_it_is_asked_for() -> None:
    process = Process([sys.executable, "-c", ECHO], 60)
    try:
        body = b"x" * 3_000_000  # more than pipes hold
        assert process.answers([framed(body), framed(b"y")], 2) == [body, b"y"]
    finally:
        process.kill()


def test_a_process_ends_when_its_input_does() -> None:
    process = Process([sys.executable, "-c", ECHO], 60)
    process.answers([framed(b"x")], 1)
    process.end()
    assert process.ended == 0


def test_a_process_that_ends_or_says_nothing_is_lost() -> None:
    with pytest.raises(WorkerLost, match="it ended with status 3"):
        Process([sys.executable, "-c", "import sys; sys.exit(3)"], 60).answers([], 1)
    silent = Process([sys.executable, "-c", "import time; time.sleep(600)"], 0.2)
    with pytest.raises(WorkerLost, match="it said nothing for 0.2 s"):
        silent.answers([], 1)
    silent.kill()


#: Starts what stands for an actor, says its process, and ends by SIGKILL.
RAYLET = """
import os, signal, subprocess, sys
actor = "import os, sys, time; os.environ['RAY_RAYLET_PID'] = str(os.getppid()); "
actor += "from otmix_ray.worker import end_with_raylet; end_with_raylet(); print('runs', flush=True); time.sleep(600)"
process = subprocess.Popen([sys.executable, "-c", actor], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_actor_ends_with_its_raylet_though_nobody_has_waited_for_that() -> None:
    raylet = subprocess.Popen([sys.executable, "-c", RAYLET], stdout=subprocess.PIPE)
    assert raylet.stdout is not None
    actor = int(raylet.stdout.readline())
    until = time.monotonic() + 60
    while state_of(actor) != "Z":
        assert time.monotonic() < until, "the actor still runs"
        time.sleep(0.05)
    raylet.wait()


def state_of(pid: int) -> str:
    """As the kernel has it; Z of a process that has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf8") as stat:
            return stat.read().rpartition(") ")[2][0]
    except FileNotFoundError:
        return "Z"


def test_a_machine_without_otmix_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="install it there: npm install -g otmix@1.2.3"):
        command_on_this_machine(["/nowhere/node", "/nowhere/main.js", "worker"], "1.2.3")
    here = [sys.executable, "worker"]
    assert command_on_this_machine(here, "1.2.3") == here


@pytest.mark.parametrize(
    ("options", "cpus", "gpus", "each", "count"),
    [
        ({"units": 100}, 8.0, 0.0, 0, 8),
        ({"units": 3}, 8.0, 0.0, 0, 3),
        ({"units": 100, "workers": 12}, 8.0, 0.0, 0, 12),
        ({"units": 100}, 64.0, 4.0, 1, 4),
        ({"units": 100}, 64.0, 4.0, 2, 2),
    ],
)
def test_workers_by_resources(options: dict[str, Any], cpus: float, gpus: float, each: int, count: int) -> None:
    assert workers_of(options, cpus, gpus, each) == count


def test_more_workers_than_there_is_room_for_are_refused() -> None:
    most = int(4 / CPUS_OF_WORKER)
    with pytest.raises(Refused, match=f"expected at most {most} workers, got 9"):
        workers_of({"units": 100, "workers": 9}, 4.0, 0.0, 0)


def test_a_full_object_store_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(_: object) -> None:
        raise MemoryError("the store\n  is full")

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(put=put))

    async def told() -> None:
        incoming: asyncio.Queue[Any] = asyncio.Queue()
        await incoming.put(({"op": "put", "name": "part-1"}, bytearray(b"four")))
        await incoming.put(({"op": "call", "id": 7, "worker": 0, "count": 1, "part": "part-1", "kept": []}, bytearray()))
        await incoming.put(None)
        await Driver(out).run(incoming)

    out = io.BytesIO()
    asyncio.run(told())
    out.seek(0)
    said = json.loads(read_frame(out) or b"")
    assert (said["op"], said["id"]) == ("failed", 7)
    wanted = "expected room for 4 bytes in Ray's object store, got none (the store is full); start Ray with a larger"
    assert said["message"].startswith(wanted)


def test_what_an_actor_failed_by_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(Exception):
        cause = MemoryError("the disk\n is full")

    exceptions = SimpleNamespace(ObjectStoreFullError=Full, OutOfDiskError=Full)
    monkeypatch.setitem(sys.modules, "ray.exceptions", exceptions)
    wanted = "expected room for the answers of a worker in Ray's object store, got none (the disk is full); start Ray"
    assert failure_of(Full("a traceback")).startswith(wanted)
    assert failure_of(ValueError("it\nended")) == "a worker was lost again and again: it ended"


def test_errors_are_one_line() -> None:
    assert one_line(ValueError("a\n  b")) == "a b"

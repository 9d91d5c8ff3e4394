"""Stands between the Node process that fits, over standard input and output, and Ray."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from pickle import PickleBuffer
from typing import Any, BinaryIO, Optional, Sequence

from .frames import Bytes, FrameError, Readable, message, read_frame
from .worker import Worker

#: Part of a CPU that Ray sets aside for a worker: two fit on one, so that a worker finds a place where a machine was lost.
CPUS_OF_WORKER = 0.5
#: How often Ray starts a worker again, and asks one question again.
MOST_RESTARTS = 100
MOST_RETRIES = 20
#: Seconds that workers are given to end by themselves.
LAST = 2.0


#: What the master says, each with its payload; None at the end.
Incoming = asyncio.Queue[Optional[tuple[dict[str, Any], bytearray]]]


class Refused(Exception):
    """What the user can mend, in one line."""


class Driver:
    """Sends questions to actors, and their answers back in whatever order they come."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._actors: list[Any] = []
        self._parcels: dict[str, Any] = {}
        #: Why the object store lacks parcels that it had no room for.
        self._lacking: dict[str, str] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self, options: dict[str, Any]) -> None:
        """Connects to a cluster and starts its workers. Raises Refused."""
        ray = import_ray()
        connect(ray, options)
        resources = ray.cluster_resources()
        cpus, gpus = resources.get("CPU", 0.0), resources.get("GPU", 0.0)
        each = options.get("gpus")
        gpus_each = (1 if gpus >= 1 else 0) if each is None else int(each)
        count = workers_of(options, cpus, gpus, gpus_each)
        from ray import cloudpickle

        from . import frames, worker

        for module in (frames, worker):  # machines need have Ray alone, and not these files
            cloudpickle.register_pickle_by_value(module)
        actor = ray.remote(
            num_cpus=CPUS_OF_WORKER,
            num_gpus=gpus_each,
            max_restarts=MOST_RESTARTS,
            max_task_retries=MOST_RETRIES,
            scheduling_strategy="SPREAD",
        )(Worker)
        arguments = (options["command"], float(options["deadline"]), options["version"])
        self._actors = [actor.remote(*arguments) for _ in range(count)]
        places = ray.get([one.start.remote() for one in self._actors])
        errors = sorted({place["error"] for place in places if "error" in place})
        if errors:
            raise Refused(errors[0])
        threads = max(1, int(cpus // count)) if gpus_each == 0 else max(1, int(cpus // max(1, count)))
        ready = {"op": "ready", "workers": count, "places": places, "threads": threads}
        self._send({**ready, "ray": ray.__version__, "cpus": cpus, "gpus": gpus})

    async def run(self, incoming: Incoming) -> None:
        """Does what the master says until it ends."""
        import ray

        while (said := await incoming.get()) is not None:
            control, payload = said
            operation = control["op"]
            if operation == "put":
                self._put(ray, control["name"], payload)
            elif operation == "drop":
                self._parcels.pop(control["name"], None)
                self._lacking.pop(control["name"], None)
            elif operation == "call":
                names = [*control["kept"], *([control["part"]] if control.get("part") else [])]
                lacking = [self._lacking[name] for name in names if name in self._lacking]
                if lacking:
                    self._send({"op": "failed", "id": control["id"], "message": lacking[0]})
                    continue
                # Looked up now: a parcel may be dropped before the task begins.
                part = [self._parcels[control["part"]]] if control.get("part") else []
                kept = [(name, self._parcels[name]) for name in control["kept"]]
                task = asyncio.ensure_future(self._call(control, payload, kept, part))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            else:
                return

    def stop(self) -> None:
        """Ends the actors, and with them the workers."""
        ray = import_ray()
        if self._actors:  # what is in the midst of a sweep, or is being started again, is not waited for
            ray.wait([actor.stop.remote() for actor in self._actors], num_returns=len(self._actors), timeout=LAST)
        for actor in self._actors:
            ray.kill(actor)
        ray.shutdown()

    def _put(self, ray: Any, name: str, payload: bytearray) -> None:
        try:
            self._parcels[name] = ray.put(PickleBuffer(payload))  # which workers read where the store has it
        except Exception as error:  # noqa: BLE001: whatever it is, the master tells it
            self._lacking[name] = no_room(f"{len(payload)} bytes", error)

    async def _call(
        self, control: dict[str, Any], payload: bytearray, kept: Sequence[tuple[str, Any]], part: Sequence[Any]
    ) -> None:
        try:
            actor = self._actors[control["worker"]]
            answers = await actor.call.remote(payload, control["count"], kept, *part)
            self._send({"op": "answers", "id": control["id"]}, answers)
        except Exception as error:  # noqa: BLE001: whatever it is, the master tells it
            self._send({"op": "failed", "id": control["id"], "message": failure_of(error)})

    def _send(self, control: dict[str, Any], bodies: Sequence[Bytes] = ()) -> None:
        write(self._out, control, bodies)


def import_ray() -> Any:
    """The package; raises Refused where there is none."""
    try:
        import ray
    except ImportError:
        raise Refused(
            f"expected Ray in {sys.executable}, got none; install it: {sys.executable} -m pip install 'ray>=2.40', "
            "or name a Python that has it with OTMIX_PYTHON"
        ) from None
    return ray


def connect(ray: Any, options: dict[str, Any]) -> None:
    """Connects to the cluster of an address. Raises Refused."""
    address = options["address"]
    quiet = {"logging_level": "error", "log_to_driver": True}
    if address == "local":
        # Ray's default, 15, has workers give way to whatever else the machine does, for minutes where that is much.
        os.environ.setdefault("RAY_worker_niceness", "0")
        ray.init(address="local", num_cpus=options.get("cpus"), include_dashboard=False, **quiet)
        return
    try:
        ray.init(address=address, **quiet)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        remedy = "start one with ray start --head, or take --cluster local"
        raise Refused(f"expected a Ray cluster at {address}, got none ({one_line(error)}); {remedy}") from None


def workers_of(options: dict[str, Any], cpus: float, gpus: float, gpus_each: int) -> int:
    """How many workers to start. Raises Refused where the cluster has no room for as many as were asked for."""
    room = int(cpus / CPUS_OF_WORKER)
    if gpus_each > 0:
        room = min(room, int(gpus / gpus_each))
    wanted = options.get("workers")
    if wanted is None:
        most = gpus / gpus_each if gpus_each > 0 else cpus
        return max(1, min(int(most), int(options["units"]), max(1, room)))
    count = min(int(wanted), int(options["units"]))
    if count > room:
        raise Refused(
            f"expected at most {room} workers, got {wanted}; the cluster has {cpus:g} CPUs and {gpus:g} GPUs: "
            "ask for fewer, or add machines"
        )
    return count


def failure_of(error: BaseException) -> str:
    """Why a question has no answer, in one line."""
    from ray.exceptions import ObjectStoreFullError, OutOfDiskError

    if isinstance(error, (ObjectStoreFullError, OutOfDiskError)):
        return no_room("the answers of a worker", getattr(error, "cause", None) or error)
    return f"a worker was lost again and again: {one_line(error)}"


def no_room(what: str, error: BaseException) -> str:
    """That Ray's object store has no room for something, in one line."""
    return (
        f"expected room for {what} in Ray's object store, got none ({one_line(error)}); start Ray with a larger "
        "--object-store-memory, or make room on the disk that it spills to"
    )


def one_line(error: BaseException) -> str:
    """What an error says, without the ends of lines."""
    text = " ".join(str(error).split())
    return text if len(text) < 400 else text[:400] + "…"


def write(out: BinaryIO, control: dict[str, Any], bodies: Sequence[Bytes] = ()) -> None:
    """Tells the master."""
    for piece in message(control, bodies):
        out.write(piece)
    out.flush()


def read_messages(stream: Readable, incoming: Incoming, loop: asyncio.AbstractEventLoop) -> None:
    """Puts what the master says into a queue; None at the end."""
    try:
        while (head := read_frame(stream)) is not None:
            payload = read_frame(stream)
            if payload is None:
                break
            loop.call_soon_threadsafe(incoming.put_nowait, (json.loads(head), payload))
    except FrameError:
        pass  # the master is gone
    loop.call_soon_threadsafe(incoming.put_nowait, None)


async def serve(driver: Driver, stream: Readable) -> None:
    incoming: Incoming = asyncio.Queue()
    arguments = (stream, incoming, asyncio.get_running_loop())
    threading.Thread(target=read_messages, args=arguments, daemon=True).start()
    await driver.run(incoming)


def main(arguments: Sequence[str]) -> int:
    # Ray, and the workers by it, print to standard output, which is the master's here: all of that goes to standard error.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    driver = Driver(out)
    try:
        driver.start(json.loads(arguments[0]))
    except Refused as refused:
        write(out, {"op": "refused", "message": str(refused)})
        return 2
    try:
        asyncio.run(serve(driver, os.fdopen(0, "rb")))
    finally:
        driver.stop()
    return 0

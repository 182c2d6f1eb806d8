"""The policy worker: one process, one thread, one engine for each of a few bundles.

A script, which `rego_process` starts on its own.

It imports nothing but regorus and what it needs of the standard library, so that it answers within tens of
milliseconds. Engines are made, used and dropped on this one thread, as they demand. Requests and answers are
lists of frames on descriptor 0 and 1; the end of the stream ends the process, and so does any fault of the
engine that is no plain error.
"""

import json
import os
import resource
import struct
import sys
from typing import Any

_HEADER = struct.Struct("<I")


def main(packages: str, memory_mb: int) -> None:
    """Serve requests until the stream ends; `packages` is where regorus is installed."""
    _leave_network()
    sys.path.append(packages)
    from regorus import Engine  # noqa: PLC0415  # found only now; nothing else of that folder is wanted

    _limit(memory_mb)
    engines: dict[str, Any] = {}
    while request := _read_frames():
        operation, *frames = request
        if operation == b"load":
            bundle = json.loads(frames[0])
            for name in engines.keys() - set(bundle["keep"]):
                del engines[name]
            engines[bundle["name"]], answer = _load(Engine(), bundle)
        elif operation == b"coverage":
            answer = [engines[frames[0].decode()].get_coverage_report_as_json().encode()]
        else:
            _limit_processor_seconds(int(frames[0]))
            answer = _query(engines[frames[1].decode()], frames[2::2], frames[3::2])
        _write_frames(answer)


def _load(engine: Any, bundle: dict[str, Any]) -> tuple[Any, list[bytes]]:
    """A fresh engine with modules and data; `probe` is a rule whose evaluation compiles everything."""
    try:
        engine.set_enable_coverage(bundle["coverage"])
        for path, source in bundle["modules"]:
            engine.add_policy(path, source)
        engine.add_data_json(json.dumps(bundle["data"]))
        engine.eval_rule_as_json(bundle["probe"])
    except RuntimeError as error:
        return engine, [b"refused", str(error).encode()]
    return engine, [b"loaded"]


def _query(engine: Any, rules: list[bytes], inputs: list[bytes]) -> list[bytes]:
    """Of each input, one by one for its rules, `[true, JSON]` or `[false, "the reason"]`."""
    answer = []
    for names, document in zip(rules, inputs, strict=True):
        engine.set_input_json(document.decode())
        answer.append(f"[{','.join([_evaluated(engine, rule) for rule in json.loads(names)])}]".encode())
    return answer


def _evaluated(engine: Any, rule: str) -> str:
    try:
        return f"[true,{engine.eval_rule_as_json(rule)}]"
    except RuntimeError as error:
        return f"[false,{json.dumps(str(error))}]"


def _limit(memory_mb: int) -> None:
    """Memory beyond what the process has now; no files written, no cores, no children."""
    with open("/proc/self/statm", "rb") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: used + memory_mb * 1024 * 1024,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 16,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _leave_network() -> None:
    """A network of its own with nothing in it, where the system lets an ordinary process have one."""
    import ctypes  # noqa: PLC0415  # os.unshare comes with Python 3.12

    new_user, new_network = 0x10000000, 0x40000000
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(new_network) != 0:
        unshare(new_user | new_network)


def _limit_processor_seconds(seconds: int) -> None:
    """Ends this process by itself should the one that asked be gone."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 2, hard))


def _read_frames() -> list[bytes]:
    head = _read(_HEADER.size)
    if not head:
        return []
    return [_read(_HEADER.unpack(_read(_HEADER.size))[0]) for _ in range(_HEADER.unpack(head)[0])]


def _read(size: int) -> bytes:
    parts = []
    while size and (part := os.read(0, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write_frames(frames: list[bytes]) -> None:
    data = _HEADER.pack(len(frames)) + b"".join(_HEADER.pack(len(frame)) + frame for frame in frames)
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Runs commands one at a time and reports what each has used.

Node does not report what a child process used; wait4(2) does, exactly, for the child and for those of its children that it has waited
for. A line on stdin is a command: {"command": [...], "env": {...}, "cwd": "...", "seconds": 60}. The line on stdout that follows it has
seconds of CPU time and of wall time, the peak memory in bytes of the largest process, seconds until the first byte of stdout (null if
there was none), both outputs and the exit code (negative for a signal). After `seconds` the command and its process group are killed.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


def end_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(spec):
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        child = subprocess.Popen(
            spec["command"],
            env=spec["env"],
            cwd=spec["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        timer = threading.Timer(spec["seconds"], end_group, [child.pid])
        timer.start()
        try:
            first = None
            output = bytearray()
            while chunk := os.read(child.stdout.fileno(), 65536):
                if first is None:
                    first = time.perf_counter() - started
                output += chunk
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - started
            child.returncode = os.waitstatus_to_exitcode(status)
        finally:
            timer.cancel()
            child.stdout.close()
            end_group(child.pid)
        errors.seek(0)
        return {
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": wall,
            "memory": usage.ru_maxrss * BYTES_PER_UNIT,
            "first": first,
            "stdout": output.decode("utf-8", "replace"),
            "stderr": errors.read(1 << 20).decode("utf-8", "replace"),
            "code": child.returncode,
        }


# The finally clause of a run that is interrupted ends its processes.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))

for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)

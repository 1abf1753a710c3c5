"""Runs stage scripts for the tests, from a process that has already imported what they import.

To import TensorFlow takes seconds, more than most small stages take. Each script runs in a process of its
own all the same, forked where all other libraries are imported and nothing has been computed; it imports
mintmark itself, of its own checkout.
"""

import atexit
import functools
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGES = ROOT / "stages"
CLIENT = Path(__file__).with_name("stage_client.py")


def environment() -> dict[str, str]:
    """This environment, but that its `python` has stage scripts run by the server."""
    return {**os.environ, "PATH": os.pathsep.join([str(_programs()), os.environ["PATH"]])}


@functools.cache
def _programs() -> Path:
    """A folder with such a `python`. The server starts, and ends with this process."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    address, program = Path(folder.name, "server"), Path(folder.name, "bin", "python")
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable} -ISE\n{CLIENT.read_text()}")
    program.chmod(0o755)
    command = [sys.executable, __file__, address]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)  # where parameters are
    server.stdout.readline()  # it listens
    for end in (folder.cleanup, server.communicate, server.terminate):  # the last one first
        atexit.register(end)
    return program.parent


def main(address: str) -> None:
    """Import what stages import; then fork for each script that a client asks for."""
    before, path = set(sys.modules), [*sys.path]
    sys.path.insert(0, str(STAGES))
    for script in {*STAGES.glob("*.py")} - {STAGES / "own_checkout.py"}:
        runpy.run_path(str(script), run_name="imported")
    sys.modules["mintmark.pipeline.backend"].speak()  # which scripts, once run, do themselves
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("mintmark", "own_checkout"):
            del sys.modules[name]
    sys.path[:] = path
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for scripts
    while True:
        client, _ = listening.accept()
        if not os.fork():
            listening.close()
            break
        client.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, streams, _, _ = socket.recv_fds(client, 1 << 20, 3)
    if script := os.fork():
        _, status = os.waitpid(script, 0)
        client.sendall(b"%d" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    client.close()
    run(*json.loads(asked), streams)


def run(folder: str, command: list[str], environment: dict[str, str], streams: list[int]) -> None:
    """Run a script as Python does: in a folder, by a command, with an environment and three streams."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv, sys.path[0] = command, str(Path(command[0]).resolve().parent)
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])

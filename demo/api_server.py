"""Run gunicorn or uvicorn so that it ends with the demo, however the demo ends.

``python -m demo.api_server gunicorn ...`` runs ``gunicorn ...``. Standard input is a pipe whose
other end the demo holds. The system closes that end when the demo is gone, even after SIGKILL,
which no process can handle, and on Linux and macOS alike.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def main(arguments: list[str]) -> None:
    """Run the module ``arguments[0]`` with the other arguments."""
    threading.Thread(target=kill_group_at_end_of_input, daemon=True).start()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name='__main__', alter_sys=True)


def kill_group_at_end_of_input() -> None:
    """Wait until nobody can write to standard input; then kill the server with its workers."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == '__main__':
    main(sys.argv[1:])

"""Run a proxy so that it ends with the tests, however they end.

``python -m recording.proxies.attached nginx ...`` runs ``nginx ...``, as ``demo.api_server`` does
for a Python module: standard input is a pipe whose other end the tests hold.
"""

from __future__ import annotations

import subprocess
import sys
import threading

from demo.api_server import kill_group_at_end_of_input


def main(command: list[str]) -> int:
    """Run the command; return its exit code."""
    threading.Thread(target=kill_group_at_end_of_input, daemon=True).start()
    return subprocess.call(command, stdin=subprocess.DEVNULL)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

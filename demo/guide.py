"""Serve the built guide on a loopback port, with what its pages need for *Try it*."""

from __future__ import annotations

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


class GuideServer(ThreadingHTTPServer):
    """The guide's own origin: its built pages, ``/_pages/<lesson>.js`` and ``/_demo.json``.

    Args:
        port: Port of 127.0.0.1 to listen on.
        folder: The built HTML guide.
        demo: What ``/_demo.json`` tells the pages about the running demo.
    """

    daemon_threads = True

    def __init__(self, port: int, folder: Path, demo: dict[str, Any]) -> None:
        told = json.dumps(demo).encode()
        handler = partial(_Handler, demo=told, directory=str(folder))
        super().__init__(('127.0.0.1', port), handler)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, demo: bytes, directory: str) -> None:
        self.demo = demo
        super().__init__(*arguments, directory=directory)

    def do_GET(self) -> None:
        if self.path != '/_demo.json':
            super().do_GET()
            return
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(self.demo)))
        self.end_headers()
        self.wfile.write(self.demo)

    def translate_path(self, path: str) -> str:
        if not path.startswith('/_pages/'):
            return super().translate_path(path)
        name = path.partition('?')[0].rpartition('/')[2]
        return str(ROOT / 'pages' / name)

    def end_headers(self) -> None:
        self.send_header('Cache-Control', 'no-store')
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the demo's terminal is for what concerns the reader."""

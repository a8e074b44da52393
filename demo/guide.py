"""Serve the built guide on a loopback port, with what its pages need for *Try it*."""

from __future__ import annotations

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from demo.model import judge

ROOT = Path(__file__).parent.parent
MAX_REQUEST = 1_000_000  # bytes


class GuideServer(ThreadingHTTPServer):
    """The guide's own origin: its pages, ``/_pages/<lesson>.js``, ``/_demo.json``, ``/_model``.

    Args:
        port: Port of 127.0.0.1 to listen on.
        folder: The built HTML guide.
        demo: What ``/_demo.json`` tells the pages about the running demo.
    """

    daemon_threads = True

    def __init__(self, port: int, folder: Path, demo: dict[str, Any]) -> None:
        description = json.dumps(demo).encode()
        handler = partial(_Handler, demo=description, directory=str(folder))
        super().__init__(('127.0.0.1', port), handler)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, demo: bytes, directory: str) -> None:
        self.demo = demo
        super().__init__(*arguments, directory=directory)

    def do_GET(self) -> None:
        if self.path == '/_demo.json':
            self._send_json(200, self.demo)
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """Judge a fetch, for pages of this origin: others would need a preflight for JSON."""
        length = self.headers.get('Content-Length', '')
        if not length.isdigit() or int(length) > MAX_REQUEST:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))  # before any answer, or the connection is reset
        if self.path != '/_model' or self.headers.get_content_type() != 'application/json':
            self.send_error(404)
        else:
            self._judge(body)

    def _judge(self, body: bytes) -> None:
        try:
            verdict = judge(json.loads(body))
        except (KeyError, TypeError, ValueError):
            self.send_error(400)
        else:
            self._send_json(200, json.dumps(verdict).encode())

    def _send_json(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def translate_path(self, path: str) -> str:
        if not path.startswith('/_pages/'):
            return super().translate_path(path)
        name = path.partition('?')[0].rpartition('/')[2]
        return str(ROOT / 'frontend' / name)

    def end_headers(self) -> None:
        self.send_header('Cache-Control', 'no-store')
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the demo's terminal is for what concerns the reader."""

"""A server with the comments of one pull request, which behaves like GitHub and GitLab."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "s3cret"  # noqa: S105 - opens nothing but the server below


class Platform(ThreadingHTTPServer):
    """Holds the comments of one pull request, and the received requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.refuses = False

    @property
    def address(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Lists, adds and replaces comments."""

    server: Platform

    def do_GET(self) -> None:
        """List one page."""
        found = re.search(r"per_page=(\d+)&page=(\d+)", self.path)
        assert found
        size, page = map(int, found.groups())
        self._answer(self.server.comments[size * (page - 1) : size * page])

    def do_POST(self) -> None:
        """Add a comment."""
        comment = {"id": len(self.server.comments) + 1, **self._content()}
        self.server.comments.append(comment)
        self._answer(comment)

    def do_PATCH(self) -> None:
        """Replace a comment."""
        comment = self.server.comments[int(self.path.rpartition("/")[2]) - 1]
        comment.update(self._content())
        self._answer(comment)

    do_PUT = do_PATCH  # noqa: N815 - the same

    def _content(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, content: object) -> None:
        self.server.requests.append((self.command, self.path.partition("?")[0]))
        token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
        is_allowed = token.endswith(TOKEN) and not self.server.refuses
        self.send_response(200 if is_allowed else 403)
        self.end_headers()
        self.wfile.write(json.dumps(content if is_allowed else {"message": "no"}).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""

"""Prefect's server as a child process of ours: started early, quiet, and gone when we are gone.

Prefect can start a temporary server itself, but then imports the whole server into the calling process too:
twice the seconds. Here the child loads it, by name, while the parent loads only the client (`pipeline.flow`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path

from pipeline.loading import loading

APPLICATION = "prefect.server.api.server:create_app"
HOST = "127.0.0.1"
READY_SECONDS = 180


class ServerDown(Exception):
    """The server did not come up; the run goes on without it."""


def environment(home: Path) -> dict[str, str]:
    """Settings for Prefect's client and server: everything under `home`, nothing sent out, nothing printed.

    The machines have no way to the internet; the statistics' failed heartbeat would print a traceback.
    """
    spared = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    local = ",".join(filter(None, [spared, HOST, "localhost"]))
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        # 2 + 4 seconds for a locked database; with the default five tries a dead server costs minutes.
        "PREFECT_CLIENT_MAX_RETRIES": "2",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(READY_SECONDS),
        "NO_PROXY": local, "no_proxy": local,
    }


class Server:
    """A server on this machine; use as a context manager, `address` once `wait` has returned."""

    def __init__(self, home: Path, port: int = 0, lasting: bool = False) -> None:
        """`lasting`: with its web pages and its scheduler, for `serve`; otherwise only what one run needs."""
        self.address = f"http://{HOST}:{port or _free_port()}/api"
        self._home, self._lasting = home, lasting
        self._child: subprocess.Popen | None = None

    def __enter__(self) -> Server:
        self._home.mkdir(parents=True, exist_ok=True)
        only_api = {} if self._lasting else {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1",
                                             "PREFECT__SERVER_FINAL": "1"}
        with (self._home / "server.log").open("wb") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "pipeline.server", self.address], stdin=subprocess.PIPE, stdout=output,
                stderr=output, cwd=Path(__file__).parent.parent, start_new_session=True,
                env={**os.environ, **environment(self._home), "PREFECT_API_URL": self.address, **only_api})
        return self

    def wait(self, seconds: float = READY_SECONDS) -> None:
        """Until the server answers; ServerDown if it has died or takes longer than `seconds`."""
        until = time.monotonic() + seconds
        while not answers(self.address):
            if self._child is None or self._child.poll() is not None or time.monotonic() > until:
                raise ServerDown
            time.sleep(0.1)

    def __exit__(self, *reason: object) -> None:
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child.stdin.close()


def answers(address: str) -> bool:
    """Whether a Prefect API stands at `address`; proxies are not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/health", timeout=2) as response:
            return response.status == 200
    except (OSError, ValueError):
        return False


def taken(port: int) -> bool:
    """Whether something else listens at `port` on this machine."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _serve(address: str) -> None:
    """The child: serve until the parent's end of standard input closes, which its death does too."""
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    with loading():
        import uvicorn

        import_module(APPLICATION.partition(":")[0])
    port = int(address.rsplit(":", 1)[1].partition("/")[0])
    uvicorn.run(APPLICATION, factory=True, host=HOST, port=port, log_level="critical", lifespan="on")


if __name__ == "__main__":
    _serve(sys.argv[1])

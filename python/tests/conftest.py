"""What the tests share: the files of this repository and the command line."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUMMIT = ROOT / "scenarios" / "white-house-2025-08-18.toml"
GOLDEN = ROOT / "scenarios" / "golden.toml"


def command_line() -> str:
    """The command line of the same build: what FORETELL names, or what stands on the path."""
    found = os.environ.get("FORETELL") or shutil.which("foretell")
    assert found, "name the command line to compare with: FORETELL=target/release/foretell"
    return found


def printed(*arguments: str) -> str:
    """What the command line prints for it."""
    done = subprocess.run([command_line(), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def looks_during(work: Callable[[], object]) -> int:
    """How often Python looked around while another thread worked: hardly ever, were its lock held."""
    looks, done = 0, threading.Event()

    def at_work() -> None:
        work()
        done.set()

    thread = threading.Thread(target=at_work)
    thread.start()
    while not done.is_set():
        looks += 1
        time.sleep(0.001)
    thread.join()
    return looks


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("FORETELL_LEDGER", raising=False)
    # A job in the background of a shell is started deaf to interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

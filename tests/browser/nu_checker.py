"""The Nu HTML checker, started once: it reads the HTML standard for some seconds, and then a page in milliseconds."""

from __future__ import annotations

import json
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from tests.ports import free_port

_JAVA = ("java", "-Xss4m", "-XX:+UseSerialGC")
_SETTINGS = ("-Dnu.validator.servlet.bind-address=127.0.0.1", "-Dnu.validator.checker.enableLangDetection=0")
_HEADS = {"Content-Type": "text/html; charset=utf-8", "User-Agent": "servicekit"}
_PATIENCE = 120


class NuMessage(NamedTuple):
    """What the checker says of a place in a page; only a fault against the standard ``is_error``."""

    is_error: bool
    text: str


class NuChecker:
    """A checker that listens on loopback only."""

    def __init__(self, jar: Path) -> None:
        self._port = free_port()
        command = (*_JAVA, *_SETTINGS, "-cp", jar, "nu.validator.servlet.Main", str(self._port))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._is_ready = False

    def messages(self, page: bytes) -> list[NuMessage]:
        """Errors, warnings and remarks on a page in UTF-8, in the order in which it is read."""
        self._wait()
        found = json.loads(self._answer(page))["messages"]
        return [
            NuMessage(each["type"] != "info", f"line {each.get('lastLine', '?')}: {each['message']}") for each in found
        ]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _answer(self, page: bytes) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            connection.request("POST", "/?out=json", page, _HEADS)
            return connection.getresponse().read()
        finally:
            connection.close()

    def _wait(self) -> None:
        ends = time.monotonic() + _PATIENCE
        while not self._is_ready:
            try:
                self._answer(b"<!DOCTYPE html>")
                self._is_ready = True
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError("the Nu HTML checker did not start") from None
                time.sleep(0.2)

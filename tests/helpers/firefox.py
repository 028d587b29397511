"""Run JavaScript in Firefox over Marionette, its own protocol: no driver is needed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time

import pytest

from tests.helpers.visualizer_page import called

BROWSERS = "firefox", "firefox-esr"
_PREFERENCES = {
    "marionette.port": 0,  # any free port; Firefox writes it into its profile
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "ui.prefersReducedMotion": 1,
}
_SECONDS = 60


class Firefox:
    """A window of Firefox without a screen.

    Parameters
    ----------
    folder
        A new folder for its profile.
    """

    def __init__(self, folder):
        if not any(map(shutil.which, BROWSERS)):
            pytest.skip("Firefox is not installed")
        program = next(filter(None, map(shutil.which, BROWSERS)))
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in _PREFERENCES.items()
        ]
        with open(os.path.join(folder, "user.js"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        command = [program, "--headless", "--marionette", "--no-remote", "--profile", folder]
        with open(os.path.join(folder, "log"), "w") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}
            )
        self._connection = self._connected(os.path.join(folder, "MarionetteActivePort"))
        self._stream = self._connection.makefile("rb")
        self._read()  # Firefox tells its version first
        self._n_sent = 0
        self._send("WebDriver:NewSession", {})

    def _connected(self, port_file):
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "Firefox has ended"
            if os.path.exists(port_file) and os.path.getsize(port_file):
                with open(port_file) as file:
                    return socket.create_connection(("127.0.0.1", int(file.read())), _SECONDS)
            time.sleep(0.1)
        raise TimeoutError("Firefox did not start Marionette.")

    def _read(self):
        """Read a message: its length, a colon, and JSON."""
        length = b""
        while not length.endswith(b":"):
            length += self._stream.read(1)
        return json.loads(self._stream.read(int(length[:-1])))

    def _send(self, command, parameters):
        self._n_sent += 1
        text = json.dumps([0, self._n_sent, command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def open(self, uri):
        """Open a page, and wait until it is loaded."""
        self._send("WebDriver:Navigate", {"url": uri})

    def __call__(self, body, *args):
        """Call a function of JavaScript with this body; return its value."""
        parameters = {"script": called(body), "args": [json.dumps(args)], "sandbox": None}
        return json.loads(self._send("WebDriver:ExecuteScript", parameters)["value"])

    def close(self):
        """End the browser."""
        self._stream.close()
        self._connection.close()
        self._process.terminate()
        self._process.wait(_SECONDS)

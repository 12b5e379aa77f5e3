"""What promtool says about numbers for Prometheus."""

import os
import shutil
import subprocess

import pytest


def check_metrics(text: str) -> None:
    """Fails for a name, unit or help text that is against the conventions."""
    program = shutil.which("promtool")
    if program is None:
        if os.environ.get("HENGFU_REQUIRE_SERVERS") == "1":
            pytest.fail("promtool is not installed, and HENGFU_REQUIRE_SERVERS=1")
        pytest.skip("promtool is not installed (Debian: apt install prometheus)")
    done = subprocess.run(
        [program, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode or done.stdout or done.stderr:
        raise AssertionError(done.stdout + done.stderr)

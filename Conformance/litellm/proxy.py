"""Runs LiteLLM's proxy from its own environment and says where it listens."""

import contextlib
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def running(python: str, port: int, log_path: str):
    """The proxy at http://127.0.0.1:PORT, ready for requests; key `sk-test`, model `scripted`.

    `python` is the interpreter of an environment with requirements-litellm.txt installed.
    """
    command = [
        str(pathlib.Path(python).with_name("litellm")),
        "--config", str(HERE / "litellm.yaml"), "--host", "127.0.0.1", "--port", str(port),
    ]
    # The cost map would be fetched from the network, the page would be built.
    environment = dict(
        os.environ, LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_TELEMETRY="False", DISABLE_ADMIN_UI="True"
    )
    with open(log_path, "wb") as log:
        process = subprocess.Popen(command, cwd=HERE, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(process, port, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"LiteLLM ended with status {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"LiteLLM was not ready after {seconds} s")


if __name__ == "__main__":
    # proxy.py PORT COMMAND…: runs the command while the proxy runs, for use from a shell.
    with running(sys.executable, int(sys.argv[1]), "litellm.log") as url:
        sys.exit(subprocess.call(sys.argv[2:], env=dict(os.environ, BLUEWIRE_LITELLM_URL=url)))

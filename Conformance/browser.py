"""A demo and a headless Chromium that looks at it, with a cuttable wire between the two."""

import contextlib
import json
import os
import pathlib
import select
import shutil
import socket
import subprocess
import threading
import unittest
import urllib.request

import harness

ARTIFACTS = harness.ROOT / "artifacts" / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


def require_browser() -> None:
    """Skips without Chromium and its driver, or fails when REQUIRE_SHARED=1."""
    if CHROMIUM and DRIVER:
        return
    if os.environ.get("REQUIRE_SHARED") == "1":
        raise AssertionError("chromium and chromedriver are required, but absent; run Scripts/setup test")
    raise unittest.SkipTest("chromium and chromedriver are absent")


class Demo:
    """`bluewire demo` as a child process."""

    def __init__(self, folder: pathlib.Path):
        self.state = folder / "demo"
        self.port = harness.free_port()
        self.log = open(folder / "demo.log", "ab")
        self.process = subprocess.Popen(
            [harness.binary(), "demo", "--json", "--state", str(self.state), "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=harness.environment())
        line = self.process.stdout.readline()
        assert line, f"the demo did not start: {(folder / 'demo.log').read_text()[-2000:]}"
        self.greeting = json.loads(line)
        self.database = pathlib.Path(self.greeting["database"])

    def simulator(self, path: str, body: dict) -> dict:
        """Something happens in the simulation, without the page's help."""
        connection = harness.http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self.greeting["simulator"])
        connection.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read() or b"null")
        connection.close()
        assert response.status < 300, (response.status, answer)
        return answer

    def get(self, path: str, cookie: str):
        """A read through the public API with the page's session."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.log.close()


class Wire:
    """Forwards a port to another one until it is cut; what is cut breaks at once, as a lost network does."""

    def __init__(self, target: int):
        self.target = target
        self.is_cut = threading.Event()
        self.pairs: set = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.is_cut.is_set():
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            with self.lock:
                self.pairs.add((near, far))
            threading.Thread(target=self._forward, args=(near, far), daemon=True).start()

    def _forward(self, near, far):
        with contextlib.suppress(OSError, ValueError):
            while True:
                ready, _, _ = select.select([near, far], [], [])
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        raise OSError
                    (far if source is near else near).sendall(data)
        with self.lock:
            self.pairs.discard((near, far))
        near.close()
        far.close()

    def cut(self):
        self.is_cut.set()
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.is_cut.clear()

    def stop(self):
        self.cut()
        self.listener.close()


class Page:
    """The page in headless Chromium."""

    def __init__(self):
        from selenium import webdriver
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        self.look(1440, 900, "light")
        # Everything that runs or is refused in the page, from its first moment on.
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            window.seen = { typing: 0, reports: [] };
            document.addEventListener("securitypolicyviolation", (event) => seen.reports.push(event.violatedDirective));
            document.addEventListener("DOMContentLoaded", () => {
              const typing = document.getElementById("phone-typing");
              new MutationObserver(() => { if (!typing.hidden) seen.typing += 1; }).observe(typing, { attributes: true });
            });"""})

    def look(self, width: int, height: int, scheme: str):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 760})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str):
        from selenium.webdriver.common.by import By
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def type(self, selector: str, *keys: str):
        self.one(selector).send_keys(*keys)

    def texts(self, selector: str) -> list:
        return self.run("return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector)

    def wait(self, script: str, seconds: float, what: str, *arguments):
        try:
            return harness.wait_until(lambda: self.run(f"return {script}", *arguments), seconds, what)
        except AssertionError:
            self.shot("failed")
            raise

    def is_live(self):
        self.wait("document.getElementById('connection')?.dataset.state === 'live'", 15, "the page is live")

    def shot(self, name: str) -> pathlib.Path:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        assert self.driver.save_screenshot(str(path))
        return path

    def complaints(self) -> list:
        """Errors on the console since the last call, and whatever the content policy refused."""
        lines = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return lines + self.run("return window.seen?.reports ?? []")

    def cookie(self) -> str:
        return "; ".join(f"{one['name']}={one['value']}" for one in self.driver.get_cookies())

    def stop(self):
        self.driver.quit()

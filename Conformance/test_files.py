"""Files up and down: curl uploads and downloads them whole, in pieces and after cuts; every byte arrives, memory stays flat."""

import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import threading
import time
import unittest

import harness
from harness import Folder, Gateway, Simulator, run, wait_until

SIZE = 100_000_000
CUT = SIZE * 37 // 100
# What an upload or download may take above the idle gateway.
FLAT = 20 * 1024 * 1024


def sha256(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Memory:
    """The most memory a process holds while something happens, sampled; above what it held before."""

    def __init__(self, pid: int):
        self.pid = pid
        self.start = self.most = self.resident()
        self.stopping = threading.Event()

    def resident(self) -> int:
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self):
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        while not self.stopping.wait(0.005):
            self.most = max(self.most, self.resident())

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    @property
    def growth(self) -> int:
        return self.most - self.start


class FilesCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("curl") is None:
            if os.environ.get("REQUIRE_SHARED") == "1":
                raise AssertionError("curl is required, but absent")
            raise unittest.SkipTest("curl is absent")
        cls.folder = Folder()
        cls.path = cls.folder.path
        cls.simulator = Simulator(cls.path, "--speed", "10")
        programs = cls.path / "programs"
        programs.mkdir()
        maker = programs / "vipsthumbnail"
        # A picture is made of what it is asked for; the count of calls shows that it is made once.
        maker.write_text('#!/bin/sh\nfor last; do :; done\necho "$3" >> ' + str(cls.path / "made")
                         + '\nprintf "\\377\\330\\377\\340%s" "$3" > "${last%%[*}"\n')
        maker.chmod(0o755)
        cls.gateway = Gateway(
            cls.path, cls.simulator.database, "--transport", "simulator", "--simulator-socket", cls.simulator.socket,
            env={"PATH": f"{programs}:{os.environ['PATH']}"}).start()
        status, answer = cls.simulator.call("POST", "/say", {"from": "+15557000001", "text": "hello"})
        assert status == 200, answer
        cls.big = cls.path / "big.bin"
        with open(cls.big, "wb") as file:
            for _ in range(SIZE // 1_000_000):
                file.write(os.urandom(1_000_000))
        cls.digest = sha256(cls.big)
        # The first upload and download of a process warm it up.
        small = cls.path / "small.bin"
        small.write_bytes(os.urandom(3_000_000))
        upload = cls.curl("--data-binary", f"@{small}", "-H", "Content-Type: application/octet-stream",
                          f"{cls.gateway.url}/v1/uploads?name=small.bin")
        cls.gateway.request("DELETE", f"/v1/uploads/{upload['id']}")

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.gateway.log.close()
        cls.simulator.__exit__()
        cls.folder.__exit__()

    @classmethod
    def curl(cls, *arguments: str, token: str | None = None):
        done = subprocess.run(
            ["curl", "-sS", "-H", f"Authorization: Bearer {token or cls.gateway.token}", *arguments],
            capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def stored(self) -> list:
        folder = self.gateway.state / "uploads"
        return sorted(os.listdir(folder)) if folder.exists() else []

    def check_whole(self, upload: dict, name: str):
        self.assertEqual(upload.get("sha256"), self.digest, upload)
        self.assertEqual((upload["name"], upload["bytes"], upload["received"], upload["isComplete"]),
                         (name, SIZE, SIZE, True))
        stored = self.gateway.state / "uploads" / upload["id"] / name
        self.assertEqual(sha256(stored), self.digest)
        self.assertEqual(stat.S_IMODE(stored.stat().st_mode), 0o600)
        status, _ = self.gateway.request("DELETE", f"/v1/uploads/{upload['id']}")
        self.assertEqual(status, 204)
        self.assertNotIn(upload["id"], self.stored())

    def begin(self, name: str = "big.bin", size: int = SIZE) -> dict:
        status, upload = self.gateway.request("POST", "/v1/uploads", {"name": name, "bytes": size})
        self.assertEqual(status, 201, upload)
        return upload

    def cut(self, head: list, body: bytes):
        """Sends a request whose body is cut off, as when a phone leaves the network."""
        lines = head + [f"Host: 127.0.0.1:{self.gateway.port}", f"Authorization: Bearer {self.gateway.token}", "", ""]
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
            connection.sendall("\r\n".join(lines).encode() + body)

    def received(self, upload: dict) -> int:
        status, answer = self.gateway.request("GET", f"/v1/uploads/{upload['id']}")
        self.assertEqual(status, 200, answer)
        return answer["received"]

    # Up

    def test_a_form_of_100_mb(self):
        with Memory(self.gateway.process.pid) as memory:
            upload = self.curl("-F", "title=a file", "-F", f"file=@{self.big};type=image/x-big", f"{self.gateway.url}/v1/uploads")
        self.assertEqual(upload.get("mimeType"), "image/x-big", upload)
        self.check_whole(upload, "big.bin")
        self.assertLessEqual(memory.growth, FLAT)

    def test_raw_100_mb(self):
        for arguments in (["--data-binary", f"@{self.big}"], ["-X", "POST", "-T", str(self.big)],
                          ["-X", "POST", "-T", str(self.big), "-H", "Transfer-Encoding: chunked"]):
            with self.subTest(arguments=arguments[0]), Memory(self.gateway.process.pid) as memory:
                upload = self.curl(*arguments, f"{self.gateway.url}/v1/uploads?name=raw.bin")
                self.check_whole(upload, "raw.bin")
                self.assertLessEqual(memory.growth, FLAT)

    def test_100_mb_resumed_after_a_cut(self):
        upload = self.begin()
        with open(self.big, "rb") as file:
            head = file.read(CUT)
        with Memory(self.gateway.process.pid) as memory:
            self.cut([f"PATCH /v1/uploads/{upload['id']} HTTP/1.1", "Upload-Offset: 0", f"Content-Length: {SIZE}"], head)
            wait_until(lambda: self.received(upload) == CUT, 30, "everything sent before the cut is there")
            status, problem = self.patch(upload, 5, b"x")
            self.assertEqual((status, problem.get("code"), problem.get("received")), (409, "conflict", CUT))
            rest = self.path / "rest.bin"
            with open(self.big, "rb") as file, open(rest, "wb") as target:
                file.seek(CUT)
                shutil.copyfileobj(file, target)
            answer = self.curl("-X", "PATCH", "-T", str(rest), "-H", f"Upload-Offset: {CUT}",
                               f"{self.gateway.url}/v1/uploads/{upload['id']}")
        self.check_whole(answer, "big.bin")
        self.assertLessEqual(memory.growth, FLAT)

    def patch(self, upload: dict, offset: int, body: bytes):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        connection.request("PATCH", f"/v1/uploads/{upload['id']}", body=body, headers={
            "Authorization": f"Bearer {self.gateway.token}", "Upload-Offset": str(offset)})
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer

    def test_a_piece_without_bytes_is_refused_and_changes_nothing(self):
        upload = self.begin(size=3)
        self.assertEqual(self.patch(upload, 0, b"")[0], 400)
        self.assertEqual(self.patch(upload, 0, b"ab")[1]["received"], 2)
        status, problem = self.patch(upload, 2, b"")
        self.assertEqual((status, problem["code"]), (400, "bad_request"))
        self.assertEqual(self.patch(upload, 0, b"")[0], 409)
        self.assertTrue(self.patch(upload, 2, b"c")[1]["isComplete"])

    def test_a_later_request_takes_over_from_one_that_hangs(self):
        upload = self.begin(size=20)
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
            connection.sendall(
                f"PATCH /v1/uploads/{upload['id']} HTTP/1.1\r\nHost: localhost\r\nUpload-Offset: 0\r\n"
                f"Authorization: Bearer {self.gateway.token}\r\nContent-Length: 20\r\n\r\n0123456789".encode())
            wait_until(lambda: self.received(upload) == 10, 15, "the first bytes are there")
            status, answer = self.patch(upload, 10, b"abcdefghij")
            self.assertEqual((status, answer.get("isComplete")), (200, True), answer)
            connection.sendall(b"xxxxxxxxxx")
            self.assertIn(b" 409 ", connection.recv(4096).split(b"\r\n")[0])
        self.assertEqual(answer["sha256"], hashlib.sha256(b"0123456789abcdefghij").hexdigest())

    def test_nothing_is_left_of_uploads_that_are_cut(self):
        before = self.stored()
        with open(self.big, "rb") as file:
            head = file.read(CUT)
        form = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="cut.bin"\r\n\r\n' + head)
        chunk = b"%x\r\n" % len(head) + head + b"\r\n"
        cases = {
            "raw": (["POST /v1/uploads HTTP/1.1", f"Content-Length: {SIZE}"], head),
            "chunked": (["POST /v1/uploads HTTP/1.1", "Transfer-Encoding: chunked"], chunk),
            "form": (["POST /v1/uploads HTTP/1.1", "Content-Type: multipart/form-data; boundary=b",
                      f"Content-Length: {SIZE + 1000}"], form),
            "chunked form": (["POST /v1/uploads HTTP/1.1", "Content-Type: multipart/form-data; boundary=b",
                              "Transfer-Encoding: chunked"], b"%x\r\n" % len(form) + form + b"\r\n"),
        }
        for name, (lines, body) in cases.items():
            with self.subTest(name):
                seen = []

                def watch():
                    seen.append(len(self.stored()) > len(before))
                    return seen[-1]
                thread = threading.Thread(target=self.cut, args=(lines, body))
                thread.start()
                wait_until(watch, 30, "the upload began", step=0.001)
                thread.join()
                wait_until(lambda: self.stored() == before, 30, "nothing is left")

    def test_too_much_is_refused_at_once(self):
        status, problem = self.gateway.request("POST", "/v1/uploads", {"name": "a", "bytes": 200_000_000})
        self.assertEqual((status, problem["code"]), (413, "body_too_large"))
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        connection.putrequest("POST", "/v1/uploads")
        connection.putheader("Authorization", f"Bearer {self.gateway.token}")
        connection.putheader("Content-Length", "1000000000")
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_a_killed_gateway_keeps_what_can_be_resumed(self):
        resumable = self.begin(size=1000)
        self.assertEqual(self.patch(resumable, 0, b"a" * 400)[0], 200)
        with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
            connection.sendall(
                b"POST /v1/uploads?name=half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                + f"Authorization: Bearer {self.gateway.token}\r\n\r\n".encode() + b"b" * 400)
            wait_until(lambda: any((self.gateway.state / "uploads" / name / "half").exists() for name in self.stored()),
                       15, "the other upload began")
            self.gateway.kill()
        self.gateway.start()
        wait_until(lambda: self.stored() == [resumable["id"]], 15, "only what can be resumed is left")
        self.assertEqual(self.received(resumable), 400)
        status, whole = self.patch(resumable, 400, b"c" * 600)
        self.assertEqual((status, whole["sha256"]), (200, hashlib.sha256(b"a" * 400 + b"c" * 600).hexdigest()))
        self.assertEqual(self.gateway.request("DELETE", f"/v1/uploads/{resumable['id']}")[0], 204)

    # Up, through Messages, and down again

    def send(self, upload: dict, key: str):
        return self.gateway.request(
            "POST", "/v1/messages", {"to": "+15557000001", "text": "", "attachments": [upload["id"]]},
            {"Idempotency-Key": key})

    def attachment(self, send: dict) -> dict:
        def landed():
            status, now = self.gateway.request("GET", f"/v1/sends/{send['id']}")
            self.assertNotIn(now["state"], ("failed", "unknown"), now)
            return now if now["state"] in ("sent", "delivered", "read") else None
        message = wait_until(landed, 60, "the file was sent")["message"]
        status, message = self.gateway.request("GET", f"/v1/messages/{message}")
        self.assertEqual(status, 200, message)
        return message["attachments"][0]

    def test_what_was_uploaded_comes_down_as_an_attachment(self):
        upload = self.curl("-F", f"file=@{self.big};filename=holiday film.bin", f"{self.gateway.url}/v1/uploads")
        status, send = self.send(upload, "film")
        self.assertEqual(status, 202, send)
        self.assertEqual(send["action"]["files"], ["holiday film.bin"])
        attachment = self.attachment(send)
        self.assertEqual((attachment["name"], attachment["bytes"]), ("holiday film.bin", SIZE))
        wait_until(lambda: upload["id"] not in self.stored(), 40, "the file goes once it was sent")
        url = self.gateway.url + attachment["url"]
        authorization = ["-H", f"Authorization: Bearer {self.gateway.token}"]
        whole, parts = self.path / "whole.bin", self.path / "parts.bin"
        with Memory(self.gateway.process.pid) as memory:
            subprocess.run(["curl", "-sSf", *authorization, "-o", str(whole), url], check=True, timeout=300)
            # Cut after 37 %, then resumed where the file ends.
            subprocess.run(["curl", "-sSf", *authorization, "-o", str(parts), "-r", f"0-{CUT - 1}", url], check=True, timeout=300)
            self.assertEqual(parts.stat().st_size, CUT)
            subprocess.run(["curl", "-sSf", *authorization, "-o", str(parts), "-C", "-", url], check=True, timeout=300)
        self.assertEqual((sha256(whole), sha256(parts)), (self.digest, self.digest))
        self.assertLessEqual(memory.growth, FLAT)
        # The same file again under the same key is the same send, although it is another upload.
        again = self.curl("-F", f"file=@{self.big};filename=holiday film.bin", f"{self.gateway.url}/v1/uploads")
        for repeated in (again, upload):
            status, answer = self.send(repeated, "film")
            self.assertEqual((status, answer.get("id")), (202, send["id"]), answer)
        status, problem = self.gateway.request(
            "POST", "/v1/messages", {"to": "+15557000001", "attachments": [upload["id"]]})
        self.assertEqual((status, problem["code"]), (409, "conflict"))

    def test_an_upload_is_nobody_elses(self):
        upload = self.curl("--data-binary", "hello", f"{self.gateway.url}/v1/uploads?name=a.txt")
        status, token = self.gateway.request("POST", "/v1/tokens", {"name": "other", "scopes": ["read", "send"]})
        self.assertEqual(status, 201, token)
        headers = {"Authorization": f"Bearer {token['secret']}"}
        for method, path, body in (
                ("GET", f"/v1/uploads/{upload['id']}", None), ("DELETE", f"/v1/uploads/{upload['id']}", None),
                ("POST", "/v1/messages", {"to": "+15557000001", "attachments": [upload["id"]]})):
            status, problem = self.gateway.request(method, path, body, headers)
            self.assertEqual((status, problem["code"]), (404, "not_found"), path)
        self.assertEqual(self.gateway.request("DELETE", f"/v1/uploads/{upload['id']}")[0], 204)

    def test_small_pictures(self):
        picture = self.path / "dot.png"
        picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + os.urandom(100))
        upload = self.curl("-F", f"file=@{picture};type=image/png", f"{self.gateway.url}/v1/uploads")
        status, send = self.send(upload, "dot")
        self.assertEqual(status, 202, send)
        attachment = self.attachment(send)
        status, info = self.gateway.request("GET", attachment["url"] + "/info")
        self.assertEqual((status, info["name"], info["bytes"]), (200, "dot.png", picture.stat().st_size))
        for _ in range(2):
            done = subprocess.run(
                ["curl", "-sS", "-H", f"Authorization: Bearer {self.gateway.token}", "-w", "%{http_code} %{content_type}",
                 f"{self.gateway.url}{attachment['url']}/thumbnail?size=300"], capture_output=True, timeout=60)
            self.assertEqual(done.stdout, b"\xff\xd8\xff\xe0300x300>200 image/jpeg")
        self.assertEqual((self.path / "made").read_text(), "300x300>\n")
        text = self.path / "note.txt"
        text.write_text("no picture")
        upload = self.curl("-F", f"file=@{text}", f"{self.gateway.url}/v1/uploads")
        _, send = self.send(upload, "note")
        status, problem = self.gateway.request("GET", self.attachment(send)["url"] + "/thumbnail")
        self.assertEqual((status, problem["code"]), (409, "unsupported"))
        self.assertTrue(problem["remedy"])

    def test_the_command_line_sends_files(self):
        note = self.path / "from the shell.txt"
        note.write_text("hello from the shell")
        done = run("send", "--state", str(self.gateway.state), "--json", "+15557000001", "--file", str(note))
        self.assertEqual(done.returncode, 0, done.stderr)
        attachment = self.attachment(json.loads(done.stdout))
        self.assertEqual(attachment["name"], "from the shell.txt")


if __name__ == "__main__":
    unittest.main()

"""Pairing: an independent decoder reads the QR code of the terminal, curl exchanges the code for a token."""

import base64
import json
import os
import re
import subprocess
import unittest
import urllib.parse

from harness import Gateway, binary, environment, run, wait_until
from test_listener import ListenerTest, public_pin

UNAVAILABLE = 69
BLOCKS = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
COLOURS = "\x1b[38;5;16;48;5;231m"


def decode(lines: list, is_dark_drawn: bool) -> str:
    """The text of a code printed in half blocks, read from its picture by ZXing."""
    import zxingcpp
    rows = []
    for line in lines:
        halves = [BLOCKS[character] for character in line]
        for part in range(2):
            rows.append([drawn[part] == is_dark_drawn for drawn in halves])
    scale, width = 4, len(rows[0])
    pixels = bytearray()
    for row in rows:
        line = b"".join((b"\x00" if dark else b"\xff") * scale for dark in row)
        pixels += line * scale
    picture = memoryview(bytes(pixels)).cast("B", (len(rows) * scale, width * scale))
    found = zxingcpp.read_barcodes(picture)
    assert [barcode.format for barcode in found] == [zxingcpp.BarcodeFormat.QRCode], [str(one.format) for one in found]
    return found[0].text


class PairingTest(ListenerTest):
    def setUp(self):
        super().setUp()
        made = run("tls", "init", "--json", "--out", str(self.folder / "tls"))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.certificate = self.folder / "tls" / "certificate.pem"
        self.config = f"tls:\n  certificate: {self.certificate}\n  key: {self.folder}/tls/key.pem\n"

    def exchange(self, offer: dict, code: str | None = None, *arguments: str) -> tuple:
        """(status, body) of `POST /v1/pair` by curl, which believes nothing but the pin of the offer."""
        answer = subprocess.run(
            ["curl", "-sS", "-k", "--pinnedpubkey", f"sha256//{offer['pin']}", "-w", "\n%{http_code}", *arguments,
             "-H", "Content-Type: application/json", "-d", json.dumps({"code": code or offer["code"]}),
             f"{offer['address']}/v1/pair"], capture_output=True, text=True, timeout=30)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        body, _, status = answer.stdout.rpartition("\n")
        return int(status), json.loads(body)

    def offer(self, gateway: Gateway, *arguments: str) -> dict:
        made = run("pair", "--json", "--state", str(gateway.state), "--db", str(self.database), *arguments)
        self.assertEqual(made.returncode, 0, made.stderr)
        return json.loads(made.stdout)

    def trail(self, gateway: Gateway) -> list:
        """What the audit trail says about pairing."""
        listed = run("audit", "list", "--json", "--state", str(gateway.state))
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return [entry for entry in map(json.loads, listed.stdout.splitlines()) if entry["action"].startswith("pair")]

    def health(self, offer: dict, token: str) -> tuple:
        answer = subprocess.run(
            ["curl", "-sS", "-k", "--pinnedpubkey", f"sha256//{offer['pin']}", "-w", "\n%{http_code}", "-H",
             f"Authorization: Bearer {token}", f"{offer['address']}/v1/health"], capture_output=True, text=True, timeout=30)
        body, _, status = answer.stdout.rpartition("\n")
        return int(status), json.loads(body)

    def test_an_independent_decoder_reads_the_code_and_it_opens_the_gateway(self):
        with self.gateway(self.config) as gateway:
            shown = run("pair", "--scopes", "read", "--name", "phone", "--state", str(gateway.state))
            self.assertEqual(shown.returncode, 0, shown.stderr)
            lines = shown.stdout.split("\n")
            picture = lines[:lines.index("")]
            self.assertLessEqual(max(map(len, lines[:len(picture) + 1])), 80)
            link = decode(picture, is_dark_drawn=False)
            self.assertEqual(link, lines[len(picture) + 1])
            parts = urllib.parse.urlsplit(link)
            self.assertEqual((parts.scheme, parts.netloc, parts.path), ("https", f"127.0.0.1:{gateway.port}", "/"))
            fields = dict(urllib.parse.parse_qsl(parts.fragment))
            pin = base64.b64encode(base64.urlsafe_b64decode(fields["pin"] + "=")).decode()
            self.assertEqual(pin, public_pin(self.certificate))
            self.assertRegex(fields["pair"], "^bwp_[A-Za-z0-9_-]{22}$")
            offer = {"address": f"https://{parts.netloc}", "code": fields["pair"], "pin": pin}
            status, token = self.exchange(offer)
            self.assertEqual((status, token["name"], token["scopes"], token["expiresAt"]), (201, "phone", ["read"], None))
            status, health = self.health(offer, token["secret"])
            self.assertEqual(status, 200)
            self.assertIn("messages:read", health["scopes"])
            self.assertNotIn("messages:send", health["scopes"])
            again, problem = self.exchange(offer)
            wrong, other = self.exchange(offer, "bwp_AAAAAAAAAAAAAAAAAAAAAA")
            self.assertEqual((again, wrong, problem), (401, 401, other))
            # Refusals are written a moment later.
            wait_until(lambda: len(self.trail(gateway)) == 4, 20, "four entries of the trail")
            self.assertEqual(sorted((entry["action"], entry["outcome"]) for entry in self.trail(gateway)), [
                ("pair", "allowed"), ("pair", "denied"), ("pair", "denied"), ("pair.offer", "allowed")])
            everything = json.dumps(self.trail(gateway)) + (self.folder / "gateway.log").read_text()
            for secret in (fields["pair"], token["secret"]):
                self.assertNotIn(secret, everything)

    @unittest.skipUnless(os.uname().sysname == "Linux", "`script` takes other options elsewhere")
    def test_colours_make_it_black_on_white(self):
        with self.gateway(self.config) as gateway:
            # `script` lends it a terminal.
            shown = subprocess.run(
                ["script", "-qec", f"{binary()} pair --state {gateway.state}", "/dev/null"], capture_output=True, text=True,
                env=environment(TERM="xterm-256color", COLUMNS="80"), timeout=60, stdin=subprocess.DEVNULL)
            lines = [line.rstrip("\r") for line in shown.stdout.split("\n")]
            picture = [line.removeprefix(COLOURS).removesuffix("\x1b[0m") for line in lines if line.startswith(COLOURS)]
            self.assertGreater(len(picture), 20)
            self.assertTrue(decode(picture, is_dark_drawn=True).startswith(f"https://127.0.0.1:{gateway.port}/#pair=bwp_"))

    def test_what_is_offered_is_what_is_given(self):
        with self.gateway(self.config) as gateway:
            chat = json.loads(run("chats", "--json", "--db", str(self.database)).stdout.splitlines()[0])
            offer = self.offer(gateway, "--scope", "read,messages:send", "--chat", chat["guid"], "--expires", "in 30d",
                               "--host", "localhost")
            self.assertEqual(offer["address"], f"https://localhost:{gateway.port}")
            self.assertTrue(offer["staysOnThisMachine"])
            self.assertEqual(offer["scopes"], ["read", "messages:send"])
            foreign, problem = self.exchange(offer, None, "-H", "Origin: https://evil.example")
            self.assertEqual((foreign, problem["code"]), (403, "foreign_origin"))
            status, token = self.exchange(offer)
            self.assertEqual((status, token["scopes"], token["chats"]), (201, ["messages:send", "read"], [chat["id"]]))
            self.assertIsNotNone(token["expiresAt"])
            self.assertEqual(self.offer(gateway)["scopes"], ["read", "send"])
            bad = run("pair", "--scope", "everything", "--state", str(gateway.state))
            self.assertEqual(bad.returncode, 65, bad.stderr)
            bad = run("pair", "--host", "a b", "--state", str(gateway.state))
            self.assertEqual(bad.returncode, 65, bad.stderr)

    def test_many_wrong_codes_make_the_address_wait(self):
        with self.gateway(self.config) as gateway:
            offer = self.offer(gateway)
            statuses = [self.exchange(offer, f"bwp_{number:022}")[0] for number in range(6)]
            self.assertEqual(statuses, [401] * 5 + [429])
            self.assertEqual(self.exchange(offer)[0], 429)

    def test_without_a_gateway_there_is_nothing_to_pair_with(self):
        alone = run("pair", "--state", str(self.folder / "nobody"))
        self.assertEqual(alone.returncode, UNAVAILABLE)
        self.assertIn("bluewire serve", alone.stderr)

    def test_the_port_that_the_system_chose_is_in_the_link(self):
        state, log = self.folder / "state", open(self.folder / "gateway.log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen(
            [binary(), "serve", "--json", "--listen", "127.0.0.1:0", "--transport", "none", "--state", str(state),
             "--db", str(self.database)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            env=environment())
        try:
            port = json.loads(process.stdout.readline())["port"]
            link = run("token", "link", "--state", str(state)).stdout.strip()
            self.assertTrue(re.fullmatch(rf"http://127\.0\.0\.1:{port}/#token=bwo_[\w-]+", link), link)
            offer = json.loads(run("pair", "--json", "--state", str(state)).stdout)
            self.assertEqual((offer["address"], offer.get("pin")), (f"http://127.0.0.1:{port}", None))
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()


if __name__ == "__main__":
    unittest.main()

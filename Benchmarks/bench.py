"""The performance budget beside its baselines: one row per line, measured in one run on one machine.

Ratios count, not times: everything a row compares ran on the same machine within the same minute. Latency is taken from
the writer's CLOCK_MONOTONIC at the end of its COMMIT, rates per core from CPU time. The watcher beside it, the WebSocket clients, the webhook receiver
and the HTTP load client are the C programs of baseline.c, so that no client's own delay is measured.

Usage: bench.py [--messages N] [--only NAME,...] [--seconds S] [--keep]
Environment: BLUEWIRE_BINARY, BLUEWIRE_BENCH, BLUEWIRE_BASELINE (Scripts/bench sets them), BENCH_MESSAGES.
"""

import argparse
import atexit
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Conformance"))
from harness import GENERATOR, Folder, Gateway, environment, free_port, generate, wait_until  # noqa: E402

BASELINE = os.environ["BLUEWIRE_BASELINE"]
BENCH = os.environ["BLUEWIRE_BENCH"]
CACHE = ROOT / "artifacts" / "bench"


class Lines:
    """A child whose standard output is kept line by line."""

    def __init__(self, *command: str):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        self.first = self.process.stdout.readline().strip()
        if not self.first:
            raise SystemExit(f"{command[:2]} did not start")
        self.lines: list = []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def end(self) -> list:
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.thread.join(timeout=5)
        return self.lines


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def rows_of(lines):
    return [json.loads(line) for line in lines if line.startswith("{")]


def baseline(*arguments: str) -> dict:
    done = subprocess.run([BASELINE, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"baseline {arguments[0]}: {done.stderr}")
    return json.loads(done.stdout)


def newest_row(database) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return db.execute("SELECT MAX(ROWID) FROM message").fetchone()[0]


def processor(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def switches(pid: int) -> dict:
    """The voluntary context switches of each living thread."""
    found: dict = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    found[task.name] = int(line.split()[1])
    return found


def woken_during(pid: int, seconds: float) -> int:
    """The voluntary context switches of a time, also those of threads that end within it, but for their last second."""
    total, known = 0, switches(pid)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(1, max(0, end - time.monotonic())))
        now = switches(pid)
        total += sum(count - known.get(thread, 0) for thread, count in now.items())
        known = now
    return total


def resident(pid: int, key: str = "VmRSS") -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise SystemExit("no resident size")


def shares(pid: int) -> str:
    """How much of the resident size is our own memory, and how much are pages of files, which the system may drop."""
    own, files = (resident(pid, key) for key in ("RssAnon", "RssFile"))
    return f"{own:.0f} MB anonymous, {files:.0f} MB pages of files"


def load_average() -> str:
    return " ".join(pathlib.Path("/proc/loadavg").read_text().split()[:3])


class Report:
    """Prints a row as soon as it is known, and keeps all of them for the file."""

    def __init__(self):
        self.rows: list = []

    def add(self, name, value, base, ratio, budget, met, note=""):
        self.rows.append(dict(name=name, value=value, baseline=base, ratio=ratio, budget=budget, met=met, note=note))
        mark = {True: "met", False: "MISSED", None: "-"}[met]
        shown = "" if ratio is None else f"{ratio:.2f} x"
        print(f"{name:<46} {value:<34} {base:<34} {shown:>9}  {budget:<38} {mark:<7} {note}", flush=True)


def is_watching(gateway) -> bool:
    """Whether the gateway watches its database; sending needs a Mac and is not measured here."""
    return not any(item["code"] == "watching" for item in gateway.request("GET", "/readyz")[1].get("missing", []))


def settle(gateway):
    """Waits until a started gateway is quiet."""
    wait_until(lambda: is_watching(gateway), 60, "the gateway watches")
    # The line counts as up after two seconds; from then on it is quiet.
    time.sleep(3)


def joined_at(record) -> int:
    at = record["commit_mono_ns"]
    if "joined_commit_ns" in record:
        at += record["joined_commit_ns"] - record["commit_ns"]
    return at


def event_identity(event):
    if event.get("kind") == "message.created":
        return event["message"]["id"]
    if event.get("kind") == "tapback.added":
        return event["tapback"]["id"]
    return None


def arrivals(lines) -> dict:
    seen: dict = {}
    for line in lines:
        stamp, _, rest = line.partition(" ")
        if not rest.startswith("{"):
            continue
        guid = event_identity(json.loads(rest))
        if guid:
            if guid in seen:
                raise SystemExit(f"{guid} was delivered twice")
            seen[guid] = int(stamp)
    return seen


def latencies(written, seen, what):
    missing = [record["guid"] for record in written if record["guid"] not in seen]
    if missing:
        raise SystemExit(f"{what}: {len(missing)} of {len(written)} messages did not arrive")
    return [(seen[record["guid"]] - joined_at(record)) / 1e6 for record in written]


class Bench:
    def __init__(self, options):
        self.options = options
        self.report = Report()
        CACHE.mkdir(parents=True, exist_ok=True)
        self.database = CACHE / f"m{options.messages}.db"
        if not self.database.exists():
            print(f"making a database of {options.messages} messages, once", flush=True)
            generate(self.database, "--messages", str(options.messages))
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as db:
            self.chat, self.chat_guid, self.chat_size = db.execute(
                "SELECT j.chat_id, c.guid, COUNT(*) FROM chat_message_join j JOIN chat c ON c.ROWID = j.chat_id "
                "GROUP BY j.chat_id ORDER BY 3 DESC LIMIT 1").fetchone()

    def copy(self, folder) -> pathlib.Path:
        target = folder / "chat.db"
        shutil.copy(self.database, target)
        return target

    # Latency

    def live(self, gateway, database, arguments, name, budget, *, hook=False, limit=None):
        """Writes at a rate with a C watcher and a client side by side; every message must reach both."""
        count = int(arguments[arguments.index("--live-count") + 1])
        row = newest_row(database)
        with sqlite3.connect(database) as keeper:
            keeper.execute("SELECT 1 FROM message LIMIT 1").fetchone()  # keeps the -wal file in place
            watcher = Lines(BASELINE, "watch", str(database), str(row), str(count))
            if hook:
                client = Lines(BASELINE, "hook")
                status, made = gateway.request(
                    "POST", "/v1/webhooks", {"url": f"http://127.0.0.1:{client.first}/"})
                assert status in (200, 201), made
                # The dispatcher looks for new webhooks every 15 s.
                time.sleep(16)
            else:
                client = Lines(BASELINE, "sockets", str(gateway.port), gateway.token, "/v1/events", "1")
            used = processor(gateway.process.pid)
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, str(GENERATOR), "--out", str(database), "--quiet", "--live-random", *arguments],
                capture_output=True, text=True, check=True)
            written = [r for r in rows_of(done.stdout.splitlines()) if r["event"] == "new-message"]
            wanted = {record["guid"] for record in written}
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and sum('.created"' in l or '.added"' in l for l in client.lines) < len(wanted):
                time.sleep(0.05)
            used = (processor(gateway.process.pid) - used) / (time.monotonic() - began)
            theirs = {line.split()[1]: int(line.split()[0]) for line in watcher.end() if " " in line}
            ours = arrivals(client.end())
            if hook:
                gateway.request("DELETE", f"/v1/webhooks/{made['id']}")
        ours = latencies(written, ours, name)
        floor = latencies(written, theirs, name + " (C watcher)")
        p50, p99 = percentile(ours, 0.5), percentile(ours, 0.99)
        base50, base99 = percentile(floor, 0.5), percentile(floor, 0.99)
        for share, value, base in (("p50", p50, base50), ("p99", p99, base99)):
            met = (value / base <= 5) if limit is None else None
            if limit and share in limit:
                met = value <= limit[share]
            self.report.add(f"{name}, {share}", f"{value:.2f} ms", f"C watcher {base:.2f} ms", value / base, budget, met,
                            f"{len(written)} messages, {used * 100:.0f} % CPU" if share == "p50" else "")

    def latency(self):
        n = max(200, self.options.seconds * 100)
        with Folder() as folder:
            database = self.copy(folder)
            with sqlite3.connect(database) as keeper:
                keeper.execute("SELECT 1 FROM message LIMIT 1").fetchone()
                allowed = "egress:\n  webhook: 127.0.0.0/8\n"
                with Gateway(folder, database, config=allowed) as gateway:
                    settle(gateway)
                    self.idle(gateway)
                    self.live(gateway, database, ["--live", "100", "--live-count", str(n)],
                              "commit -> WebSocket, 100 msg/s", "<= 5 x")
                    self.live(gateway, database, ["--live", "500", "--live-count", str(n), "--live-burst", "50"],
                              "commit -> WebSocket, bursts of 50", "<= 5 x")
                    self.live(gateway, database,
                              ["--live", "20", "--live-count", str(n // 4), "--live-late-join-ms", "40"],
                              "join row 40 ms late -> WebSocket", "<= 5 ms after the join row", limit={"p50": 5, "p99": 5})
                    self.live(gateway, database, ["--live", "100", "--live-count", str(n)],
                              "commit -> webhook, 100 msg/s", "p99 <= 25 ms", hook=True, limit={"p99": 25})

    def idle(self, gateway):
        seconds = max(60, self.options.seconds)
        pid = gateway.process.pid
        # A thread that ends takes its run time along; the clock of the process does not.
        used = processor(pid)
        woken = woken_during(pid, seconds) / seconds
        used = (processor(pid) - used) / seconds * 100
        self.report.add("idle, share of a core", f"{used:.3f} %", "C watcher 0 %", None, "< 0.1 %", used < 0.1)
        self.report.add("idle, wake-ups", f"{woken:.1f} /s", "C watcher 0 /s", None, "<= 3 /s", woken <= 3)
        size = resident(pid)
        self.report.add("resident, serve idle", f"{size:.0f} MB", "-", None, "<= 40 MB", size <= 40,
                        f"{shares(pid)}, peak {resident(pid, 'VmHWM'):.0f} MB")

    def memory(self):
        with Folder() as folder:
            database = self.copy(folder)
            with Gateway(folder, database) as gateway:
                settle(gateway)
                clients = Lines(BASELINE, "sockets", str(gateway.port), gateway.token, "/v1/events", "100")
                pid = gateway.process.pid
                count = 50 * max(5, self.options.seconds)
                used, began = processor(pid), time.monotonic()
                subprocess.run([sys.executable, str(GENERATOR), "--out", str(database), "--quiet", "--live-random",
                                "--live", "50", "--live-count", str(count)], capture_output=True, check=True)
                time.sleep(1)
                used = (processor(pid) - used) / (time.monotonic() - began) * 100
                size, peak = resident(pid), resident(pid, "VmHWM")
                total = [line for line in clients.end() if line.startswith("count")][0].split()[2]
                if int(total) < 100 * count:
                    raise SystemExit(f"100 sockets got {total} frames of {100 * count}")
                self.report.add("resident, 100 sockets at 50 msg/s", f"{size:.0f} MB", "-", None, "<= 100 MB",
                                size <= 100, f"{shares(pid)}, peak {peak:.0f} MB, {total} frames, {used:.0f} % CPU")

    # Reading

    def reading(self):
        done = subprocess.run([BENCH, str(self.database), self.chat_guid], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"bluewire-bench: {done.stderr}")
        figures = {row["name"]: row for row in rows_of(done.stdout.splitlines())}
        columns = figures["columns"]["sql"].removeprefix("SELECT ").removesuffix(" FROM message m")
        sql = baseline("query", str(self.database),
                       f"SELECT {columns} FROM chat_message_join j JOIN message m ON m.ROWID = j.message_id "
                       f"WHERE j.chat_id = {self.chat} ORDER BY j.message_date DESC, j.message_id DESC LIMIT 50", "400")
        ours = figures["newest50"]
        self.report.add("newest 50 of the largest chat, store", f"p50 {ours['p50ms']:.2f} p99 {ours['p99ms']:.2f} ms",
                        f"bare SQL p50 {sql['p50ms']:.2f} ms", ours["p50ms"] / sql["p50ms"], "<= 1 ms",
                        ours["p50ms"] <= 1, f"{self.chat_size} messages in the chat")
        page_sql = sql
        sql = baseline("query", str(self.database),
                       f"SELECT c.ROWID, (SELECT MAX(message_date) FROM chat_message_join WHERE chat_id = c.ROWID) d, "
                       f"{columns} FROM chat c JOIN message m ON m.ROWID = (SELECT message_id FROM chat_message_join "
                       "WHERE chat_id = c.ROWID ORDER BY message_date DESC LIMIT 1) ORDER BY d DESC LIMIT 50", "200")
        ours = figures["chats50"]
        self.report.add("50 chats with last message, store", f"p50 {ours['p50ms']:.2f} p99 {ours['p99ms']:.2f} ms",
                        f"bare SQL p50 {sql['p50ms']:.2f} ms", ours["p50ms"] / sql["p50ms"], "<= 3 ms",
                        ours["p50ms"] <= 3)
        chats_sql = sql
        memory = baseline("scan", str(self.database), "SELECT attributedBody FROM message WHERE attributedBody IS NOT NULL")
        touch = memory["rows"] / memory["processorSeconds"]
        for key, name, goal in (("decode", "full decode of attributedBody", 1.0e6),
                                ("decodeText", "text of attributedBody only", None)):
            ours = figures[key]
            rate = ours["count"] / ours["processorSeconds"]
            self.report.add(name, f"{rate / 1e6:.2f} M bodies/s and core", f"C scan of them {touch / 1e6:.2f} M/s",
                            rate / touch, ">= 1.0 M/s" if goal else "-", rate >= goal if goal else None)
        base = max((baseline("scan", str(self.database), figures["columns"]["sql"]) for _ in range(3)),
                   key=lambda row: row["rows"] / row["processorSeconds"])
        base_rate = base["rows"] / base["processorSeconds"]
        for key, name in (("readRows", "read all messages"), ("readDecode", "read and fully decode all messages"),
                          ("hydrate", "the same with attachments and tapbacks")):
            ours = figures[key]
            rate = ours["count"] / ours["processorSeconds"]
            share = rate / base_rate
            self.report.add(name, f"{rate / 1e3:.0f} k/s and core", f"C scan, same columns {base_rate / 1e3:.0f} k/s",
                            share, ">= 0.35 x" if key == "readDecode" else "-",
                            share >= 0.35 if key == "readDecode" else None)
        self.page_sql, self.chats_sql = page_sql, chats_sql  # for the same lines over HTTP

    def http(self):
        page_sql, chats_sql = self.page_sql, self.chats_sql
        with Folder() as folder:
            database = self.copy(folder)
            with Gateway(folder, database) as gateway:
                settle(gateway)
                def load(path, connections):
                    return baseline("load", str(gateway.port), gateway.token, path, str(connections),
                                    str(self.options.seconds))
                status, chats = gateway.request("GET", "/v1/chats?limit=200")
                assert status == 200
                chat = next(c["id"] for c in chats["data"] if self.chat_guid in [c["guid"], *c["aliases"]])
                messages = f"/v1/chats/{chat}/messages?limit=50"
                load(messages, 1)
                one = load(messages, 1)
                self.report.add("newest 50 of the largest chat, HTTP", f"p50 {one['p50ms']:.2f} p99 {one['p99ms']:.2f} ms",
                                f"bare SQL p50 {page_sql['p50ms']:.2f} ms", one["p50ms"] / page_sql["p50ms"], "<= 3 ms",
                                one["p50ms"] <= 3, f"{one['bytes']} bytes")
                two = load("/v1/chats?limit=50", 1)
                self.report.add("50 chats with last message, HTTP", f"p50 {two['p50ms']:.2f} p99 {two['p99ms']:.2f} ms",
                                f"bare SQL p50 {chats_sql['p50ms']:.2f} ms", two["p50ms"] / chats_sql["p50ms"], "-", None)
                with self.constant(folder, self.raw(gateway, messages)) as port:
                    constant = baseline("load", str(port), "-", "/", "8", str(self.options.seconds))
                many = load(messages, 8)
                share = many["perSecond"] / constant["perSecond"]
                self.report.add("GET messages?limit=50, the same page", f"{many['perSecond']:.0f} req/s",
                                f"constant answer {constant['perSecond']:.0f} req/s", share, ">= 0.4 x", share >= 0.4,
                                "8 connections, the database at rest")
                paths = folder / "paths"
                paths.write_text("".join(path + "\n" for path in self.pages(gateway, chats["data"])))
                many = load("@" + str(paths), 8)
                share = many["perSecond"] / constant["perSecond"]
                self.report.add("GET messages?limit=50, pages in turn", f"{many['perSecond']:.0f} req/s",
                                f"constant answer {constant['perSecond']:.0f} req/s", share, "-", None,
                                "8 connections, no page twice within 400")
                self.report.add("resident after that load", f"{resident(gateway.process.pid):.0f} MB", "-", None, "-", None)

    @staticmethod
    def raw(gateway, path) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
        connection.request("GET", path, headers={"authorization": f"Bearer {gateway.token}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return answer.read()

    @contextlib.contextmanager
    def constant(self, folder, answer: bytes):
        """The gateway's HTTP stack with that answer in memory; its port."""
        file, port = folder / "answer.json", free_port()
        file.write_bytes(answer)
        server = subprocess.Popen([BENCH, "constant", str(port), str(file)], stderr=subprocess.DEVNULL)
        try:
            yield port
        finally:
            server.kill()
            server.wait()

    @staticmethod
    def pages(gateway, chats) -> list:
        """The paths of 400 pages of messages, oldest pages of the larger chats included."""
        found: list = []
        for chat in chats:
            before = ""
            while before is not None and len(found) < 400:
                path = f"/v1/chats/{chat['id']}/messages?limit=50" + (f"&before={before}" if before else "")
                found.append(path)
                before = gateway.request("GET", path)[1]["next"]
        return found

    # Starting

    def start(self):
        small = CACHE / "m5000.db"
        if not small.exists():
            generate(small, "--messages", "5000")
        for source, name in ((small, "5 k"), (self.database, f"{self.options.messages // 1000} k")):
            with Folder() as folder:
                database = folder / "chat.db"
                shutil.copy(source, database)
                times, floors = [], []
                with sqlite3.connect(database) as keeper:
                    keeper.execute("SELECT 1 FROM message LIMIT 1").fetchone()
                    gateway = Gateway(folder, database)
                    began = time.monotonic()
                    gateway.start()
                    wait_until(lambda: is_watching(gateway), 60, "the gateway watches", 0.005)
                    first = (time.monotonic() - began) * 1000
                    self.report.add(f"first start to watching, {name} messages", f"{first:.0f} ms", "-", None, "-", None)
                    time.sleep(3)
                    for _ in range(5):
                        head = Lines(BASELINE, "sockets", str(gateway.port), gateway.token, "/v1/events", "1")
                        time.sleep(0.3)
                        cursor = json.loads(head.end()[0].partition(" ")[2])["cursor"]
                        gateway.stop()
                        row = newest_row(database)
                        done = subprocess.run(
                            [sys.executable, str(GENERATOR), "--out", str(database), "--quiet", "--live-random", "--live",
                             "100", "--live-count", "1"], capture_output=True, text=True, check=True)
                        guid = rows_of(done.stdout.splitlines())[0]["guid"]
                        began = time.monotonic_ns()
                        floor = subprocess.run([BASELINE, "watch", str(database), str(row), "1"], capture_output=True,
                                               text=True, check=True).stdout.splitlines()[1]
                        floors.append((int(floor.split()[0]) - began) / 1e6)
                        began = time.monotonic_ns()
                        gateway.process = subprocess.Popen(
                            [os.environ["BLUEWIRE_BINARY"], "serve", "--json", "--listen", f"127.0.0.1:{gateway.port}",
                             "--state", str(gateway.state), "--db", str(database)],
                            stdout=subprocess.PIPE, stderr=gateway.log, text=True, env=environment())
                        client = Lines(BASELINE, "sockets", str(gateway.port), gateway.token,
                                       f"/v1/events?cursor={cursor}", "1")
                        wait_until(lambda: any(guid in line for line in list(client.lines)), 20, "the first event", 0.005)
                        times.append((arrivals(client.end())[guid] - began) / 1e6)
                        time.sleep(2.5)
                    gateway.stop()
                value, floor = percentile(times, 0.5), percentile(floors, 0.5)
                self.report.add(f"start to first event, {name} messages", f"{value:.0f} ms", f"C watcher {floor:.1f} ms",
                                value / floor, "<= 300 ms", value <= 300, f"most {max(times):.0f} ms")

    def absent(self):
        for name, budget in (("export", "txt, json >= 100 k/s, html >= 60 k/s; <= 150 MB"),
                             ("search, newest 50 hits", "words p99 <= 5 ms, substrings <= 15 ms"),
                             ("index build", "words <= 20 s, substrings <= 45 s"),
                             ("100 MB attachment up or down", "<= 20 MB above idle")):
            self.report.add(name, "absent: not in the product yet", "-", None, budget, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=int(os.environ.get("BENCH_MESSAGES", "100000")))
    parser.add_argument("--seconds", type=int, default=10, help="how long each loaded measurement takes")
    parser.add_argument("--only", default="reading,http,latency,memory,start")
    options = parser.parse_args()
    bench = Bench(options)
    print(f"{options.messages} messages, release build, {os.cpu_count()} cores, load average before: {load_average()}")
    parts = options.only.split(",")
    unknown = set(parts) - {"reading", "http", "latency", "memory", "start"}
    if unknown or ("http" in parts and "reading" not in parts):
        parser.error("parts are reading, http (with reading), latency, memory, start")
    for part in parts:
        getattr(bench, part)()
    bench.absent()
    print(f"load average after: {load_average()}")
    (CACHE / "report.json").write_text(json.dumps(bench.report.rows, indent=1))
    missed = [row["name"] for row in bench.report.rows if row["met"] is False]
    print(f"missed: {', '.join(missed) if missed else 'none'}")


if __name__ == "__main__":
    main()

"""The demo in a browser: a person texts, the agent answers, and the page tells the truth about it."""

import datetime
import sqlite3
import time
import unittest

from browser import Demo, Page, Wire, require_browser
from harness import Folder, wait_until

ENTER = "\ue007"
REQUEST = "remind me tomorrow at 9 to call the dentist"

CONTRAST = """
const channel = (value) => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const colour = parse(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const poor = [];
for (const node of document.querySelectorAll("#app *")) {
  const isText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!isText || !node.checkVisibility() || node.disabled || node.closest("option, optgroup")) continue;
  const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)} “${node.textContent.slice(0, 30)}”`);
}
return poor;
"""

NAMELESS = """
const nameless = [];
for (const node of document.querySelectorAll("button, input, select, textarea, a[href], [tabindex='0']")) {
  if (!node.checkVisibility()) continue;
  const name = node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.[0]?.textContent
    || document.getElementById(node.getAttribute("aria-labelledby"))?.textContent;
  if (!name) nameless.push(node.outerHTML.slice(0, 120));
}
return nameless;
"""

HOSTILE = [
    '<script>window.pwned=1</script>',
    '<img src=x onerror="window.pwned=2">',
    '"><svg onload=window.pwned=3>',
    "javascript:window.pwned=4//",
    '<a href="javascript:window.pwned=5">tap</a>',
    'https://example.com/"onmouseover="window.pwned=6',
    "<iframe srcdoc='<script>parent.pwned=7</script>'></iframe>",
    "</textarea></style></title><script>window.pwned=8</script>",
    "${window.pwned=9} {{constructor.constructor('window.pwned=10')()}}",
    "<style>@import 'x';*{display:none}</style>",
]


class DemoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_browser()
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.__exit__)
        begin = time.monotonic()
        cls.demo = Demo(cls.folder.path)
        cls.addClassCleanup(cls.demo.stop)
        cls.wire = Wire(cls.demo.port)
        cls.addClassCleanup(cls.wire.stop)
        cls.page = Page()
        cls.addClassCleanup(cls.page.stop)
        # The browser reaches the gateway over the wire; everything else is the printed link.
        cls.link = cls.demo.greeting["url"].replace(f":{cls.demo.port}/", f":{cls.wire.port}/")
        cls.page.driver.get(cls.link)
        cls.page.is_live()
        cls.page.wait("document.querySelectorAll('#person option').length > 3", 10, "people to choose from")
        cls.seconds = time.monotonic() - begin

    def setUp(self):
        self.page.look(1440, 900, "light")

    def tearDown(self):
        self.assertEqual(self.page.complaints(), [], "the console stays clean")

    def sit_at(self, name: str):
        """Chooses a person on the simulated phone; the thread follows."""
        self.page.run("""
            const box = document.getElementById("person");
            box.value = [...box.options].find((one) => one.textContent === arguments[0]).value;
            box.dispatchEvent(new Event("change", { bubbles: true }));""", name)
        self.page.wait("document.getElementById('thread-name').textContent === arguments[0]", 5, f"{name}'s chat", name)

    def rows(self, selector: str = "#messages") -> list:
        return self.page.run(
            "return [...document.querySelectorAll(arguments[0] + ' .row')].map((one) => one.dataset.key)", selector)

    def texts(self) -> list:
        return self.page.texts("#messages .bubble span[dir=auto]")

    def test_a_person_texts_and_the_agent_answers(self):
        page = self.page
        self.sit_at("Ben Okafor")
        before = set(self.rows())
        typing = page.run("return seen.typing")
        begin = time.monotonic()
        page.type("#phone-draft", REQUEST, ENTER)

        bubble = page.wait("""[...document.querySelectorAll('#messages .row:not(.own)')]
            .findLast((one) => one.textContent.includes(arguments[0]))?.dataset.key""", 5, "the text in the thread", REQUEST)
        page.wait("document.querySelector(`[data-key='${arguments[0]}'] .taps`)", 5, "the tapback", bubble)
        page.wait("seen.typing > arguments[0]", 5, "the typing indicator on the phone", typing)
        # Until its row is seen the answer stands there as a send.
        answer = page.wait("""[...document.querySelectorAll('#messages .row.own:not([data-key^=send-])')]
            .findLast((one) => /remind you .*09:00.*call the dentist/s.test(one.textContent))?.dataset.key""", 10, "the answer")
        seconds = time.monotonic() - begin
        shown = page.wait("""(() => {
            const foot = document.querySelector(`#messages [data-key='${arguments[0]}'] .foot time`);
            return foot?.textContent === "Delivered" ? foot.dateTime : null; })()""", 10, "Delivered under the answer", answer)
        self.assertNotIn(bubble, before)
        self.assertNotIn(answer, before)
        page.wait("document.getElementById('phone-typing').hidden", 5, "the typing indicator goes away")
        for scheme in ("light", "dark"):
            page.look(1440, 900, scheme)
            page.shot(f"wide-{scheme}")

        connection = sqlite3.connect(f"file:{self.demo.database}?mode=ro", uri=True)
        self.addCleanup(connection.close)
        stored, = connection.execute("SELECT date_delivered FROM message WHERE guid = ?", (answer,)).fetchone()
        epoch = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
        delivered = epoch + datetime.timedelta(microseconds=stored // 1_000_000 * 1000)
        told = self.demo.get(f"/v1/messages/{answer}", page.cookie())["deliveredAt"]
        self.assertEqual(told, shown, "the page shows what the API tells")
        self.assertEqual(datetime.datetime.fromisoformat(told), delivered, "and both what Messages stored")

        page.one("#nav-tasks").click()
        page.wait("document.getElementById('tasks').textContent.includes('call the dentist')", 5, "the task on the page")
        page.one("#nav-chats").click()
        chat = self.demo.get(f"/v1/messages/{answer}", page.cookie())["chat"]
        tasks = self.demo.get(f"/v1/tasks?chat={chat}", page.cookie())["data"]
        self.assertEqual([one["text"] for one in tasks], ["call the dentist"])
        due = datetime.datetime.fromisoformat(tasks[0]["dueAt"])
        self.assertEqual((due.minute, due.second), (0, 0))
        self.assertEqual(self.rows().count(bubble), 1)
        self.assertEqual(self.rows("#phone-messages").count(answer), 1)
        print(f"\n  live after {self.seconds:.1f} s (the demo says {self.demo.greeting['seconds']} s), "
              f"answered after {seconds:.2f} s", flush=True)

    def test_tapbacks_and_replies_go_out_from_the_page(self):
        page = self.page
        self.sit_at("Ana Silva")
        self.assertTrue(page.run("return document.getElementById('task-strip').hidden"), "no task of another chat")
        theirs = page.wait("[...document.querySelectorAll('#messages .row:not(.own)')].at(-1)?.dataset.key", 5, "a message of hers")
        page.run("document.querySelector(`[data-key='${arguments[0]}'] .bubble`).dispatchEvent("
                 "new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 600, clientY: 500 }))", theirs)
        page.shot("wide-tapback")
        page.one("#acts [aria-label=love]").click()
        page.wait("document.querySelector(`#messages [data-key='${arguments[0]}'] .taps`)?.textContent.includes('❤')", 8, "the tapback", theirs)
        page.run("document.querySelector(`#messages [data-key='${arguments[0]}']`).focus()", theirs)
        page.driver.switch_to.active_element.send_keys("r")
        page.wait("!document.getElementById('replying').hidden", 5, "what is replied to")
        page.type("#draft", "an answer in place", ENTER)
        own = page.wait("[...document.querySelectorAll('#messages .row.own:not([data-key^=send-])')]"
                        ".findLast((one) => one.textContent.includes('an answer in place') && one.querySelector('.reply'))?.dataset.key", 8, "the reply")
        told = self.demo.get(f"/v1/messages/{own}", page.cookie())
        self.assertEqual(told["replyTo"]["message"], theirs)
        self.assertTrue(page.run("return document.getElementById('replying').hidden"))

    def test_the_inspector_tells_what_happened(self):
        page = self.page
        self.sit_at("Maria Morgan")
        page.type("#phone-draft", "help", ENTER)
        answer = page.wait("""(() => { const last = [...document.querySelectorAll('#messages .row')].at(-1);
            return last?.matches('.own') && last.querySelector('.foot time')?.textContent === 'Delivered' ? last.dataset.key : null; })()""",
            15, "a delivered answer")
        page.run("document.querySelector(`[data-key='${arguments[0]}'] .bubble`).click()", answer)
        for step in ("Queued", "Dispatched", "Landed", "Delivered"):
            page.wait("[...document.querySelectorAll('#trace .what')].some((one) => one.textContent === arguments[0])", 5, step, step)
        page.shot("wide-inspector")
        page.one("#close-inspector").click()

    def test_the_login_link_works_once(self):
        page = self.page
        self.assertNotIn("#", page.driver.current_url)
        self.assertNotIn("bwo_", page.driver.execute_script("return location.href + document.documentElement.outerHTML"))
        self.assertFalse(page.run("return document.cookie"), "no script can read the session")
        status = page.run("""const call = new XMLHttpRequest();
            call.open("POST", "/v1/session", false); call.setRequestHeader("Content-Type", "application/json");
            call.send(JSON.stringify({ token: arguments[0] })); return call.status;""", self.link.split("#token=")[1])
        self.assertEqual(status, 401)
        noted: list = []
        wait_until(lambda: noted.extend(page.complaints()) or noted, 5, "the browser notes the refusal")
        self.assertEqual([one for one in noted if "401" not in one], [], "and nothing else")

    def test_a_cut_connection_resumes_without_repeats(self):
        page = self.page
        self.sit_at("Tom Morgan")
        seat = page.run("return document.getElementById('phone-sub').textContent").split(" ")[0]
        page.run("window.added = {}; new MutationObserver((records) => { for (const record of records)"
                 " for (const node of record.addedNodes) { const text = node.textContent ?? ''; const found = /cut test \\d/.exec(text);"
                 " if (found && node.classList?.contains('pop')) added[found[0]] = (added[found[0]] ?? 0) + 1; } })"
                 ".observe(document.getElementById('messages'), { childList: true });")
        self.demo.simulator("/say", {"from": seat, "text": "cut test 0"})
        page.wait("document.getElementById('messages').textContent.includes('cut test 0')", 5, "a text before the cut")
        self.wire.cut()
        page.wait("['reconnecting', 'offline'].includes(document.getElementById('connection').dataset.state)", 5, "“Reconnecting”")
        for number in (1, 2, 3):
            self.demo.simulator("/say", {"from": seat, "text": f"cut test {number}"})
        page.shot("wide-reconnecting")
        self.wire.mend()
        page.is_live()
        page.wait("document.getElementById('messages').textContent.includes('cut test 3')", 10, "the texts of the cut")
        chat = self.page.run("return document.querySelector('.chat[aria-selected=true]').id.slice(5)")

        def settled():
            known = [one["id"] for one in reversed(self.demo.get(f"/v1/chats/{chat}/messages?limit=60", page.cookie())["data"])]
            return known == self.rows() and len(known) == len(set(known))
        wait_until(settled, 10, "the page lists what the API lists, each once, in its order")
        for number in range(4):
            self.assertEqual(self.texts().count(f"cut test {number}"), 1)
        again = {text: count for text, count in page.run("return added").items() if count > 1}
        self.assertEqual(again, {}, "no bubble arrived twice")
        # The browser notes each refused connection; those are the cut itself.
        noise = [one for one in page.complaints() if "ERR_" not in one and "WebSocket connection" not in one]
        self.assertEqual(noise, [])

    def test_hostile_text_stays_text(self):
        page = self.page
        name = '<img src=x onerror="window.pwned=20">'
        address = "+12025550177"
        self.demo.simulator("/people", {"name": name, "address": address})
        for text in HOSTILE:
            self.demo.simulator("/say", {"from": address, "text": text})
        # The title of a group is shown in the list, the head of the thread and on the phone.
        title = '<img src=x onerror="window.pwned=24">'
        group = self.demo.simulator("/chats", {"participants": [address, "+12025550101"], "name": title, "isGroup": True})
        self.demo.simulator("/say", {"chat": group["chat"], "as": address, "text": "hello group"})
        page.wait("[...document.querySelectorAll('.chat-name')].some((one) => one.textContent === arguments[0])", 10, "the title as text", title)
        page.run("[...document.querySelectorAll('.chat')].find((one) => one.textContent.includes(arguments[0])).click()", title)
        page.wait("document.getElementById('thread-name').textContent === arguments[0]", 5, "the title at the head", title)
        page.wait("[...document.querySelectorAll('#person option')].some((one) => one.textContent.includes(arguments[0]))", 5, "the name on the phone", name)
        self.demo.simulator("/photo", {"from": address, "name": '"><img src=x onerror=window.pwned=21>.png'})
        self.demo.simulator("/photo", {"from": address, "name": "<b onclick=window.pwned=22>.html", "base64": "PHNjcmlwdD53aW5kb3cucHduZWQ9MjM8L3NjcmlwdD4="})
        page.wait("[...document.querySelectorAll('.chat-name')].some((one) => [arguments[0], arguments[1]].includes(one.textContent))",
                  10, "the hostile person's chat in the list", name, address)
        page.run("[...document.querySelectorAll('.chat-name')].find((one) => [arguments[0], arguments[1]].includes(one.textContent)).click()", name, address)
        page.wait("arguments[0].every((text) => [...document.querySelectorAll('#messages .bubble')].some((one) => one.textContent.includes(text)))",
                  10, "every hostile text as it was written", HOSTILE)
        page.wait("document.querySelectorAll('#messages .bubble :is(img, .chip)').length >= 2", 10, "both files")
        page.run("for (const one of document.querySelectorAll('.bubble, .chat')) one.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))")
        self.assertIsNone(page.run("return window.pwned ?? null"))
        odd = page.run("""return [...document.querySelectorAll(`#app script, #app iframe, #app style, #app [onerror], #app [onload],
            #app [onclick], #app [onmouseover], #app a[href^="javascript:"]`)].map((one) => one.outerHTML.slice(0, 100))""")
        self.assertEqual(odd, [])
        links = page.run("return [...document.querySelectorAll('#messages .bubble a[target]')].map((one) => one.rel)")
        self.assertTrue(links)
        self.assertEqual(set(links), {"noopener noreferrer"})
        page.shot("wide-hostile")

    def test_every_control_has_a_name_and_the_keyboard_reaches_it(self):
        page = self.page
        page.run("document.getElementById('mischief').open = true")
        self.assertEqual(page.run(NAMELESS), [])
        page.run("document.activeElement?.blur(); window.getSelection().collapse(document.body, 0)")
        reached, unseen = set(), []
        for _ in range(80):
            page.driver.switch_to.active_element.send_keys("\ue004")
            key, outline = page.run("""const node = document.activeElement;
                const style = getComputedStyle(node);
                if (node === document.body) return ["", true];
                return [node.id || node.dataset.act || node.textContent.trim().slice(0, 20), parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none"];""")
            if not outline:
                unseen.append(key)
            reached.add(key)
        for control in ("nav-chats", "nav-tasks", "nav-health", "filter", "chats", "draft", "open-phone", "open-inspector",
                        "person", "phone-draft", "photo", "voice", "Mischief", "Backfill", "Checkpoint storm"):
            self.assertIn(control, reached, "reached by Tab")
        self.assertEqual([one for one in unseen if one != "thread"], [], "focus can be seen")

    def test_text_has_contrast_in_both_schemes_and_sizes(self):
        page = self.page
        self.sit_at("Ana Silva")
        page.run("document.getElementById('mischief').open = true")
        for width, height, name in ((1440, 900, "wide"), (390, 844, "narrow")):
            for scheme in ("light", "dark"):
                page.look(width, height, scheme)
                self.assertEqual(page.run(CONTRAST), [], f"{name} {scheme}")
                self.assertLessEqual(page.run("return document.documentElement.scrollWidth"), width, "nothing sticks out")

    def test_the_screens_of_a_phone(self):
        page = self.page
        page.look(390, 844, "light")
        page.driver.get(f"http://127.0.0.1:{self.wire.port}/")
        page.is_live()
        page.wait("document.querySelectorAll('.chat').length > 3", 10, "the list")
        for scheme in ("light", "dark"):
            page.look(390, 844, scheme)
            page.shot(f"narrow-list-{scheme}")
            page.run("document.querySelector('.chat').click()")
            page.wait("document.querySelectorAll('#messages .row').length > 0 && document.getElementById('thread').checkVisibility()", 5, "the thread")
            page.shot(f"narrow-thread-{scheme}")
            page.one("#open-phone").click()
            page.wait("document.getElementById('phone').checkVisibility()", 5, "the simulated phone")
            page.shot(f"narrow-phone-{scheme}")
            page.one("#close-phone").click()
            page.one("#back").click()
            page.wait("document.getElementById('list-pane').checkVisibility()", 5, "the list again")


if __name__ == "__main__":
    unittest.main()

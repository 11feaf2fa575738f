// The page: signs in, keeps the list and the open chat up to date, and lends the panels what they show.

import { Api, LiveEvents } from "./api.js";
import { Conversation, ThreadView } from "./thread.js";
import { Phone } from "./phone.js";
import { $, avatar, due, el, preview, shortTime } from "./view.js";

const api = new Api();
const state = { chats: [], next: null, open: null, conversation: null, lines: [], sends: new Map(), tasks: [], typing: new Map(), filter: "", chosen: null };
let phone = null;
let live = null;

const nameOf = (handle) => {
  if (handle.name) return handle.name;
  for (const chat of state.chats) {
    const found = chat.participants.find((one) => one.address === handle.address && one.name);
    if (found) return found.name;
  }
  return handle.address;
};
const chatById = (id) => state.chats.find((one) => one.id === id);

const view = new ThreadView($("messages"), {
  isOwn: (message) => message.isFromMe, nameOf, showsSends: true,
  onChoose: (message) => choose(message.id, true), onChooseId: (id) => choose(id, true),
  retrySend: (send) => attempt(() => api.post(`/v1/sends/${send.id}/retry`)),
  retryMessage: (message) => attempt(async () => {
    const send = (await api.get("/v1/sends?limit=200")).data.find((one) => one.message === message.id);
    if (send) await api.post(`/v1/sends/${send.id}/retry`);
    else await api.post("/v1/messages", { chat: state.open, text: message.text }, { "Idempotency-Key": crypto.randomUUID() });
  }),
});

// Errors are shown with their remedy; they leave by themselves or by a click.

let noticeTimer = 0;
function fail(problem) {
  const notice = $("notice");
  notice.replaceChildren(el("b", {}, problem.title ?? "Something failed"), [problem.detail, problem.remedy].filter(Boolean).join(" "));
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { notice.hidden = true; }, 12_000);
}
$("notice").addEventListener("click", () => { $("notice").hidden = true; });

async function attempt(work) { try { return await work(); } catch (problem) { fail(problem); return null; } }

function later(work, wait) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(() => void attempt(work), wait); };
}

// The list of chats.

function upsertChat(chat) {
  const index = state.chats.findIndex((one) => one.id === chat.id);
  if (index >= 0) state.chats[index] = { ...chat, lastMessage: chat.lastMessage ?? state.chats[index].lastMessage };
  else state.chats.push(chat);
  state.chats.sort((a, b) => ((a.lastMessageAt ?? "") < (b.lastMessageAt ?? "") ? 1 : -1));
}

function drawChats() {
  const wanted = state.filter.toLocaleLowerCase();
  const shown = state.chats.filter((chat) => !wanted || [chat.name, ...chat.participants.flatMap((one) => [one.name ?? "", one.address])].some((text) => text.toLocaleLowerCase().includes(wanted)));
  const list = $("chats");
  if (!shown.length) {
    list.replaceChildren(el("p", { class: "empty" }, wanted ? "No chat by that name." : "No chats yet. The first message makes one."));
    return;
  }
  list.replaceChildren(...shown.map((chat) => {
    const name = el("span", { class: "chat-name", dir: "auto" }, chat.name);
    const side = el("span", { class: "chat-time" }, state.lines.length > 1 ? el("span", { class: "badge" }, chat.line) : null,
      chat.filterCategory ? el("span", { class: "badge" }, chat.filterCategory === 2 ? "Junk" : "Unknown") : null,
      shortTime(chat.lastMessageAt), chat.unreadCount ? el("span", { class: "unread", role: "img", "aria-label": `${chat.unreadCount} unread` }) : null);
    const typing = state.typing.has(chat.id) ? "Typing…" : preview(chat.lastMessage, nameOf);
    return el("div", { class: "chat", role: "option", id: `chat-${chat.id}`, "aria-selected": String(chat.id === state.open), onclick: () => void open(chat.id, true) },
      avatar(chat), name, side, el("span", { class: "chat-preview", dir: "auto" }, typing));
  }));
  const active = shown.find((one) => one.id === state.open);
  if (active) list.setAttribute("aria-activedescendant", `chat-${active.id}`); else list.removeAttribute("aria-activedescendant");
}

$("chats").addEventListener("keydown", (event) => {
  const options = [...$("chats").querySelectorAll(".chat")];
  const index = options.findIndex((one) => one.id === `chat-${state.open}`);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = options[Math.max(0, Math.min(options.length - 1, index + (event.key === "ArrowDown" ? 1 : -1)))];
    if (next) { void open(next.id.slice(5), false); next.scrollIntoView({ block: "nearest" }); }
  } else if (event.key === "Enter" && state.open) { void open(state.open, true); }
  else if (event.key.length === 1 && !event.metaKey && !event.ctrlKey && !event.altKey) { $("filter").focus(); }
});
$("chats").addEventListener("scroll", () => {
  const box = $("chats");
  if (state.next && !state.loadingChats && box.scrollHeight - box.scrollTop - box.clientHeight < 400) void attempt(moreChats);
});
$("filter").addEventListener("input", (event) => { state.filter = event.target.value; drawChats(); if (state.filter) findChats(); });
const findChats = later(async () => {
  const list = await api.get(`/v1/chats?limit=50&q=${encodeURIComponent(state.filter)}`);
  list.data.forEach(upsertChat);
  drawChats();
}, 200);

async function loadChats() {
  const list = await api.get("/v1/chats?limit=60");
  state.chats = list.data;
  state.next = list.next;
  drawChats();
}

async function moreChats() {
  state.loadingChats = true;
  try {
    const list = await api.get(`/v1/chats?limit=60&cursor=${encodeURIComponent(state.next)}`);
    state.next = list.next;
    list.data.forEach(upsertChat);
    drawChats();
  } finally { state.loadingChats = false; }
}

async function fetchChat(id) {
  upsertChat(await api.get(`/v1/chats/${encodeURIComponent(id)}`));
  drawChats();
}

// The open chat.

async function open(id, moves) {
  const chat = chatById(id);
  if (!chat) return;
  if (moves) { document.body.dataset.screen = "thread"; }
  if (state.open === id && state.conversation) { if (moves) $("draft").focus({ preventScroll: true }); return; }
  state.open = id;
  state.chosen = null;
  view.chosen = null;
  replyTo(null);
  view.clear();
  drawChats();
  drawHead(chat);
  drawTasks();
  $("thread-empty").hidden = true;
  $("messages").hidden = false;
  $("composer").hidden = false;
  const conversation = new Conversation(api, id);
  state.conversation = conversation;
  for (const send of state.sends.values()) if (send.chat === id) conversation.putSend(send);
  phone?.follows(chat);
  await attempt(async () => {
    await conversation.load();
    if (state.conversation !== conversation) return;
    drawThread(true);
    if (moves && matchMedia("(min-width: 761px)").matches) $("draft").focus({ preventScroll: true });
    if (chat.unreadCount) { chat.unreadCount = 0; drawChats(); await api.post(`/v1/chats/${encodeURIComponent(id)}/read`); }
  });
  refreshTasks();
}

function drawHead(chat) {
  $("thread-head").hidden = false;
  const picture = avatar(chat, true);
  picture.id = "thread-avatar";
  $("thread-avatar").replaceWith(picture);
  $("thread-name").textContent = chat.name;
  const service = chat.channel || "iMessage";
  $("thread-sub").textContent = chat.isGroup ? `${chat.participants.length} people · ${service}` : `${chat.participants[0]?.address ?? "You"} · ${service}`;
  const line = state.lines.find((one) => one.id === chat.line);
  const reason = line?.missing.find((one) => one.capability === "text")?.reason;
  $("draft").disabled = !!reason;
  $("draft").placeholder = reason ?? service;
  document.title = `${chat.name} · Bluewire`;
}

function drawThread(stick = false) {
  const chat = chatById(state.open);
  if (!chat || !state.conversation) { phone?.render(null, null); return; }
  view.chosen = state.chosen;
  view.render(state.conversation, chat.isGroup, stick);
  phone?.render(state.conversation, chat);
  const who = state.typing.get(chat.id);
  $("typing").hidden = !who;
  if (who) $("typing-text").textContent = `${who} is typing`;
  $("jump").hidden = state.conversation.isAtHead && view.isAtEnd;
}

$("messages").addEventListener("scroll", () => {
  const box = $("messages");
  const conversation = state.conversation;
  if (!conversation) return;
  if (box.scrollTop < 600 && conversation.hasOlder && !conversation.isLoading) void attempt(async () => { if (await conversation.loadOlder()) drawThread(); });
  if (box.scrollHeight - box.scrollTop - box.clientHeight < 600 && !conversation.isAtHead && !conversation.isLoading) {
    void attempt(async () => { if (await conversation.loadNewer()) drawThread(); });
  }
  $("jump").hidden = conversation.isAtHead && view.isAtEnd;
}, { passive: true });
$("jump").addEventListener("click", () => void attempt(async () => {
  if (!state.conversation.isAtHead) await state.conversation.load();
  drawThread(true);
}));
// Pictures and growing boxes must not push the newest message out of sight.
new ResizeObserver(() => { if (stuck) view.toEnd(); }).observe($("messages"));
let stuck = true;
$("messages").addEventListener("scroll", () => { stuck = view.isAtEnd; }, { passive: true });

const draft = $("draft");
draft.addEventListener("input", () => { $("send").disabled = !draft.value.trim(); });
draft.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("composer").requestSubmit(); }
});
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = draft.value.trim();
  if (!text || !state.open) return;
  draft.value = "";
  $("send").disabled = true;
  void (async () => {
    try {
      const reply = state.replyTo ? { replyTo: state.replyTo } : {};
      takeSend(await api.post("/v1/messages", { chat: state.open, text, ...reply }, { "Idempotency-Key": crypto.randomUUID() }));
      replyTo(null);
      if (!state.conversation.isAtHead) await state.conversation.load();
      drawThread(true);
    } catch (problem) { draft.value = text; $("send").disabled = false; fail(problem); }
  })();
});

// Tapbacks and replies: a right click or a long press on a message, or the keys 1 to 6 and R on the chosen row.

const tapbacks = [["love", "❤️"], ["like", "👍"], ["dislike", "👎"], ["laugh", "😂"], ["emphasize", "‼️"], ["question", "❓"]];

const lacking = (capability) => {
  const line = state.lines.find((one) => one.id === chatById(state.open)?.line);
  return line?.missing.find((one) => one.capability === capability)?.reason ?? null;
};
const ownTapback = (message, kind) => message.tapbacks.some((one) => one.isFromMe && one.kind === kind);

function react(message, kind) {
  leaveActs(message.id);
  const body = ownTapback(message, kind) ? { kind, remove: true } : { kind };
  void attempt(async () => takeSend(await api.post(`/v1/messages/${encodeURIComponent(message.id)}/tapbacks`, body)));
}

function replyTo(message) {
  leaveActs();
  state.replyTo = message?.id ?? null;
  $("replying").hidden = !message;
  if (message) { $("replying-to").textContent = `Reply to “${preview({ ...message, isFromMe: false }, nameOf)}”`; $("draft").focus(); }
}
$("stop-reply").addEventListener("click", () => { replyTo(null); $("draft").focus(); });

const rowOf = (id) => [...$("messages").querySelectorAll(".row")].find((one) => one.dataset.key === id);

function leaveActs(returnTo) {
  if ($("acts").hidden) return;
  $("acts").hidden = true;
  if (returnTo) rowOf(returnTo)?.focus({ preventScroll: true });
}

function showActs(message, x, y) {
  const noTapback = lacking("tapback");
  const noReply = lacking("reply");
  $("acts").replaceChildren(
    ...tapbacks.map(([kind, sign]) => el("button", { type: "button", "aria-label": kind, title: noTapback ?? kind, disabled: !!noTapback, "aria-pressed": String(ownTapback(message, kind)), onclick: () => react(message, kind) }, sign)),
    el("button", { type: "button", class: "word", disabled: !!noReply, title: noReply, onclick: () => replyTo(message) }, "Reply"));
  $("acts").dataset.message = message.id;
  $("acts").hidden = false;
  const box = $("acts").getBoundingClientRect();
  $("acts").style.left = `${Math.max(8, Math.min(innerWidth - box.width - 8, x - box.width / 2))}px`;
  $("acts").style.top = `${Math.max(8, Math.min(innerHeight - box.height - 8, y - box.height - 12))}px`;
  $("acts").querySelector("button:enabled")?.focus();
}

$("messages").addEventListener("contextmenu", (event) => {
  const message = state.conversation?.find(event.target.closest(".row")?.dataset.key);
  if (!message || event.target.closest("a, audio")) return;
  event.preventDefault();
  const place = event.target.closest(".row").querySelector(".bubble")?.getBoundingClientRect();
  showActs(message, event.clientX || (place?.left ?? 0) + 80, event.clientY || (place?.top ?? 0));
});
$("messages").addEventListener("keydown", (event) => {
  const message = event.target.classList.contains("row") ? state.conversation?.find(event.target.dataset.key) : null;
  if (!message || event.metaKey || event.ctrlKey || event.altKey) return;
  const kind = tapbacks[Number(event.key) - 1]?.[0];
  if (kind && !lacking("tapback")) react(message, kind);
  if (event.key === "r" && !lacking("reply")) { event.preventDefault(); replyTo(message); }
});
$("messages").addEventListener("scroll", () => leaveActs(), { passive: true });
document.addEventListener("pointerdown", (event) => { if (!event.target.closest("#acts")) leaveActs(); });
$("acts").addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); leaveActs($("acts").dataset.message); } });

const rank = ["queued", "dispatched", "unknown", "landed", "sent", "delivered", "read"];
function takeSend(send) {
  const old = state.sends.get(send.id);
  // The answer to a call may come after the events it caused.
  if (old && old.updatedAt > send.updatedAt) return;
  if (old && old.updatedAt === send.updatedAt && rank.indexOf(old.state) > rank.indexOf(send.state)) return;
  state.sends.set(send.id, send);
  if (send.chat === state.open) state.conversation?.putSend(send);
}

// Live events.

function take(event) {
  const { kind, chat } = event;
  if (kind.startsWith("message.") && event.message) {
    const message = event.message;
    const known = chatById(message.chat);
    if (!known) { if (message.chat) void attempt(() => fetchChat(message.chat)); }
    else if (!known.lastMessage || message.sentAt >= known.lastMessage.sentAt || message.id === known.lastMessage.id) {
      known.lastMessage = message;
      known.lastMessageAt = message.sentAt;
      if (kind === "message.created" && !message.isFromMe && message.chat !== state.open && event.arrival !== "backfill") known.unreadCount += 1;
      upsertChat(known);
    }
    if (!message.isFromMe && kind === "message.created") state.typing.delete(message.chat);
    if (message.chat === state.open && state.conversation) { state.conversation.put(message); drawThread(); }
    drawChats();
    if (kind === "message.created") refreshTasks();
  } else if (kind === "message.deleted" && event.deleted) {
    state.conversation?.remove(event.deleted);
    drawThread();
  } else if (kind.startsWith("tapback.") && event.tapback && chat === state.open) {
    void attempt(async () => { state.conversation.put(await api.get(`/v1/messages/${encodeURIComponent(event.tapback.target)}`)); drawThread(); });
  } else if (kind.startsWith("chat.") && event.chatInfo) {
    upsertChat(event.chatInfo);
    drawChats();
    if (chat === state.open) drawHead(chatById(chat));
  } else if (kind === "send.updated" && event.send) {
    takeSend(event.send);
    drawThread();
  } else if (kind.startsWith("typing.") && chat) {
    const who = event.typing?.sender ? nameOf(event.typing.sender) : "Somebody";
    if (kind === "typing.started") {
      state.typing.set(chat, who);
      setTimeout(() => { if (state.typing.get(chat) === who) { state.typing.delete(chat); drawChats(); drawThread(); } }, 60_000);
    } else { state.typing.delete(chat); }
    drawChats();
    drawThread();
  } else if (kind === "line.updated") { refreshLines(); }
  if (state.chosen && !$("inspector").hidden) refreshTrace();
}

const refreshLines = later(async () => { state.lines = (await api.get("/v1/lines")).data; drawChats(); if (!$("health-pane").hidden) await drawHealth(); }, 200);

async function loadAll() {
  await loadChats();
  if (state.conversation) { await state.conversation.load(); drawThread(); }
  refreshTasks();
}

const words = { live: "Live", connecting: "Connecting", reconnecting: "Reconnecting", offline: "Offline" };
function setConnection(name) {
  $("connection").dataset.state = name;
  $("connection").textContent = words[name];
}

// Inspector, tasks, health.

function choose(id, shows) {
  state.chosen = id;
  if (shows) showSide("inspector", true);
  drawThread();
  void attempt(drawTrace);
}

const refreshTrace = later(() => drawTrace(), 250);

async function drawTrace() {
  const id = state.chosen;
  if (!id || id.startsWith("send-") || $("inspector").hidden) return;
  const steps = (await api.get(`/v1/trace/${encodeURIComponent(id)}`)).data;
  if (id !== state.chosen) return;
  const message = state.conversation?.find(id);
  const start = steps.length ? new Date(steps[0].at) : null;
  const stamp = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  const ago = (at) => {
    const passed = new Date(at) - start;
    return passed < 1000 ? `+${passed} ms` : passed < 120_000 ? `+${(passed / 1000).toFixed(1)} s` : `+${Math.round(passed / 60_000)} min`;
  };
  $("trace").replaceChildren(
    message ? el("p", { class: "quote", dir: "auto" }, preview(message, nameOf)) : "",
    el("ol", {}, ...steps.map(told).map((step) => el("li", { "data-step": step.kind },
      el("div", { class: "when" }, el("span", {}, stamp.format(new Date(step.at))), el("span", {}, step.milliseconds === null ? ago(step.at) : `${step.milliseconds} ms`)),
      el("div", { class: "what" }, step.what), step.more ? el("div", { class: "detail" }, step.more) : null))),
    el("button", { type: "button", class: "plain", onclick: (event) => void copy(event.currentTarget, JSON.stringify({ message: id, steps }, null, 2)) }, "Copy as JSON"));
}

const upper = (text) => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());

/** A step of the trace in words: what happened, and what more is known. */
function told(step) {
  const kind = /failed|refused|error/i.test(step.detail) ? "failed" : step.step;
  if (step.step === "send") {
    const [, name, rest] = /^Send (\w+)(.*)$/s.exec(step.detail) ?? [null, step.detail, ""];
    return { ...step, kind, what: upper(name), more: rest.replace(/^[\s:]+/, "") || "Outbox" };
  }
  if (step.step === "event") {
    const [, number, rest] = /^Event (\d+): (.*)$/s.exec(step.detail) ?? [null, "", step.detail];
    return { ...step, kind, what: `Journalled${number ? ` as event ${number}` : ""}`, more: rest };
  }
  return { ...step, kind, what: step.step === "message" ? "In Messages" : upper(step.step), more: step.detail };
}

async function copy(button, text) {
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { button.textContent = "The browser refused to copy"; }
}

const refreshTasks = later(async () => {
  state.tasks = (await api.get("/v1/tasks")).data;
  drawTasks();
}, 300);

function drawTasks() {
  const openOnes = state.tasks.filter((one) => one.state === "open");
  $("tasks").replaceChildren(...(state.tasks.length ? [...openOnes, ...state.tasks.filter((one) => one.state !== "open")].map((task) => el("li", { "data-state": task.state },
    el("span", { class: "tick", role: "img", "aria-label": task.state }), el("div", {},
      el("div", { class: "what", dir: "auto" }, task.text),
      el("div", { class: "due" }, [task.dueAt ? due(task.dueAt) : "No time", chatById(task.chat)?.name].filter(Boolean).join(" · ")))))
    : [el("li", { class: "nothing" }, "No tasks. Text “remind me tomorrow at 9 to …” to the agent.")]));
  const here = openOnes.filter((one) => one.chat === state.open);
  const strip = $("task-strip");
  strip.hidden = !here.length;
  if (here.length) strip.textContent = `${here.length === 1 ? "Task" : `${here.length} tasks`}: ${here[0].text}${here[0].dueAt ? `, ${due(here[0].dueAt)}` : ""}`;
}
$("task-strip").addEventListener("click", () => showPane("tasks"));

async function drawHealth() {
  const health = await api.get("/v1/health");
  $("health").replaceChildren(
    el("p", { class: health.ready ? "ok" : "bad" }, health.ready ? "Ready" : "Not ready"),
    ...health.missing.map((one) => el("p", {}, el("b", {}, one.detail), " ", one.remedy)),
    el("dl", {}, el("dt", {}, "Journal"), el("dd", {}, health.cursor), el("dt", {}, "Live readers"), el("dd", {}, String(health.readers)), el("dt", {}, "Your rights"), el("dd", {}, health.scopes.join(", "))),
    ...state.lines.flatMap((line) => [el("h2", {}, `${line.id} (${line.kind})`),
      el("ul", { "aria-label": "Can do" }, ...line.capabilities.map((one) => el("li", {}, one)), ...line.missing.map((one) => el("li", { class: "lacking", title: one.reason }, `no ${one.capability}`)))]));
}

function showPane(name) {
  for (const one of ["chats", "tasks", "health"]) {
    $(one === "chats" ? "list-pane" : `${one}-pane`).hidden = one !== name;
    if (one === name) $(`nav-${one}`).setAttribute("aria-current", "page"); else $(`nav-${one}`).removeAttribute("aria-current");
  }
  document.body.dataset.screen = "list";
  if (name === "health") void attempt(drawHealth);
  if (name === "tasks") refreshTasks();
}
for (const one of ["chats", "tasks", "health"]) $(`nav-${one}`).addEventListener("click", () => showPane(one));

function showSide(name, isShown) {
  const isNarrow = matchMedia("(max-width: 1180px)").matches;
  if (isShown && isNarrow) for (const other of ["inspector", "phone"]) if (other !== name) showSide(other, false);
  $(name).hidden = !isShown;
  $(`open-${name}`).setAttribute("aria-expanded", String(isShown));
  if (name === "inspector" && isShown) {
    // What happened to the newest message is the likeliest question.
    state.chosen ??= state.conversation?.messages.findLast((one) => one.kind !== "event")?.id ?? null;
    drawThread();
    void attempt(drawTrace);
  }
  if (name === "phone" && isShown) { drawThread(); phone?.view.toEnd(); }
  if (!isNarrow) view.toEnd();
}
for (const name of ["inspector", "phone"]) {
  $(`open-${name}`).addEventListener("click", () => {
    const shows = $(name).hidden;
    showSide(name, shows);
    if (shows) $(`close-${name}`).focus();
  });
  $(`close-${name}`).addEventListener("click", () => { showSide(name, false); $(`open-${name}`).focus(); });
}
$("back").addEventListener("click", () => { document.body.dataset.screen = "list"; $("chats").focus(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !matchMedia("(max-width: 1180px)").matches) return;
  for (const name of ["inspector", "phone"]) if (!$(name).hidden) { showSide(name, false); $(`open-${name}`).focus(); }
});
setInterval(drawChats, 60_000);

// Signing in.

function showLogin(message) {
  $("app").hidden = true;
  $("login").hidden = false;
  $("login-error").hidden = !message;
  if (message) $("login-error").textContent = message;
  $("login-token").focus();
}
api.onSignedOut = () => showLogin("The session has ended. Sign in again.");

$("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn($("login-token").value.trim());
});

async function signIn(token) {
  try {
    await api.post("/v1/session", { token });
    $("login-token").value = "";
    await start();
  } catch (problem) { showLogin(`${problem.title}. ${problem.remedy}`); }
}

async function start() {
  const health = await api.get("/v1/health");
  $("login").hidden = true;
  $("app").hidden = false;
  state.lines = (await api.get("/v1/lines")).data;
  if (live) {
    // Signed in again: go on where the page was.
    if (!live.socket) live.start();
    return loadAll();
  }
  $("chats").replaceChildren(...Array.from({ length: 6 }, () => el("div", { class: "skeleton" })));
  const hasPhone = health.features.includes("simulator") && health.scopes.includes("manage");
  if (hasPhone) {
    phone = new Phone(api, {
      nameOf, fail, refresh: () => drawThread(), open: (id) => void open(id, false),
      chatOf: (seat) => state.chats.find((chat) => (seat.guid && chat.aliases.includes(seat.guid)) || (!seat.isGroup && !chat.isGroup && chat.participants.some((one) => one.address === seat.address))),
    });
    $("open-phone").hidden = false;
    await attempt(() => phone.start());
    if (matchMedia("(min-width: 1181px)").matches) showSide("phone", true);
  }
  live = new LiveEvents(api, {
    onState: setConnection, onEvent: take,
    onFresh: () => void attempt(async () => {
      await loadAll();
      const first = (phone?.seat && phone.hooks.chatOf(phone.seat)) ?? state.chats[0];
      if (!state.open && first && matchMedia("(min-width: 761px)").matches) await open(first.id, false);
    }),
  });
  live.start();
}

async function boot() {
  const fragment = location.hash.slice(1);
  if (fragment) {
    history.replaceState(null, "", location.pathname);
    const token = new URLSearchParams(fragment).get("token") ?? new URLSearchParams(fragment).get("code") ?? fragment;
    return signIn(decodeURIComponent(token));
  }
  try { await start(); } catch (problem) {
    if (problem.status === 401) showLogin(""); else showLogin(`${problem.title}. ${problem.remedy}`);
  }
}

// A new link opened in a tab that shows the page only changes the fragment.
window.addEventListener("hashchange", () => { if (/^#(token|code)=/.test(location.hash)) void boot(); });
void boot();

// A window of one chat's messages: pages by keyset, at most some hundred rows in the document.

import { el, row, moment, time } from "./view.js";

const pageSize = 60;
const mostPages = 5;

export class Conversation {
  constructor(api, chat) {
    this.api = api;
    this.chat = chat;
    this.pages = [];      // newest page first; items of a page oldest first
    this.pending = [];    // sends whose row was not seen yet
    this.isLoading = false;
    this.loads = new Set();
  }

  /** Whether the newest message is in the window. */
  get isAtHead() { return !this.pages.length || !this.pages[0].previous; }
  get hasOlder() { return !!this.pages.at(-1)?.next; }
  get messages() { return this.pages.slice().reverse().flatMap((page) => page.items); }

  async load() {
    // What arrives while the page is on its way may not be on it.
    const early = [];
    this.loads.add(early);
    try { this.pages = [await this.page("")]; } finally { this.loads.delete(early); }
    for (const message of early) this.put(message);
  }

  async page(query) {
    const list = await this.api.get(`/v1/chats/${encodeURIComponent(this.chat)}/messages?limit=${pageSize}${query}`);
    return { items: list.data.slice().reverse(), next: list.next, previous: query ? list.previous : null };
  }

  async loadOlder() {
    const cursor = this.pages.at(-1)?.next;
    if (!cursor || this.isLoading) return false;
    this.isLoading = true;
    try {
      this.pages.push(await this.page(`&before=${encodeURIComponent(cursor)}`));
      if (this.pages.length > mostPages) this.pages.shift();
      return true;
    } finally { this.isLoading = false; }
  }

  async loadNewer() {
    const cursor = this.pages[0]?.previous;
    if (!cursor || this.isLoading) return false;
    this.isLoading = true;
    try {
      const page = await this.page(`&after=${encodeURIComponent(cursor)}`);
      if (!page.items.length) { this.pages[0].previous = null; return false; }
      this.pages.unshift(page);
      if (this.pages.length > mostPages) this.pages.pop();
      return true;
    } finally { this.isLoading = false; }
  }

  find(id) {
    for (const page of this.pages) {
      const found = page.items.find((one) => one.id === id);
      if (found) return found;
    }
    return null;
  }

  /** Puts a message where it belongs; returns whether it is new to the window. */
  put(message) {
    for (const early of this.loads) early.push(message);
    for (const page of this.pages) {
      const index = page.items.findIndex((one) => one.id === message.id);
      if (index >= 0) { page.items[index] = message; return false; }
    }
    if (!this.isAtHead) return false;
    if (!this.pages.length) this.pages = [{ items: [], next: null, previous: null }];
    const items = this.pages[0].items;
    // A late row whose place is above the window appears when its page is loaded.
    if (items.length && this.hasOlder && this.pages.length === 1 && message.sentAt < items[0].sentAt) return false;
    let place = items.length;
    while (place > 0 && items[place - 1].sentAt > message.sentAt) place -= 1;
    items.splice(place, 0, message);
    if (this.pages.length === 1 && items.length > pageSize * mostPages) { void this.load(); }
    return true;
  }

  remove(id) { for (const page of this.pages) page.items = page.items.filter((one) => one.id !== id); }

  putSend(send) {
    this.pending = this.pending.filter((one) => one.id !== send.id);
    const shown = ["queued", "dispatched", "unknown"].includes(send.state) || (send.state === "failed" && !send.message);
    if (shown && send.action.type === "message") this.pending.push(send);
    this.pending.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }
}

/** Shows a conversation in an element, keeping rows that did not change and the scroll position. */
export class ThreadView {
  constructor(container, options) {
    this.container = container;
    this.options = options;   // isOwn(message), nameOf(handle), onChoose?, retry?, showsSends
    this.rows = new Map();
    this.chosen = null;
    container.addEventListener("keydown", (event) => this.key(event));
  }

  clear() { this.rows.clear(); this.container.replaceChildren(); }

  get isAtEnd() {
    const box = this.container;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  }

  toEnd() { this.container.scrollTop = this.container.scrollHeight; }

  render(conversation, isGroup, stick) {
    const box = this.container;
    const wasAtEnd = stick || this.isAtEnd;
    const anchor = wasAtEnd ? null : [...box.children].find((one) => one.dataset.key && one.offsetTop + one.offsetHeight > box.scrollTop);
    const anchorTop = anchor ? anchor.offsetTop - box.scrollTop : 0;
    const rows = new Map();
    let previousNode = null;
    for (const [key, signature, make] of this.plan(conversation, isGroup)) {
      const old = this.rows.get(key);
      let node = old?.node;
      if (!node || old.signature !== signature) {
        const fresh = make();
        fresh.dataset.key = key;
        if (!old && this.rows.size && wasAtEnd) fresh.classList.add("pop");
        if (node) { const focused = document.activeElement === node; node.replaceWith(fresh); if (focused) fresh.focus(); }
        node = fresh;
      }
      const place = previousNode ? previousNode.nextSibling : box.firstChild;
      if (node !== place) box.insertBefore(node, place);
      rows.set(key, { signature, node });
      previousNode = node;
    }
    while (previousNode ? previousNode.nextSibling : box.firstChild) (previousNode ? previousNode.nextSibling : box.firstChild).remove();
    this.rows = rows;
    const last = [...rows.values()].findLast((one) => one.node.classList.contains("row"));
    for (const one of rows.values()) if (one.node.tabIndex === 0 && one !== last) one.node.tabIndex = -1;
    if (last) last.node.tabIndex = 0;
    if (wasAtEnd) this.toEnd();
    else if (anchor?.isConnected) box.scrollTop = anchor.offsetTop - anchorTop;
  }

  *plan(conversation, isGroup) {
    const { isOwn, nameOf } = this.options;
    const messages = conversation.messages;
    const lastOwn = messages.findLast((one) => isOwn(one) && one.kind !== "event");
    for (let index = 0; index < messages.length; index += 1) {
      const message = messages[index];
      const before = messages[index - 1];
      const after = messages[index + 1];
      if (!before || new Date(message.sentAt) - new Date(before.sentAt) > 3_600_000) {
        yield [`day-${message.id}`, message.sentAt, () => el("div", { class: "day" }, moment(message.sentAt))];
      }
      const own = isOwn(message);
      const same = (other) => other && other.kind !== "event" && isOwn(other) === own && other.sender?.address === message.sender?.address
        && Math.abs(new Date(other.sentAt) - new Date(message.sentAt)) < 600_000;
      const original = message.replyTo ? conversation.find(message.replyTo.message) : null;
      const state = {
        own, group: isGroup, first: !same(before), last: !same(after), chosen: this.chosen === message.id,
        quote: message.replyTo ? (original ? original.text.slice(0, 80) || "an attachment" : "an earlier message") : null,
        sender: message.sender ? nameOf(message.sender) : message.isFromMe ? "Bluewire" : "Somebody",
        footText: this.footText(message, message === lastOwn, own),
      };
      yield [message.id, JSON.stringify([message, state]), () => row(message, { ...state, nameOf, foot: this.foot(message, state.footText), onChoose: this.options.onChoose })];
    }
    if (!this.options.showsSends || !conversation.isAtHead) return;
    for (const send of conversation.pending) {
      if (send.message && conversation.find(send.message)) continue;
      yield [`send-${send.id}`, JSON.stringify(send), () => this.pendingRow(send)];
    }
  }

  footText(message, isLastOwn, own) {
    if (!this.options.showsSends || !own) return null;
    if (message.status === "failed" || message.error) return { text: `Not delivered: ${message.error?.meaning ?? "failed"}`, kind: "bad" };
    if (!isLastOwn) return null;
    if (message.readAt) return { text: `Read ${time(message.readAt)}`, kind: "", at: message.readAt };
    if (message.deliveredAt) return { text: "Delivered", kind: "", at: message.deliveredAt };
    return message.status === "sent" ? { text: "Sent", kind: "" } : null;
  }

  foot(message, state) {
    if (!state) return null;
    const what = state.at ? el("time", { datetime: state.at, title: moment(state.at) }, state.text) : state.text;
    const note = el("span", { class: `foot ${state.kind}`.trim() }, what);
    if (state.kind === "bad" && this.options.retryMessage) {
      note.append(" ", el("button", { type: "button", onclick: () => this.options.retryMessage(message) }, "Try again"));
    }
    return note;
  }

  pendingRow(send) {
    const line = el("div", { class: "row own first last", role: "article", tabindex: "-1", "aria-label": `You: ${send.action.text ?? ""}` },
      el("div", { class: "bubble", dir: "auto" }, send.action.text || send.action.files.join(", ") || "File"));
    if (send.state === "failed") {
      const note = el("span", { class: "foot bad" }, `Not sent (${send.failure?.code ?? "failed"}). ${send.failure?.remedy ?? ""} `);
      note.append(el("button", { type: "button", onclick: () => this.options.retrySend(send) }, "Try again"));
      line.append(note);
    } else if (send.state === "unknown") {
      const note = el("span", { class: "foot open" }, "Looking in Messages whether it went out. It is not sent again by itself. ");
      note.append(el("button", { type: "button", onclick: () => this.options.retrySend(send) }, "Send again"));
      line.append(note);
    } else {
      line.append(el("span", { class: "foot" }, send.state === "queued" ? "Waiting" : "Sending"));
    }
    return line;
  }

  key(event) {
    if (event.target !== this.container && !event.target.classList.contains("row")) return;
    const rows = [...this.container.querySelectorAll(".row")];
    const index = rows.indexOf(document.activeElement);
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const next = rows[index < 0 ? rows.length - 1 : Math.max(0, Math.min(rows.length - 1, index + (event.key === "ArrowUp" ? -1 : 1)))];
      if (!next) return;
      event.preventDefault();
      for (const one of rows) one.tabIndex = one === next ? 0 : -1;
      next.focus();
    } else if (event.key === "Enter" && index >= 0 && this.options.onChoose) {
      const id = rows[index].dataset.key;
      this.options.onChooseId?.(id);
    }
  }
}

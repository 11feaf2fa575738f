// The simulated phone: the other person's side of the chat, and the simulator's faults.

import { $, el } from "./view.js";
import { ThreadView } from "./thread.js";

const suggestions = ["Remind me tomorrow at 9 to call the dentist", "What did Ana say about Lisbon?", "Send a photo"];

const mischief = [
  ["lateJoin", "Late join", "The next row reaches its chat three seconds late."],
  ["lateBody", "Late body", "The next row gets its text late."],
  ["noBody", "Row without body", "The next row never gets its text."],
  ["backfill", "Backfill", "Old history comes back from iCloud."],
  ["lateMessage", "Late message", "A genuine message that was delayed."],
  ["duplicateSelf", "Duplicate self-chat row", "A note to self is stored twice."],
  ["failBefore", "Refuse a send", "The next answer is refused before it is taken."],
  ["failAfterAccept", "Fail after accept", "The next answer is taken, then fails."],
  ["loseAfterAccept", "Lose a send", "The next answer is taken and never seen."],
  ["error22", "Error 22", "The next answer lands, then turns into an error."],
  ["ghost", "Ghost row", "The next answer leaves a row without a chat."],
  ["slowDelivery", "Slow delivery", "The next answer is delivered late."],
  ["rotateSidecars", "Rotate sidecars", "The database's side files are replaced."],
  ["checkpoint", "Checkpoint storm", "The write-ahead log is emptied again and again."],
];

export class Phone {
  constructor(api, hooks) {
    this.api = api;
    this.hooks = hooks;      // chatOf(guid), open(chatId), fail(problem), refresh()
    this.people = [];
    this.chats = [];
    this.editing = null;
    this.isTyping = false;
    this.after = null;
    this.view = new ThreadView($("phone-messages"), {
      isOwn: (message) => !message.isFromMe && (!message.sender || !this.seat || message.sender.address === this.seat.address),
      nameOf: (handle) => hooks.nameOf(handle), showsSends: false,
    });
    this.bind();
    // What appears below the messages must not hide the newest of them.
    new ResizeObserver(() => this.view.toEnd()).observe($("phone-messages"));
  }

  async start() {
    await this.refresh();
    this.drawMischief();
    if (!localStorage.getItem("bluewire.suggested")) this.drawSuggestions();
    void this.follow();
  }

  /** Seats: a person in a direct chat, or a member of a group. */
  async refresh() {
    const state = await this.api.get("/v1/simulator/state");
    this.people = state.people;
    this.chats = state.chats;
    const seats = [];
    for (const person of state.people) {
      const chat = state.chats.find((one) => !one.isGroup && one.participants.includes(person.address));
      seats.push({ key: `p ${person.address}`, label: person.name || person.address, address: person.address, guid: chat?.guid ?? null, isGroup: false });
    }
    for (const chat of state.chats.filter((one) => one.isGroup)) {
      for (const address of chat.participants) {
        const name = state.people.find((one) => one.address === address)?.name ?? address;
        seats.push({ key: `g ${chat.guid} ${address}`, label: `${name} in ${chat.name || "the group"}`, address, guid: chat.guid, isGroup: true });
      }
    }
    const self = state.chats.find((one) => one.isSelf);
    if (self) seats.push({ key: `s ${self.guid}`, label: "Note to self", address: null, guid: self.guid, isGroup: false });
    this.seats = seats;
    const chosen = this.seat?.key ?? null;
    const group = (label, some) => el("optgroup", { label }, ...some.map((seat) => el("option", { value: seat.key }, seat.label)));
    $("person").replaceChildren(group("People", seats.filter((one) => !one.isGroup)), group("Groups", seats.filter((one) => one.isGroup)));
    this.seat = seats.find((one) => one.key === chosen) ?? seats[0] ?? null;
    if (this.seat) $("person").value = this.seat.key;
  }

  /** Sits down where the open chat is. */
  follows(chat) {
    if (!chat || (this.seat?.guid && chat.aliases.includes(this.seat.guid))) return;
    const seat = this.seats?.find((one) => (one.guid && chat.aliases.includes(one.guid))
      || (!one.isGroup && !chat.isGroup && chat.participants.some((person) => person.address === one.address)));
    if (!seat) return;
    this.seat = seat;
    $("person").value = seat.key;
    this.leaveEditing();
  }

  render(conversation, chat) {
    const fits = chat && this.seat && ((this.seat.guid && chat.aliases.includes(this.seat.guid)) || chat.participants.some((one) => one.address === this.seat.address));
    if (fits && this.conversation !== conversation) this.view.clear();
    this.conversation = fits ? conversation : null;
    if (fits) this.view.render(conversation, chat.isGroup);
    else { this.view.clear(); $("phone-messages").append(el("p", { class: "empty" }, "Say something to begin.")); }
    $("phone-typing").hidden = !this.ownTyping;
    $("phone-sub").textContent = this.seat ? `${this.seat.address ?? "your own number"} to Bluewire` : "";
    this.tools();
  }

  get mine() { return this.conversation?.messages.findLast((one) => this.view.options.isOwn(one) && one.kind === "text"); }
  get theirs() { return this.conversation?.messages.findLast((one) => one.isFromMe && one.kind === "text"); }

  tools() {
    const lacks = { tapback: !this.theirs, edit: !this.mine?.text, unsend: !this.mine };
    for (const button of $("phone-tools").children) button.disabled = !!lacks[button.dataset.act] || (!this.seat?.address && button.dataset.act !== "photo");
  }

  place(extra) {
    const seat = this.seat;
    if (!seat.address) return { chat: seat.guid, ...extra };
    return seat.guid ? { chat: seat.guid, as: seat.address, ...extra } : { from: seat.address, ...extra };
  }

  bind() {
    const draft = $("phone-draft");
    const form = $("phone-form");
    draft.addEventListener("input", () => { $("phone-send").disabled = !draft.value.trim(); });
    draft.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
      if (event.key === "Escape") this.leaveEditing();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); void this.say(draft.value.trim()); });
    $("person").addEventListener("change", (event) => {
      this.seat = this.seats.find((one) => one.key === event.target.value);
      this.leaveEditing();
      const chat = this.hooks.chatOf(this.seat);
      if (chat) this.hooks.open(chat.id); else this.render(null, null);
    });
    $("phone-tools").addEventListener("click", (event) => {
      const act = event.target.closest("button")?.dataset.act;
      if (act) void this.act(act, event.target);
    });
  }

  async say(text) {
    if (!text || !this.seat) return;
    const draft = $("phone-draft");
    draft.value = "";
    $("phone-send").disabled = true;
    this.forgetSuggestions();
    const editing = this.editing;
    try {
      if (editing) { this.leaveEditing(); await this.api.post("/v1/simulator/edit", { message: editing, text }); }
      else await this.api.post("/v1/simulator/say", this.place({ text }));
    } catch (problem) {
      draft.value = text;
      $("phone-send").disabled = false;
      this.hooks.fail(problem);
    }
  }

  async act(name, button) {
    try {
      switch (name) {
      case "photo": case "voice": this.forgetSuggestions(); await this.api.post(`/v1/simulator/${name}`, this.place({})); break;
      case "tapback": await this.api.post("/v1/simulator/tapback", { message: this.theirs.id, from: this.seat.address, kind: "love" }); break;
      case "unsend": await this.api.post("/v1/simulator/unsend", { message: this.mine.id }); break;
      case "edit":
        this.editing = this.mine.id;
        $("phone-draft").value = this.mine.text;
        $("phone-draft").focus();
        $("phone-send").disabled = false;
        $("phone-draft").placeholder = "New text";
        break;
      case "typing":
        this.isTyping = !this.isTyping;
        button.setAttribute("aria-pressed", String(this.isTyping));
        await this.api.post("/v1/simulator/typing", this.place({ on: this.isTyping }));
        break;
      }
    } catch (problem) { this.hooks.fail(problem); }
  }

  leaveEditing() {
    if (this.editing) $("phone-draft").value = "";
    this.editing = null;
    $("phone-draft").placeholder = "iMessage";
  }

  drawSuggestions() {
    const box = $("suggestions");
    box.replaceChildren(...suggestions.map((text) => el("button", {
      type: "button", onclick: () => { if (text === "Send a photo") void this.act("photo"); else void this.say(text); },
    }, text)));
    box.hidden = false;
  }

  forgetSuggestions() {
    $("suggestions").hidden = true;
    localStorage.setItem("bluewire.suggested", "1");
  }

  drawMischief() {
    $("mischief-grid").replaceChildren(...mischief.map(([name, label, note]) => el("button", {
      type: "button", class: "plain", title: note,
      onclick: async () => {
        try {
          const chat = this.seat?.guid ? { chat: this.seat.guid } : {};
          const answer = await this.api.post(`/v1/simulator/mischief/${name}`, chat);
          $("mischief-note").textContent = answer?.detail ?? note;
        } catch (problem) { $("mischief-note").textContent = `${problem.detail || problem.title} ${problem.remedy}`; }
      },
    }, label)));
  }

  /** What the phone itself would show live: the gateway's typing, new people and chats. */
  async follow() {
    for (;;) {
      try {
        const query = this.after === null ? "" : `?after=${this.after}&waitMs=20000`;
        const answer = await this.api.get(`/v1/simulator/events${query}`);
        const isFirst = this.after === null;
        this.after = answer.next;
        if (isFirst) continue;
        for (const event of answer.events) {
          if (event.kind === "ownTyping" && (!this.seat?.guid || event.chat === this.seat.guid)) { this.ownTyping = event.isOn; this.hooks.refresh(); }
          if (event.kind === "chat") { await this.refresh(); this.hooks.refresh(); }
        }
      } catch (problem) {
        if (problem.status === 401 || problem.status === 404) return;
        // What happened during a cut is told after it; only another simulation begins anew.
        if (problem.status) this.after = null;
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
  }
}

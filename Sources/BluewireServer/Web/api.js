// The gateway's public API: calls with problems as errors, and live events by one WebSocket with a cursor.

export class Problem extends Error {
  constructor(document) {
    super(document.title ?? "Failed");
    this.title = document.title ?? "Failed";
    this.detail = document.detail ?? "";
    this.remedy = document.remedy ?? "";
    this.status = document.status ?? 0;
    this.code = document.code ?? "";
  }
}

export class Api {
  onSignedOut = () => {};

  async call(method, path, body, headers = {}) {
    let response;
    try {
      response = await fetch(path, {
        method, credentials: "same-origin", headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Problem({ title: "The gateway does not answer", detail: "", remedy: "Check that it runs; the page tries again.", status: 0 });
    }
    const text = await response.text();
    let document = null;
    try { document = text ? JSON.parse(text) : null; } catch { document = null; }
    if (response.ok) return document;
    const problem = new Problem({ status: response.status, ...(document ?? {}), ...(document?.message ? { detail: document.message } : {}) });
    if (problem.status === 401 && path !== "/v1/session") this.onSignedOut();
    throw problem;
  }

  get(path) { return this.call("GET", path); }
  post(path, body = {}, headers) { return this.call("POST", path, body, headers); }
}

/** Live events: resumes by cursor, shows nothing twice. */
export class LiveEvents {
  constructor(api, handlers) {
    this.api = api;
    this.handlers = handlers;   // onState(state), onFresh(), onEvent(event)
    this.cursor = null;
    this.sequence = -1;
    this.failures = 0;
  }

  start() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = this.cursor ? `?cursor=${encodeURIComponent(this.cursor)}` : "";
    const socket = new WebSocket(`${scheme}//${location.host}/v1/events${query}`);
    this.socket = socket;
    let wasReady = false;
    socket.addEventListener("message", ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === "ready") {
        wasReady = true;
        this.failures = 0;
        const isFresh = this.cursor === null;
        this.note(event.cursor);
        this.handlers.onState("live");
        if (isFresh) this.handlers.onFresh();
        return;
      }
      if (event.kind === "gateway.gap") { this.cursor = null; this.sequence = -1; this.handlers.onFresh(); return; }
      const live = event.kind.startsWith("typing.");
      if (!live && !this.note(event.cursor)) return;
      this.handlers.onEvent(event);
    });
    socket.addEventListener("close", () => { if (this.socket === socket) void this.again(wasReady); });
  }

  /** Moves the cursor on; false for what was seen already. */
  note(cursor) {
    const sequence = Number(cursor.split("-")[1]);
    const isSameLife = this.cursor?.split("-")[0] === cursor.split("-")[0];
    if (isSameLife && sequence <= this.sequence) return false;
    this.cursor = cursor;
    this.sequence = sequence;
    return true;
  }

  async again(wasReady) {
    this.socket = null;
    this.failures += 1;
    this.handlers.onState(this.failures > 4 ? "offline" : "reconnecting");
    if (!wasReady && this.cursor) {
      try {
        await this.api.get("/v1/health");
        // The gateway answers, but not from this cursor: it has expired.
        if (this.failures > 1) { this.cursor = null; this.sequence = -1; }
      } catch (problem) {
        if (problem.status === 401) return;
      }
    }
    const wait = Math.min(8000, 250 * 2 ** Math.min(this.failures, 5)) * (0.75 + Math.random() / 2);
    setTimeout(() => this.start(), wait);
  }
}

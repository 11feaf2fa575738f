// What things look like: elements from data. Text from messages only ever becomes text nodes.

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayTime = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });

export const time = (iso) => clock.format(new Date(iso));
export const moment = (iso) => full.format(new Date(iso));
export const due = (iso) => dayTime.format(new Date(iso));

export function shortTime(iso) {
  if (!iso) return "";
  const date = new Date(iso);
  const age = Date.now() - date;
  if (age < 60_000 && age > -60_000) return "now";
  if (date.toDateString() === new Date().toDateString()) return clock.format(date);
  return age < 6 * 86_400_000 ? weekday.format(date) : dayMonth.format(date);
}

function hue(text) {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
  return sum % 8;
}

function initials(name) {
  const words = name.replace(/[^\p{L}\p{N}\s+]/gu, " ").trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "?";
  if (/^\+?\d/.test(words[0])) return words[0].slice(-2);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

export function avatar(chat, small) {
  const size = small ? " small" : "";
  const people = chat.participants.map((one) => one.name ?? one.address);
  if (chat.isGroup && people.length > 1) {
    const tiles = people.slice(0, 4).map((name) => el("span", { class: `hue-${hue(name)}` }, initials(name)));
    return el("span", { class: `avatar group${size}`, "aria-hidden": "true" }, ...tiles);
  }
  return el("span", { class: `avatar hue-${hue(chat.name)}${size}`, "aria-hidden": "true" }, initials(chat.name));
}

const tapbackSigns = { love: "❤️", like: "👍", dislike: "👎", laugh: "😂", emphasize: "‼️", question: "❓", sticker: "🏷️" };
export const tapbackSign = (tapback) => tapback.emoji ?? tapbackSigns[tapback.kind] ?? "•";

const eventWords = {
  participantAdded: "was added", participantRemoved: "was removed", participantLeft: "left", photoSet: "The group photo was changed",
  photoRemoved: "The group photo was removed", backgroundSet: "The background was changed", backgroundRemoved: "The background was removed",
  locationStarted: "Location sharing started", locationStopped: "Location sharing stopped", audioKept: "An audio message was kept",
  sharePlay: "A call",
};

export function eventText(message, nameOf) {
  const event = message.event;
  if (!event) return "Something happened in this chat";
  if (event.kind === "renamed") return event.title ? `Named “${event.title}”` : "The name was removed";
  const words = eventWords[event.kind] ?? "Something happened in this chat";
  return event.subject && words[0] === words[0].toLowerCase() ? `${nameOf(event.subject)} ${words}` : words;
}

function fileWord(attachment) {
  const type = attachment.mimeType ?? "";
  if (attachment.isSticker) return "Sticker";
  if (type.startsWith("image/")) return "Photo";
  if (type.startsWith("video/")) return "Video";
  if (type.startsWith("audio/")) return "Voice note";
  return attachment.name ?? "File";
}

/** One line about a message, with its kind spelled out. */
export function preview(message, nameOf = (one) => one.name ?? one.address) {
  if (!message) return "No messages yet";
  if (message.kind === "event") return eventText(message, nameOf);
  if (message.kind === "unsent" || (message.unsentParts.length && !message.text)) return "Message unsent";
  const text = message.text.trim();
  const poll = message.balloon?.pollOptions?.length ? `Poll: ${message.balloon.title ?? message.balloon.summary ?? ""}` : null;
  const body = text || poll || message.balloon?.title || message.balloon?.summary
    || (message.attachments.length ? [...new Set(message.attachments.map(fileWord))].join(", ") : "Message");
  return message.isFromMe ? `You: ${body}` : body;
}

const bigEmoji = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|\u20e3|[\u{1f1e6}-\u{1f1ff}]|[\u{e0020}-\u{e007f}]|\s){1,16}$/u;
const address = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gu;

function linked(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(address)) {
    let target;
    try { target = new URL(match[0]); } catch { continue; }
    nodes.push(text.slice(last, match.index), link(target, match[0]));
    last = match.index + match[0].length;
  }
  nodes.push(text.slice(last));
  return nodes;
}

function link(target, label) {
  return el("a", { href: target.href, target: "_blank", rel: "noopener noreferrer", title: target.host }, label);
}

function size(bytes) {
  if (bytes === null) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function file(attachment) {
  const type = attachment.mimeType ?? "";
  const ready = attachment.state === "finished";
  if (ready && /^image\/(png|jpeg|gif|webp)$/.test(type)) {
    const image = el("img", { class: "photo", src: attachment.url, alt: attachment.name ?? "Photo", loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(chip(attachment, false)), { once: true });
    return image;
  }
  if (ready && type.startsWith("audio/")) {
    const audio = el("audio", { controls: true, preload: "metadata", src: attachment.url, "aria-label": "Voice note" });
    return attachment.transcription ? el("div", {}, audio, el("p", { class: "transcript" }, attachment.transcription)) : audio;
  }
  return chip(attachment, ready);
}

function chip(attachment, ready) {
  const word = fileWord(attachment);
  const detail = [size(attachment.bytes), ready ? attachment.mimeType : attachment.state].filter(Boolean).join(" · ");
  return ready
    ? el("a", { class: "chip", href: attachment.url, download: attachment.name ?? "" }, el("b", {}, word), el("small", {}, detail))
    : el("span", { class: "chip" }, el("b", {}, word), el("small", {}, detail));
}

function card(balloon) {
  let host = "";
  let target = null;
  try { target = new URL(balloon.url); host = target.host; } catch { /* no address, no link */ }
  const safe = target && /^https?:$/.test(target.protocol);
  const inner = [el("b", {}, balloon.title ?? balloon.summary ?? balloon.bundleId), el("small", {}, balloon.subtitle ?? host)];
  if (balloon.pollOptions.length) {
    return el("div", { class: "card" }, el("b", {}, `Poll: ${balloon.title ?? balloon.summary ?? ""}`),
      ...balloon.pollOptions.map((option) => el("div", {}, `○ ${option.text}`)));
  }
  return safe ? el("a", { class: "card", href: target.href, target: "_blank", rel: "noopener noreferrer" }, ...inner) : el("div", { class: "card" }, ...inner);
}

/** The content of a bubble. */
function content(message) {
  const nodes = [];
  if (message.subject) nodes.push(el("strong", { class: "subject" }, message.subject));
  for (const attachment of message.attachments) nodes.push(file(attachment));
  const text = message.text.trim();
  if (message.balloon) nodes.push(card(message.balloon));
  if (text && !(message.balloon?.url && text === message.balloon.url)) nodes.push(el("span", { dir: "auto" }, ...linked(text)));
  if (!nodes.length) nodes.push(el("span", {}, preview({ ...message, isFromMe: false })));
  return nodes;
}

/**
 * A row of the thread.
 * options: own, group, sender, first, last, foot, quote, chosen, nameOf, onChoose
 */
export function row(message, options) {
  const { own, nameOf } = options;
  if (message.kind === "event") return el("div", { class: "event-row" }, eventText(message, nameOf));
  const who = own ? "You" : options.sender;
  const classes = ["row", own && "own", message.channel === "SMS" && "sms", options.first && "first", options.last && "last", message.tapbacks.length && "has-tapbacks"];
  const line = el("div", {
    class: classes.filter(Boolean).join(" "), role: "article", tabindex: "-1",
    "aria-label": `${who}, ${time(message.sentAt)}: ${preview({ ...message, isFromMe: false }, nameOf)}`,
  });
  if (options.group && !own && options.first) line.append(el("span", { class: "sender" }, options.sender));
  if (options.quote) line.append(el("span", { class: "reply" }, `↩ ${options.quote}`));
  const gone = message.kind === "unsent" || (message.unsentParts.length && !message.text && !message.attachments.length);
  if (gone) {
    line.append(el("span", { class: "unsent" }, own ? "You unsent a message" : `${options.sender} unsent a message`));
  } else {
    const text = message.text.trim();
    const plain = !message.attachments.length && !message.balloon && !message.subject;
    const big = plain && bigEmoji.test(text) && [...text].length <= 12;
    const media = message.attachments.length && !text && !message.balloon && message.attachments.every((one) => /^(image|audio)\//.test(one.mimeType ?? "") && one.state === "finished");
    const bubble = el("div", { class: ["bubble", big && "big", media && "media", options.chosen && "chosen"].filter(Boolean).join(" "), dir: "auto", title: moment(message.sentAt) }, ...content(message));
    if (message.tapbacks.length) {
      const names = message.tapbacks.map((one) => `${one.isFromMe ? "You" : one.sender ? nameOf(one.sender) : "Somebody"}: ${tapbackSign(one)}`).join(", ");
      const signs = [...new Set(message.tapbacks.map(tapbackSign))].slice(0, 4).join("");
      bubble.append(el("span", { class: "taps", role: "img", "aria-label": `Tapbacks. ${names}`, title: names }, signs + (message.tapbacks.length > 1 ? ` ${message.tapbacks.length}` : "")));
    }
    if (options.onChoose) bubble.addEventListener("click", (event) => { if (!event.target.closest("a, audio")) options.onChoose(message); });
    line.append(bubble);
  }
  const notes = [];
  if (message.editedAt && message.edits.length) {
    const versions = message.edits.flatMap((edit) => edit.versions.slice(0, -1)).map((version) => version.text);
    const note = el("span", { class: "foot" }, "Edited ");
    if (versions.length) note.append(el("button", { type: "button", onclick: () => { note.textContent = `Before: ${versions.join(" → ")}`; } }, "Show history"));
    notes.push(note);
  }
  if (message.effect) notes.push(el("span", { class: "foot" }, `Sent with ${message.effect.split(/[.]|CK/).at(-1).replace(/Effect$/, "")}`));
  if (options.foot) notes.push(options.foot);
  line.append(...notes);
  return line;
}

// The right side: everybody's telephone.
import { initials, tone } from "./chat.js";
import { button, h, icon } from "./dom.js";
import { act } from "./net.js";
import { now, store } from "./store.js";

const MOODS = {
  person: "waits", busy: "busy", declines: "declines", voicemail: "voicemail", unknown: "not in use",
  carrier: "carrier fails", deaf: "no answer",
};
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function phonesPane() {
  const { phones } = store.state.telnyx;
  return [
    h("header", { class: "pane-head", key: "head" }, [
      icon("phone"), h("h2", null, "Phones"), h("span", { class: "where" }, summary(phones)),
    ]),
    h("div", { class: "phones", key: "phones" }, phones.map(card)),
  ];
}

function summary(phones) {
  const ringing = phones.filter((phone) => phone.state === "ringing").length;
  const inRoom = phones.filter((phone) => phone.room).length;
  const parts = [ringing && `${ringing} ringing`, inRoom && `${inRoom} in conference`].filter(Boolean);
  return parts.join(" · ") || "all quiet";
}

function card(phone) {
  const name = phone.label || "Guest";
  const props = {
    class: `phone ${phone.state}`, key: phone.number, "aria-label": `Phone of ${name}`,
    "data-testid": "phone", "data-number": phone.number, "data-state": phone.state,
  };
  return h("article", props, [
    h("div", { class: "phone-head" }, [
      face(phone, name),
      h("div", { class: "who" }, h("strong", null, name), h("span", { class: "number" }, phone.number)),
      phone.state === "idle" ? mood(phone, name) : h("span", { class: "state" }, state(phone)),
    ]),
    phone.state === "talking" && h("div", { class: "line-state" }, [
      where(phone),
      does(phone, "hang_up", "Hang up", "hangup", "danger"),
    ]),
    phone.state !== "idle" && heard(phone),
    phone.state === "ringing" && h("div", { class: "buttons" }, [
      does(phone, "answer", "Answer", "phone", "go"),
      does(phone, "decline", "Decline", "hangup", "danger"),
    ]),
    phone.state === "idle" && h("div", { class: "buttons" }, does(phone, "call_in", "Call in", "phone", "ghost")),
    phone.state === "talking" && !phone.room && keypad(phone, name),
    phone.state === "talking" && phone.room && inRoom(phone, name),
  ]);
}

const STARS = { "*6": "mute me", "*1": "hand", "*2": "how many", "*3": "who", "*0": "call host", "*#": "the keys" };

// What somebody in a conference can do: the keys that mean something there, talk, and press their own hold button.
function inRoom(phone, name) {
  const keys = Object.entries(STARS).map(([digits, label]) =>
    button(() => tell(phone, "press", digits), { "data-testid": `star-${digits[1]}`, "aria-label": `Press ${digits}: ${label}` },
      h("b", null, digits), h("small", null, label)));
  const hold = phone.holds ? ["unhold", "Take back"] : ["hold", "Hold"];
  return h("div", { class: "in-room", key: "in-room" }, [
    h("div", { class: "keypad stars", role: "group", "aria-label": `Keys of ${name}` }, keys),
    h("form", { class: "talk", onsubmit: (event) => speak(event, phone) }, [
      h("input", { own: true, type: "text", "aria-label": `Say into the phone of ${name}`, placeholder: "say something …", "data-testid": "speak" }),
      h("button", { type: "submit", class: "button" }, "Say"),
      button(() => tell(phone, hold[0]), { class: "button", "data-testid": "hold" }, hold[1]),
    ]),
  ]);
}

function speak(event, phone) {
  event.preventDefault();
  const field = event.currentTarget.querySelector("input");
  if (field.value.trim() === "") return;
  tell(phone, "speak", field.value.trim());
  field.value = "";
}

function face(phone, name) {
  const drawing = phone.label ? initials(name) : icon("person");
  return h("span", { class: `avatar tone-${tone(name)}`, "aria-hidden": "true" }, drawing);
}

function state(phone) {
  const seconds = phone.since === null ? 0 : Math.max(0, Math.floor(now() - phone.since));
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return [phone.state === "ringing" ? icon("ring") : null, `${phone.state} ${length}`];
}

function where(phone) {
  if (!phone.room) return h("p", { class: "room" }, "not in yet");
  if (phone.held) return h("p", { class: "room in", title: phone.room }, icon("people"), "in, on hold");
  const [drawing, words] = phone.muted ? ["mute", "in, muted"] : ["people", talks(phone) ? "in, talking" : "in conference"];
  return h("p", { class: "room in", title: phone.room }, icon(drawing), words);
}

const talks = (phone) => store.state.telnyx.rooms.some((room) => room.talking === phone.number && room.name === phone.room);

const LAST = 2;
const start = new Map(); // number -> how much it had heard before its present call, or before it came in

function heard(phone) {
  const said = phone.heard.slice(start.get(phone.number) ?? 0).slice(-LAST);
  if (said.length === 0) return null;
  const lines = said.map((text) => h("p", null, `“${text}”`));
  return h("div", { class: "heard", role: "log", "aria-label": "Said to this phone" }, lines);
}

function does(phone, what, label, drawing, style) {
  const props = { key: what, class: `button ${style}`, "data-testid": what.replace("_", "") };
  return button(() => tell(phone, what), props, icon(drawing), label);
}

function keypad(phone, name) {
  const keys = KEYS.map((key) =>
    button(() => tell(phone, "press", key), { "data-testid": `key-${key}`, "aria-label": `Press ${key}` }, key));
  return h("div", { class: "keypad", role: "group", "aria-label": `Keypad of ${name}` }, keys);
}

const tell = (phone, what, digits = "") => act("phone", { number: phone.number, what, digits });

function mood(phone, name) {
  const options = Object.entries(MOODS).map(([value, label]) => h("option", { value }, label));
  const change = (event) => act("mood", { number: phone.number, mood: event.currentTarget.value });
  const label = `When called, the phone of ${name}`;
  const props = { value: phone.mood, onchange: change, "data-testid": "mood", "aria-label": label };
  return h("label", { class: "mood" }, "when called:", h("select", props, options));
}

const before = new Map(); // number -> its state when last looked at
const inside = new Set(); // numbers that were in a room then

/** Notices what changed at the phones, before they are drawn, and says it aloud once. Answers which began to ring. */
export function announce() {
  const rung = [];
  const news = [];
  for (const phone of store.state.telnyx.phones) {
    const was = before.get(phone.number);
    before.set(phone.number, phone.state);
    if (phone.state === "idle" || (phone.room && !inside.has(phone.number))) start.set(phone.number, phone.heard.length);
    if (phone.room) inside.add(phone.number);
    else inside.delete(phone.number);
    if (was === phone.state || (was === undefined && phone.state === "idle")) continue;
    const name = phone.label || phone.number;
    if (phone.state === "ringing") rung.push(phone.number);
    if (phone.state === "ringing") news.push(`${name}’s phone is ringing.`);
    if (was === "talking" && phone.state === "idle") news.push(`${name}’s call has ended.`);
  }
  if (news.length > 0) document.getElementById("live").textContent = news.join(" ");
  return rung;
}

export function show(number) {
  document.querySelector(`[data-number="${CSS.escape(number)}"]`)?.scrollIntoView({ block: "nearest" });
}

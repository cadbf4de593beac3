// The bar on top: who I am, what goes wrong, what time it is.
import { button, h, icon } from "./dom.js";
import { toggleHint } from "./hint.js";
import { act } from "./net.js";
import { names, now, store, user } from "./store.js";

const SKIPS = [[10, "10 s"], [60, "1 min"], [300, "5 min"]];

export function topBar(go) {
  return [
    h("h1", { key: "brand" }, icon("phone"), h("span", null, "Confab"), h("small", null, "sandbox")),
    me(go),
    button(() => toggleHint(go), { key: "help", class: "ghost round", "aria-label": "Three things to try" }, "?"),
    trouble(),
    clock(),
  ];
}

function me(go) {
  const called = (id) => (user(id)?.real_name || names.user(id) || id) + (user(id)?.guest ? " (guest)" : "");
  const options = store.state.me.map((id) => h("option", { value: id }, called(id)));
  const props = { value: store.me, "data-testid": "me", onchange: (event) => go.me(event.currentTarget.value) };
  return h("label", { class: "me", key: "me" }, h("span", null, "I am"), h("select", props, options));
}

function clock() {
  const { ahead } = store.state.clock;
  const time = new Date(now() * 1000).toLocaleTimeString();
  return h("div", { class: "clock", key: "clock", role: "group", "aria-label": "Clock of the sandbox" }, [
    icon("clock"),
    h("span", { class: "time" }, time, ahead >= 1 && h("small", { title: "ahead of real time" }, ` +${span(ahead)}`)),
    h("span", { class: "skips" }, h("span", { class: "skip-word" }, "skip"), SKIPS.map(skip)),
  ]);
}

function skip([seconds, label]) {
  const props = { "data-testid": `skip-${seconds}`, "aria-label": `Skip ${label}` };
  return button(() => act("clock", { seconds }), props, label);
}

function span(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// What a switch is called for people; one that is not in here shows its own name.
const CALLS = {
  api_429: "Next calls: too many requests (429)", api_500: "Next calls fail (500)",
  api_500_after: "Next calls are done, then fail (500)", api_hang: "Next calls hang",
  api_hang_after: "Next calls are done, then hang",
};
const WORDS = {
  slack: {
    ...CALLS,
    retry_after: "Seconds to wait after a 429", methods: "Which calls: names beginning with",
    bad_token: "Token is refused", twice: "Everything arrives twice", pace: "One message a second per channel",
  },
  telnyx: {
    ...CALLS,
    twice: "Webhooks arrive twice", late: "Webhooks late by up to … seconds", shuffled: "Webhooks out of order",
    dropped: "Share of webhooks lost (0 to 1)", d_code: "Every dial is refused with code", bad_key: "API key is refused",
    unknown_events: "Unknown webhooks now and then", before_answer: "Webhooks before the dial’s answer",
  },
};
const QUIET = new Set(["retry_after", "methods"]); // settings of trouble, not troubles

function trouble() {
  const sides = ["telnyx", "slack"].map((side) => [side, store.state[side].trouble ?? {}]);
  const all = sides.flatMap(([, switches]) => Object.entries(switches));
  const on = all.filter(([name, value]) => value && !QUIET.has(name)).length;
  return h("details", { class: "menu trouble", key: "trouble" }, [
    h("summary", { class: on ? "button on" : "button", "aria-label": on ? `Trouble, ${on} switched on` : "Trouble" },
      icon("warn"), h("span", { class: "word" }, "Trouble"), on > 0 && h("span", { class: "badge" }, on)),
    h("div", { class: "menu-list", role: "group", "aria-label": "Trouble" }, sides.map(switchboard)),
  ]);
}

function switchboard([side, switches]) {
  const list = Object.entries(switches).map(([name, value]) => troubleSwitch(side, name, value));
  return h("fieldset", null, h("legend", null, side === "slack" ? "Slack" : "Telnyx"), list);
}

function troubleSwitch(side, name, value) {
  const label = WORDS[side][name] ?? name.replaceAll("_", " ");
  const set = (next) => act("trouble", { side, name, value: next });
  if (typeof value === "boolean") {
    const onchange = (event) => set(event.currentTarget.checked);
    const tick = h("input", { type: "checkbox", checked: value, onchange });
    return h("label", { class: "switch", key: name }, tick, h("span", null, label));
  }
  const number = typeof value === "number";
  const kind = number ? { type: "number", min: 0, step: "any" } : { type: "text" };
  const onchange = (event) => set(number ? Number(event.currentTarget.value) || 0 : event.currentTarget.value.trim());
  const field = h("input", { ...kind, value: value ?? "", onchange });
  return h("label", { class: "switch", key: name }, h("span", null, label), field);
}

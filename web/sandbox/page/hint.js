// Three things to try, for somebody who sees the sandbox for the first time.
import { fill } from "./composer.js";
import { button, h, icon } from "./dom.js";
import { channel, isBot, isCard, people, store } from "./store.js";

const STORED = "confab.hint";
let open = stored() !== "away";
let asked = false; // for all three at once, even if some are done

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function set(next) {
  ({ open, asked } = next);
  try {
    localStorage.setItem(STORED, open ? "open" : "away");
  } catch {
    // Then it opens again next time.
  }
}

/** The question mark on top: shows all three, or puts them away. */
export function toggleHint(go) {
  const away = asked || (open && !steps(go)[0].done);
  set({ open: !away, asked: !away });
  go.pane("chat");
  document.querySelector(".hint")?.scrollIntoView({ block: "nearest" });
}

function putAway() {
  const close = () => {
    set({ open: false, asked: false });
    document.dispatchEvent(new Event("redraw"));
  };
  return button(close, { class: "ghost round", "aria-label": "Put away" }, icon("close"));
}

/** All three, until the first conference is there. */
export function hint(go) {
  const all = steps(go);
  if (!asked && (!open || all[0].done)) return null;
  return h("section", { class: "hint", key: "hint", "aria-label": "Three things to try" }, [
    h("h3", null, "Three things to try", putAway()),
    h("ol", null, all.map(step)),
  ]);
}

/** From then on a line with what is next, until all is done. */
export function nextStep(go) {
  const all = steps(go);
  const next = all.find((one) => !one.done);
  if (!open || asked || !all[0].done || !next) return null;
  return h("section", { class: "next", key: "next", "aria-label": "Next thing to try" }, [
    h("p", null, h("strong", null, "Next: "), next.what),
    button(next.run, {}, next.label),
    putAway(),
  ]);
}

function step({ done, what, label, run }) {
  return h("li", { class: done ? "done" : null }, [
    h("span", { class: "mark", "aria-hidden": "true" }),
    h("div", null, h("p", null, what, done && h("span", { class: "sr" }, " (done)")), button(run, {}, label)),
  ]);
}

function steps(go) {
  const others = people().filter((one) => one.id !== store.me).slice(0, 2).map((one) => `@${one.name}`);
  const create = `/conf create payments down ${others.join(" ")}`.trim();
  const invite = `@${store.state.slack.bot.name} invite +1 212 555 0199`;
  const card = lastCard();
  return [
    {
      what: "Start a conference: it rings people’s phones.",
      label: create,
      done: once("start", card),
      run: () => type("say", create),
    },
    {
      what: "Answer a ringing phone, then press 1 to join.",
      label: "Show the phones",
      done: once("join", joined()),
      run: () => toPhones(go),
    },
    {
      what: "Invite one more, from the conference’s thread.",
      label: invite,
      done: once("invite", invited(card)),
      run: () => {
        if (card) go.thread(card.ts);
        type(card ? "thread-say" : "say", invite);
      },
    },
  ];
}

const past = new Set();

// What was done stays done, also when the conference is over.
function once(name, isSo) {
  if (isSo) past.add(name);
  return past.has(name);
}

function toPhones(go) {
  go.pane("phones");
  (document.querySelector("[data-testid=answer]") ?? document.querySelector("#phones select"))?.focus();
}

const lastCard = () => channel(store.channel).messages.findLast(isCard);
const joined = () => store.state.telnyx.phones.some((phone) => phone.state === "talking" && phone.room);
const invited = (card) => (card?.replies ?? []).some((item) => !isBot(item.user));

function type(testid, text) {
  const field = document.querySelector(`[data-testid="${testid}"]`);
  if (!field) return;
  fill(field, text);
  field.focus();
}

// The line one types into: sends, recalls with arrow up, completes names with Tab.
import { button, h, icon } from "./dom.js";
import { act } from "./net.js";
import { people, store } from "./store.js";
import { toast } from "./toast.js";

const COMMAND = "/conf";
const sent = []; // what was sent from this page, oldest first

export function composer({ where, thread, key, testid }) {
  const place = thread ? "this thread" : where.is_im ? store.state.slack.bot.name : `#${where.name}`;
  const tips = h("div", { class: "tips", own: true });
  const field = h("textarea", {
    class: "say", own: true, rows: 1, "data-testid": testid, "aria-label": `Message to ${place}`,
    autocomplete: "off", spellcheck: "false",
    placeholder: thread ? `Reply, or @${store.state.slack.bot.name} invite …` : `Message ${place}, or ${COMMAND} …`,
    onkeydown: onKey, oninput: (event) => suggest(event.currentTarget),
  });
  const props = { type: "submit", class: "send", "data-testid": thread ? "thread-send" : "send", "aria-label": "Send" };
  const line = h("div", { class: "line" }, !thread && shortcuts(where), field, h("button", props, icon("send")));
  return h("form", { class: "composer", key, onsubmit: (event) => send(event, where, thread) }, tips, line);
}

// The lightning menu: what the app offers anywhere. A form that it opens begins with the channel one looks at.
function shortcuts(where) {
  const offered = store.state.slack.shortcuts.filter((one) => one.type === "global");
  if (offered.length === 0) return null;
  const use = ({ callback_id }) => (event) => {
    const menu = event.currentTarget.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    act("shortcut", { user: store.me, channel: where.id, callback_id });
  };
  const list = offered.map((one) => button(use(one), { "data-testid": "shortcut" }, one.name));
  return h("details", { class: "menu lightning", key: "lightning" }, [
    h("summary", { class: "round", "aria-label": "Shortcuts", "data-testid": "shortcuts" }, icon("bolt")),
    h("div", { class: "menu-list" }, list),
  ]);
}

async function send(event, where, thread) {
  event.preventDefault();
  const field = event.currentTarget.querySelector(".say");
  const text = field.value.trim();
  if (text === "") return;
  if (!allowed(text, thread)) return;
  if (sent.at(-1) !== text) sent.push(text);
  fill(field, "");
  const body = { user: store.me, channel: where.id, text };
  const accepted = text.startsWith("/") ? await act("command", body) : await act("say", { ...body, thread_ts: thread });
  if (!accepted && field.value === "") fill(field, text);
}

// Slack itself refuses these two, so the page does.
function allowed(text, thread) {
  if (!text.startsWith("/")) return true;
  if (thread) {
    toast(`Slack allows no ${COMMAND} in threads. Write “@${store.state.slack.bot.name} …” here instead.`);
    return false;
  }
  if (text.split(/\s/)[0] === COMMAND) return true;
  toast(`${text.split(/\s/)[0]} is not a command here. Try ${COMMAND} help.`);
  return false;
}

/** Puts a text into a field as if it had been typed. */
export function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

let recalling = 0; // how many lines back arrow-up has gone; 0 = not recalling

function onKey(event) {
  const field = event.currentTarget;
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    recalling = 0;
    field.form.requestSubmit();
  } else if (event.key === "ArrowUp" && (field.value === "" || recalling > 0)) recall(event, 1);
  else if (event.key === "ArrowDown" && recalling > 0) recall(event, -1);
  else if (event.key === "Tab" && !event.shiftKey && matches(field).length > 0) {
    event.preventDefault();
    complete(field, matches(field)[0]);
  } else if (event.key.length === 1) recalling = 0;
}

function recall(event, step) {
  event.preventDefault();
  recalling = Math.max(0, Math.min(sent.length, recalling + step));
  fill(event.currentTarget, recalling ? sent[sent.length - recalling] : "");
}

const typing = (field) => /(?:^|\s)@([\w.-]*)$/.exec(field.value.slice(0, field.selectionStart))?.[1];

// Nobody is offered once a name is typed out, so that Tab moves on as usual.
function matches(field) {
  const start = typing(field)?.toLowerCase();
  if (start === undefined) return [];
  const all = [store.state.slack.bot.name, ...people().map((one) => one.name)];
  const found = all.filter((name) => name.toLowerCase().startsWith(start));
  return found.some((name) => name.toLowerCase() === start) ? [] : found.slice(0, 6);
}

function complete(field, name) {
  const before = field.value.slice(0, field.selectionStart).replace(/[\w.-]*$/, `${name} `);
  fill(field, before + field.value.slice(field.selectionStart));
  field.setSelectionRange(before.length, before.length);
  field.focus();
}

// Drawn by hand, not by patch(): it follows the keyboard, not the state.
function suggest(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  const tips = field.form.querySelector(".tips");
  const buttons = matches(field).map((name, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.textContent = `@${name}`;
    button.className = index === 0 ? "first" : "";
    button.onclick = () => complete(field, name);
    return button;
  });
  tips.replaceChildren(...buttons);
}

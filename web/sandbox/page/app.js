// Puts the page together: hears the state, draws it, and knows where the visitor is.
import { channelList, channelPane, threadPane } from "./chat.js";
import { button, h, icon, patch } from "./dom.js";
import { drawModal } from "./modal.js";
import { listen } from "./net.js";
import { announce, phonesPane, show } from "./phones.js";
import { channel, isCard, myChannels, newest, recalled, remember, store } from "./store.js";
import { topBar } from "./top.js";

const part = (id) => document.getElementById(id);
const WIDE = matchMedia("(min-width: 72rem)");

const go = {
  channel(id) {
    Object.assign(store, { channel: id, thread: null, pane: "chat" });
    redraw();
  },
  thread(ts) {
    Object.assign(store, { thread: ts, pane: "thread" });
    redraw();
    focus("thread-say");
  },
  closeThread() {
    Object.assign(store, { thread: null, pane: "chat", closedThread: true });
    redraw();
    focus("say");
  },
  pane(name) {
    store.pane = name;
    redraw();
  },
  me(id) {
    remember(id);
    redraw();
  },
};

// On a touch screen the keyboard would cover what was just opened.
function focus(testid) {
  if (matchMedia("(pointer: fine)").matches) document.querySelector(`[data-testid="${testid}"]`)?.focus();
}

function redraw() {
  if (!store.state) return;
  settle();
  const stuck = atBottom();
  patch(part("top"), topBar(go));
  patch(part("channels"), channelList(go));
  patch(part("channel"), channelPane(go));
  const thread = store.thread && threadPane(go);
  patch(part("thread"), thread);
  patch(part("phones"), phonesPane());
  patch(part("tabs"), tabs());
  drawModal();
  document.body.dataset.pane = store.pane;
  document.body.dataset.thread = thread ? "open" : "none";
  notice();
  stick(stuck);
}

// Keeps "who" and "where" on something that exists.
function settle() {
  const allowed = store.state.me;
  if (!allowed.includes(store.me)) store.me = recalled(allowed);
  if (!channel(store.channel)) store.channel = nearest(store.channel === "direct").id;
  const here = channel(store.channel);
  store.seen[here.id] = newest(here);
  if (store.thread && !here.messages.some((one) => one.ts === store.thread)) {
    Object.assign(store, { thread: null, pane: "chat" });
  }
}

const nearest = (direct) => myChannels().find((one) => one.is_im === direct) ?? myChannels()[0];

// A new conference opens its thread by itself, where there is room and nobody has closed one.
function openNewThread(before) {
  if (!WIDE.matches || store.thread || store.closedThread || !before) return;
  const known = new Set(before.slack.channels.flatMap((one) => one.messages.map((item) => item.ts)));
  const fresh = channel(store.channel)?.messages.find((item) => isCard(item) && !known.has(item.ts));
  if (fresh) store.thread = fresh.ts;
}

const TABS = [["chat", "Channel", "hash"], ["thread", "Thread", "thread"], ["phones", "Phones", "phone"]];

function tabs() {
  const ringing = store.state.telnyx.phones.filter((phone) => phone.state === "ringing").length;
  const badge = ringing > 0 && h("span", { class: "badge", "aria-label": `${ringing} ringing` }, ringing);
  return TABS.map(([name, label, drawing]) => {
    const props = {
      key: name, disabled: name === "thread" && !store.thread, "data-testid": `tab-${name}`,
      "aria-current": store.pane === name ? "page" : null,
    };
    return button(() => go.pane(name), props, icon(drawing), h("span", null, label), name === "phones" && badge);
  });
}

function notice() {
  const starting = store.state.app.ready ? "" : "The bot is starting …";
  const text = store.linked ? starting : "The sandbox cannot be heard. Trying again …";
  const node = part("notice");
  if (node.textContent !== text) node.textContent = text;
}

// A list that is at its end stays at its end; one that was scrolled up stays where it is.
const lists = () => [...document.querySelectorAll("[data-stick]")];
const isAtEnd = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 60;
const atBottom = () => new Set(lists().filter(isAtEnd).map((node) => node.dataset.stick));

const met = new WeakSet(); // the lists that were drawn before; one that is opened again begins at its end, too
function stick(stuck) {
  for (const node of lists()) {
    if (stuck.has(node.dataset.stick) || !met.has(node)) node.scrollTop = node.scrollHeight;
    met.add(node);
  }
}

function onState(state) {
  const before = store.state;
  store.state = state;
  store.skew = state.clock.now - Date.now() / 1000;
  const rung = announce();
  openNewThread(before);
  redraw();
  if (rung.length > 0) show(rung[0]);
}

function onLink(linked) {
  store.linked = linked;
  if (store.state) notice();
}

document.addEventListener("redraw", redraw);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (store.thread) go.closeThread();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

listen(onState, onLink);
setInterval(redraw, 1000); // the clock and the seconds of ringing

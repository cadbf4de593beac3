// The left side: channels, the messages of one channel, and one open thread.
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { button, h, icon } from "./dom.js";
import { hint, nextStep } from "./hint.js";
import { confirmed, look as viewLook } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { act } from "./net.js";
import { channel, isBot, later, myChannels, names, newest, notes, people, store, user } from "./store.js";

export function channelList(go) {
  return myChannels().map((one) => {
    const unread = one.id !== store.channel && later(newest(one), store.seen[one.id] ?? "0");
    const props = {
      key: one.id, class: unread ? "unread" : null, "aria-current": one.id === store.channel ? "true" : null,
    };
    const mark = unread && h("span", { class: "sr" }, "unread");
    return button(() => go.channel(one.id), props, sign(one), h("span", null, title(one)), mark);
  });
}

const title = (one) => (one.is_im ? store.state.slack.bot.name : one.name);
const sign = (one) => icon(one.is_im ? "person" : "hash");

export function channelPane(go) {
  const one = channel(store.channel);
  if (!one.is_im) homeShownTo = null;
  const head = h("header", { class: "pane-head", key: "head" }, [
    sign(one), h("h2", null, title(one)), one.archived && h("span", { class: "tag" }, "archived"),
  ]);
  return [head, one.is_im && appTabs(), ...(one.is_im && store.home ? [homeTab()] : chat(one, go))];
}

function chat(one, go) {
  const list = merged(one.messages.filter(worthShowing), notes(one.id, null));
  return [
    messages(one.id, `Messages in ${title(one)}`, [
      h("div", { class: "spring", key: "spring" }),
      grouped(list).map((item) => message(item, one, go)),
      hint(go),
    ]),
    nextStep(go),
    composer({ where: one, thread: null, key: `say ${one.id}`, testid: "say" }),
  ];
}

// The two sides of a conversation with an app.
function appTabs() {
  const tab = (label, isHome, testid) => {
    const show = () => {
      store.home = isHome;
      homeShownTo = null;
      document.dispatchEvent(new Event("redraw"));
    };
    const props = { "data-testid": testid, "aria-current": Boolean(store.home) === isHome ? "page" : null };
    return button(show, props, label);
  };
  const list = [tab("Home", true, "home"), tab("Messages", false, "messages-tab")];
  return h("nav", { class: "app-tabs", key: "app-tabs", "aria-label": `Parts of ${store.state.slack.bot.name}` }, list);
}

let homeShownTo = null; // the person for whom the Home tab is on screen: the app is told once when it is opened

function homeTab() {
  if (homeShownTo !== store.me) {
    homeShownTo = store.me;
    act("home", { user: store.me });
  }
  const view = store.state.slack.views.find((one) => one.user === store.me && one.type === "home");
  const inside = view ? blocks(view.blocks, viewLook(view)) : h("p", null, "The app has not shown anything here yet.");
  const props = { class: "home-tab blocks", key: `home ${store.me}`, "aria-label": "Home", "data-testid": "home-tab" };
  return h("section", { ...props, tabindex: "0" }, inside);
}

function messages(id, label, children) {
  const props = { class: "messages", key: `list ${id}`, "data-stick": id, tabindex: "0", role: "log", "aria-label": label };
  return h("div", props, children);
}

const worthShowing = (item) => !item.deleted || item.replies.length > 0;

export function threadPane(go) {
  const one = channel(store.channel);
  const root = one.messages.find((item) => item.ts === store.thread);
  if (!root) return null;
  const list = merged(root.replies.filter((item) => !item.deleted), notes(one.id, root.ts));
  return h("section", { class: "thread", key: "thread", "data-testid": "thread", "aria-label": "Thread" }, [
    h("header", { class: "pane-head" }, [
      icon("thread"), h("h2", null, "Thread"), h("span", { class: "where" }, one.is_im ? title(one) : `#${title(one)}`),
      button(() => go.closeThread(), { class: "ghost round", "aria-label": "Close thread" }, icon("close")),
    ]),
    messages(root.ts, "Messages in the thread", [
      message({ ...root, full: true, inThread: true, isRoot: true }, one, go),
      list.length > 0 && h("div", { class: "count", key: "count" }, h("span", null, replies(root.replies.length))),
      grouped(list).map((item) => message({ ...item, inThread: true }, one, go)),
    ]),
    composer({ where: one, thread: root.ts, key: `say ${root.ts}`, testid: "thread-say" }),
  ]);
}

const replies = (count) => (count === 1 ? "1 reply" : `${count} replies`);

const merged = (messages, private_) =>
  [...messages, ...private_.map((note) => ({ ...note, ephemeral: true }))].sort((a, b) => Number(a.ts) - Number(b.ts));

const TOGETHER = 300; // seconds within which one author's messages share a heading

function grouped(list) {
  return list.map((item, index) => {
    const before = list[index - 1];
    const follows = before && author(before) === author(item) && item.ts - before.ts < TOGETHER;
    return { ...item, full: !follows || item.ephemeral === true || before.ephemeral === true };
  });
}

// A private note carries in `user` who may see it; it is the bot that wrote it.
const author = (item) => (item.ephemeral ? store.state.slack.bot.id : item.user);

function message(item, where, go) {
  const kind = ["message", item.full ? "full" : "short", item.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const props = { class: kind, key: `${item.id ?? item.ts}`, "data-ts": item.ts, "data-testid": testid(item) };
  return h("article", props, [
    item.full ? avatar(author(item)) : h("span", { class: "gutter" }, time(item.ts)),
    h("div", { class: "body" }, [
      item.ephemeral && privateMark(item),
      item.full && heading(item),
      content(item, where),
      item.files?.length > 0 && h("ul", { class: "files" }, item.files.map(file)),
      !item.inThread && !item.ephemeral && threadLink(item, where, go),
    ]),
    !item.ephemeral && !item.deleted && messageMenu(item, where),
  ]);
}

function testid(item) {
  if (item.ephemeral) return "ephemeral";
  return item.isRoot ? "thread-root" : "message";
}

function privateMark(item) {
  const away = () => {
    store.away.add(item.id);
    document.dispatchEvent(new Event("redraw"));
  };
  return h("div", { class: "private" }, icon("eye"), "Only visible to you", button(away, { class: "ghost" }, "Dismiss"));
}

function heading(item) {
  const id = author(item);
  const tag = isBot(id) && h("span", { class: "tag" }, "app");
  return h("div", { class: "heading" }, h("strong", null, called(id)), tag, h("span", { class: "time" }, time(item.ts)));
}

const called = (id) => (isBot(id) ? names.user(id) : user(id)?.real_name || user(id)?.name || id);

function content(item, where) {
  if (item.deleted) return h("p", { class: "text gone" }, "This message was deleted.");
  const mark = item.edited && !item.blocks?.length && h("span", { class: "edited" }, " (edited)");
  if (!item.blocks?.length) return item.text ? h("div", { class: "text" }, mrkdwn(item.text, names), mark) : null;
  return h("div", { class: "blocks" }, blocks(item.blocks, look(item, where)));
}

/** How the blocks of a message are drawn, and what using them does. */
function look(item, where) {
  const click = async (use) => {
    if (use.element.confirm && !(await confirmed(use.element.confirm, names))) return;
    if (use.source.ariaBusy === "true") return;
    use.source.ariaBusy = "true"; // not disabled: that would take the keyboard's focus away
    await act("click", {
      user: store.me, channel: where.id, ts: item.ts, ephemeral: item.ephemeral ? item.id : null,
      action_id: use.element.action_id, value: use.value, block_id: use.block_id, selected: use.selected,
    });
    use.source.ariaBusy = null;
  };
  return { names, users: people(), channels: myChannels(), act: click };
}

// What the app offers to do with any message.
function messageMenu(item, where) {
  const offered = store.state.slack.shortcuts.filter((one) => one.type === "message");
  if (offered.length === 0) return null;
  const use = ({ callback_id }) => (event) => {
    shut(event);
    act("about", { user: store.me, channel: where.id, ts: item.ts, callback_id });
  };
  return h("details", { class: "menu message-menu", key: "menu" }, [
    h("summary", { class: "button", "aria-label": `Actions for the message of ${time(item.ts)}`, "data-testid": "message-menu" },
      icon("more")),
    h("div", { class: "menu-list" }, offered.map((one) => button(use(one), { "data-testid": "about" }, one.name))),
  ]);
}

function shut(event) {
  const menu = event.currentTarget.closest("details");
  menu.open = false;
  menu.querySelector("summary").focus();
}

function file({ id, name, title: label, size }) {
  const words = [h("strong", null, label || name), h("span", null, [label && label !== name && name, bytes(size)].filter(Boolean).join(" · "))];
  const props = { class: "file", href: `/file/${id}`, download: name, "data-testid": "file" };
  return h("li", { key: id }, h("a", props, icon("file"), h("span", { class: "file-name" }, words)));
}

function bytes(size) {
  if (size < 1000) return `${size} bytes`;
  return size < 1_000_000 ? `${Math.round(size / 1000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

function threadLink(item, where, go) {
  const last = item.replies.at(-1);
  const mine = notes(where.id, item.ts).length;
  if (!last && mine === 0) return null;
  const more = [last && `last at ${time(last.ts)}`, mine > 0 && `${mine} only for you`].filter(Boolean).join(" · ");
  const props = { class: "thread-link", "aria-expanded": String(store.thread === item.ts) };
  const count = h("strong", null, replies(item.replies.length));
  return button(() => go.thread(item.ts), props, icon("thread"), count, h("span", null, more));
}

export function avatar(id) {
  if (isBot(id)) return h("span", { class: "avatar bot", "aria-hidden": "true" }, icon("phone"));
  const name = called(id);
  return h("span", { class: `avatar tone-${tone(name)}`, "aria-hidden": "true" }, initials(name));
}

export function initials(name) {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  return parts.slice(0, 2).map((part) => part[0].toUpperCase()).join("");
}

const TONES = 6;

/** One colour for a person, wherever they appear. */
export const tone = (name) => (people().findIndex((one) => (one.real_name || one.name) === name) + TONES) % TONES;

const time = (ts) => new Date(Number(ts) * 1000).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });

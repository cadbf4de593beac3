// What the page knows: the newest state from the server, and what this visitor has opened, typed or put away.

export const store = {
  state: null, // as sent by /events
  skew: 0, // seconds that the sandbox's clock is ahead of this machine's
  linked: true,
  me: null,
  channel: null,
  thread: null, // ts of the message whose thread is open
  pane: "chat", // which pane a narrow window shows: chat, thread or phones
  home: false, // whether my conversation with the app shows its Home tab
  seen: {}, // channel id -> newest ts that was on screen
  away: new Set(), // ephemeral messages that were put away
  closedThread: false, // a visitor who closed a thread is not shown another unasked
};

export const now = () => Date.now() / 1000 + store.skew;

export const user = (id) => store.state.slack.users.find((one) => one.id === id);
export const channel = (id) => myChannels().find((one) => one.id === id);
// Slackbot is in every workspace, says of itself that it is no bot, and has no phone.
export const people = () => store.state.slack.users.filter((one) => !one.is_bot && one.id !== "USLACKBOT");
export const isBot = (id) => user(id)?.is_bot === true || id === store.state.slack.bot.id;

/** Whether a message is the bot's and has a heading: a conference's card. */
export const isCard = (item) => isBot(item.user) && item.blocks?.[0]?.type === "header" && !item.deleted;

/** How people and channels are called in text. */
export const names = {
  user: (id) => (id === store.state.slack.bot.id ? store.state.slack.bot.name : user(id)?.name),
  channel: (id) => store.state.slack.channels.find((one) => one.id === id)?.name,
};

// Stands for my conversation with the bot until the first word in it opens the real one.
const direct = () => ({ id: "direct", name: "", is_im: true, user: store.me, archived: false, messages: [] });

/** The channels that I can see. A conversation with the bot is private to its person, and always on offer. */
export function myChannels() {
  const mine = store.state.slack.channels.filter((one) => !one.is_im || one.user === store.me);
  return mine.some((one) => one.is_im) ? mine : [...mine, direct()];
}

export const newest = (one) => one.messages.filter((message) => !message.deleted).at(-1)?.ts ?? "0";

export const later = (a, b) => Number(a) > Number(b);

/** Private notes for me in a channel (thread null) or in one thread, without those put away. */
export const notes = (channelId, thread) =>
  store.state.slack.ephemerals.filter((note) => {
    const here = note.channel === channelId && (note.thread_ts ?? null) === thread;
    return here && note.user === store.me && !store.away.has(note.id);
  });

const STORED_ME = "confab.me";

export function remember(me) {
  store.me = me;
  try {
    localStorage.setItem(STORED_ME, me);
  } catch {
    // A browser may forbid storage; then the choice lasts as long as the page.
  }
}

export function recalled(allowed) {
  try {
    const me = localStorage.getItem(STORED_ME);
    if (allowed.includes(me)) return me;
  } catch {
    // As above.
  }
  return allowed[0] ?? null;
}

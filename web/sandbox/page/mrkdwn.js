// Slack's text markup, turned into descriptions for dom.js. Text arrives with & < > escaped; it is opened only here,
// at the last moment, as the content of text nodes.
import { h } from "./dom.js";
import { drawn, emoji } from "./emoji.js";

const word = "[\\p{L}\\p{N}]";
const edge = (mark) => `${word}|[${mark}]`;
const styled = (mark, name) =>
  `(?<!${edge(mark)})[${mark}](?=\\S)(?<${name}>.+?)(?<=\\S)[${mark}](?!${edge(mark)})`;
const INLINE = new RegExp(
  [
    "`(?<code>[^`]+)`",
    "<(?<token>[^<>]+)>",
    styled("*", "bold"),
    styled("_", "italic"),
    styled("~", "strike"),
    ":(?<emoji>[a-z0-9_+'-]+):",
  ].join("|"),
  "gu",
);
const SHORTCODE = /:([a-z0-9_+'-]+):/g;

export const open = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** `names` answers user(id) and channel(id) with what people call them. */
export function mrkdwn(text, names) {
  return text.split(/```\n?([\s\S]*?)\n?```/).flatMap((part, index) => {
    if (index % 2) return h("pre", null, open(bare(part)));
    return part === "" ? [] : paragraphs(part, names);
  });
}

/** Text of a plain_text object: no markup, only shortcodes (unless switched off) and opened entities. */
export function plain(text, withEmoji = true) {
  if (!withEmoji) return broken(open(text));
  return text.split(SHORTCODE).flatMap((part, index) => (index % 2 ? emoji(part) : broken(open(part))));
}

/** One line without any markup, for labels and announcements. */
export function bare(text) {
  return text.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target, label) => label || target);
}

function paragraphs(text, names) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quote = /^(&gt;|>)/.test(line);
    const content = quote ? line.replace(/^(&gt;|>) ?/, "") : line;
    const last = groups.at(-1);
    if (last && last.quote === quote) last.lines.push(content);
    else groups.push({ quote, lines: [content] });
  }
  return groups.map(({ quote, lines }) => {
    const content = lines.flatMap((line, index) => [index > 0 && h("br"), inline(line, names)]);
    return quote ? h("blockquote", null, content) : content;
  });
}

function inline(text, names) {
  const out = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(drawn(open(text.slice(at, match.index))), piece(match.groups, names));
    at = match.index + match[0].length;
  }
  return [...out, drawn(open(text.slice(at)))];
}

function piece(found, names) {
  if (found.code !== undefined) return h("code", null, open(bare(found.code)));
  if (found.token !== undefined) return token(found.token, names);
  if (found.bold !== undefined) return h("strong", null, inline(found.bold, names));
  if (found.italic !== undefined) return h("em", null, inline(found.italic, names));
  if (found.strike !== undefined) return h("s", null, inline(found.strike, names));
  return emoji(found.emoji);
}

function token(text, names) {
  const [target, ...rest] = text.split("|");
  const label = open(rest.join("|"));
  if (target.startsWith("@")) return mention(`@${names.user(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${names.channel(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return mention(label || "@group");
  if (target.startsWith("!")) return mention(label || `@${target.slice(1)}`);
  return link(open(target), label);
}

const mention = (text) => h("span", { class: "mention" }, text);

function link(target, label) {
  if (/^(tel|mailto):/.test(target)) return h("a", { href: target }, label || target.replace(/^\w+:/, ""));
  return away(target, label || target);
}

// Only addresses of the web lead away; anything else is shown as text.
function away(url, shown) {
  if (!/^https?:\/\//.test(url)) return shown;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

// The pretty forms say "today" and its neighbours.
function near(moment) {
  const day = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((day(moment) - day(new Date())) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

// <!date^1700000000^{date_short} at {time}^https://link|fallback>
function date(target, fallback) {
  const [, seconds, format, url] = target.split("^");
  const moment = new Date(Number(seconds) * 1000);
  if (!format || Number.isNaN(moment.getTime())) return fallback;
  const text = format.replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, pretty) =>
    (pretty && near(moment)) || (Object.hasOwn(DATES, name) ? moment.toLocaleString(undefined, DATES[name]) : whole),
  );
  const shown = h("time", { datetime: moment.toISOString(), title: moment.toLocaleString() }, open(text));
  return away(url ?? "", shown);
}

const broken = (text) => text.split("\n").flatMap((line, index) => [index > 0 && h("br"), drawn(line)]);

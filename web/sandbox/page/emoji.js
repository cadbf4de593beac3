// The emoji the sandbox knows, as shortcodes or as characters. Like Slack it draws them itself, so that they look
// the same on every machine. An unknown shortcode is shown as it was written.
import { h, icon } from "./dom.js";

// Plain coloured marks are drawn by the style sheet.
const DOTS = {
  large_green_circle: "green", green_circle: "green", white_check_mark: "check", heavy_check_mark: "check",
  red_circle: "red", large_red_circle: "red", large_blue_circle: "blue", large_yellow_circle: "yellow",
  large_orange_circle: "orange", white_circle: "grey", black_circle: "black", x: "cross", no_entry: "cross",
};

const ICONS = {
  telephone_receiver: "phone", phone: "phone", telephone: "phone", calling: "ring", iphone: "ring", bell: "bell",
  mute: "mute", no_bell: "mute", speaker: "sound", loud_sound: "sound", sound: "sound", lock: "lock", unlock: "unlock",
  hourglass: "clock", hourglass_flowing_sand: "clock", stopwatch: "clock", clock1: "clock", warning: "warn",
  mailbox: "mail", mailbox_with_mail: "mail", no_mobile_phones: "hangup", crown: "crown", microphone: "mic",
  studio_microphone: "mic", bust_in_silhouette: "person", busts_in_silhouette: "people", musical_note: "note",
  pause_button: "pause", double_vertical_bar: "pause", door: "door", moneybag: "coin", raised_hand: "hand", hand: "hand",
  memo: "file", mega: "sound", bellhop_bell: "bell", arrow_forward: "play",
};

const CHARACTERS = {
  wave: "👋", tada: "🎉", eyes: "👀", thumbsup: "👍", "+1": "👍", "-1": "👎", ok_hand: "👌",
  rotating_light: "🚨", fire: "🔥", bulb: "💡", robot_face: "🤖", question: "❓", zzz: "💤",
  information_source: "ℹ️", arrow_right: "➡️", arrow_right_hook: "↪", dash: "💨", speech_balloon: "💬", link: "🔗",
  slightly_smiling_face: "🙂", smile: "😄", heart: "❤️", star: "⭐", gear: "⚙️", black_small_square: "▪️",
};

// Characters that are drawn like the shortcode they stand for.
const SAME = {
  "🟢": "green_circle", "🔴": "red_circle", "⏺": "red_circle", "🔵": "large_blue_circle", "🟡": "large_yellow_circle", "🟠": "large_orange_circle",
  "⚪": "white_circle", "⚫": "black_circle", "✅": "white_check_mark", "✔": "white_check_mark", "❌": "x", "⛔": "no_entry",
  "📞": "telephone_receiver", "☎": "telephone", "📱": "iphone", "📲": "calling", "🔔": "bell", "🔕": "no_bell", "🔇": "mute",
  "🔊": "loud_sound", "🔈": "speaker", "🔒": "lock", "🔓": "unlock", "⏳": "hourglass", "⌛": "hourglass", "⏱": "stopwatch",
  "⚠": "warning", "📫": "mailbox_with_mail", "📪": "mailbox", "📭": "mailbox", "👑": "crown", "🎤": "microphone", "🎙": "microphone",
  "🚪": "door", "👤": "bust_in_silhouette", "👥": "busts_in_silhouette", "🎵": "musical_note", "⏸": "pause_button",
  "💰": "moneybag", "✋": "raised_hand", "📝": "memo", "📣": "mega", "🛎": "bellhop_bell", "▶": "arrow_forward",
  "➡": "arrow_right", "↪": "arrow_right_hook",
};
const CHARACTER = new RegExp(`(${Object.keys(SAME).join("|")})\\uFE0F?`, "u");

/** Text with the known characters drawn. */
export function drawn(text) {
  return text.split(CHARACTER).map((part, index) => (index % 2 ? emoji(SAME[part]) : part));
}

const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

export function emoji(name) {
  const label = { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` };
  const dot = own(DOTS, name);
  if (dot) return h("span", { class: `dot dot-${dot}`, ...label });
  const drawing = own(ICONS, name);
  if (drawing) return h("span", { class: "emoji", ...label }, icon(drawing));
  const character = own(CHARACTERS, name);
  return character ? h("span", { class: "emoji", ...label }, character) : `:${name}:`;
}

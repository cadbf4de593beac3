// Block Kit, drawn as Slack draws it. What the sandbox cannot draw it names, instead of hiding it.
import { h, icon } from "./dom.js";
import { control } from "./inputs.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/**
 * `look` says how: names (see mrkdwn.js), users (whom a select may offer) and
 * act({block_id, element, value, selected, source}), called when somebody uses an element.
 */
export function blocks(list, look) {
  const key = naming(look);
  return (list ?? []).map((block) => {
    const draw = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : unknown;
    const error = look.errors?.[block.block_id];
    return h("div", { class: `block block-${block.type}`, key: key(block) }, draw(block, look, error));
  });
}

// An edited message has new block ids, but a menu that is open in it stays open: its blocks are known by what they do.
function naming(look) {
  const seen = new Map();
  return (block) => {
    if (look.form) return block.block_id;
    const name = block.accessory?.action_id ?? block.elements?.[0]?.action_id ?? block.type;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return `${name}/${seen.get(name)}`;
  };
}

export function text(object, look) {
  if (!object) return [];
  return object.type === "plain_text" ? plain(object.text, object.emoji !== false) : mrkdwn(object.text, look.names);
}

const BLOCKS = {
  header: (block, look) => h("h3", null, text(block.text, look)),
  divider: () => h("hr"),
  section: (block, look) => [
    h("div", { class: "section-main" }, [
      block.text && h("div", { class: "section-text" }, text(block.text, look)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", null, text(field, look)))),
    ]),
    block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, look)),
  ],
  context: (block, look) => (block.elements ?? []).map((item) => h("span", null, small(item, look))),
  actions: (block, look) => (block.elements ?? []).map((item) => element(item, block, look)),
  image: (block, look) => [block.title && h("div", { class: "caption" }, text(block.title, look)), picture(block)],
  input: (block, look, error) => input(block, look, error),
  markdown: (block, look) => h("div", null, mrkdwn(block.text ?? "", look.names)),
  call: (block, look) => call(block.call?.v1 ?? {}, look),
  rich_text: (block, look) => (block.elements ?? []).map((part) => h("div", null, rich(part, look))),
};

// The page asks nothing of other machines, so an image is its alternative text.
const picture = ({ alt_text: alt }) => h("span", { class: "picture", role: "img", "aria-label": alt }, icon("image"), alt);

const small = (item, look) => (item.type === "image" ? picture(item) : text(item, look));

const unknown = (block) => h("span", { class: "unknown" }, `This page cannot draw “${block.type}”.`);

// Slack's own calls; outsiders have only the name that the app gave them.
function call(one, look) {
  const inside = one.active_participants ?? [];
  const called = inside.map((user) => (user.slack_id && look.names.user(user.slack_id)) || user.display_name || user.slack_id);
  const people = one.has_ended ? "Ended" : inside.length === 0 ? "Nobody is in" : `In: ${called.join(", ")}`;
  return h("div", { class: "call", role: "group", "aria-label": "Call", "data-testid": "call" }, [
    icon("phone"),
    h("div", { class: "section-main" }, h("strong", null, one.name || "Call"),
      h("span", null, [one.display_id, people].filter(Boolean).join(" · "))),
    !one.has_ended && one.join_url && h("a", { class: "button", href: safe(one.join_url), target: "_blank", rel: "noopener noreferrer" }, "Join"),
  ]);
}

function input(block, look, error) {
  const id = `${look.form ?? "in"}-${block.block_id}`;
  const hint = block.hint && h("p", { class: "hint-text", id: `${id}-hint` }, text(block.hint, look));
  const problem = error && h("p", { class: "problem", id: `${id}-problem`, role: "alert" }, error);
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  const label = [text(block.label, look), block.optional && h("span", { class: "optional" }, " (optional)")];
  const field = control(block.element, { id, about, look, block, error });
  if (!field.grouped) return [h("label", { for: id }, label), field.node, hint, problem];
  return h("fieldset", { "aria-describedby": about || null }, h("legend", null, label), field.node, hint, problem);
}

function element(item, block, look) {
  const draw = Object.hasOwn(ELEMENTS, item.type) ? ELEMENTS[item.type] : unknown;
  return draw(item, block, look);
}

function use(item, block, look) {
  const { value = null } = item;
  return (event) =>
    look.act({ block_id: block.block_id, element: item, value, selected: null, source: event.currentTarget });
}

const ELEMENTS = {
  image: picture,
  button: (item, block, look) => {
    const props = {
      class: `button ${item.style ?? ""}`, key: `${item.action_id}/${item.value}`,
      "aria-label": item.accessibility_label, onclick: use(item, block, look),
    };
    const label = text(item.text, look);
    if (!item.url) return h("button", { ...props, type: "button" }, label);
    return h("a", { ...props, href: safe(item.url), target: "_blank", rel: "noopener noreferrer" }, label);
  },
  overflow: (item, block, look) =>
    h("details", { class: "overflow menu", key: item.action_id, ontoggle: reveal }, [
      h("summary", { class: "button", "aria-label": "More", "data-testid": "overflow" }, icon("more")),
      h("div", { class: "menu-list" }, item.options.map((option) => choice(item, block, look, option))),
    ]),
  static_select: (item, block, look) => select(item, block, look, "selected_option"),
  users_select: (item, block, look) => select(item, block, look, "selected_user"),
  conversations_select: (item, block, look) => select(item, block, look, "selected_conversation"),
  channels_select: (item, block, look) => select(item, block, look, "selected_channel"),
};

const safe = (url) => (/^https?:\/\//.test(url) ? url : "#");

// A menu at the end of a list would open out of sight.
function reveal(event) {
  if (event.currentTarget.open) event.currentTarget.querySelector(".menu-list").scrollIntoView({ block: "nearest" });
}

function choice(item, block, look, option) {
  const props = { type: "button", key: option.value, onclick: pick(item, block, look, option) };
  return h("button", props, text(option.text, look), option.description && h("small", null, text(option.description, look)));
}

function pick(item, block, look, option) {
  return (event) => {
    const menu = event.currentTarget.closest("details");
    menu.open = false;
    const source = menu.querySelector("summary");
    source.focus();
    if (option.url) window.open(safe(option.url), "_blank", "noopener,noreferrer");
    look.act({ block_id: block.block_id, element: item, value: option.value, selected: { selected_option: option }, source });
  };
}

function select(item, block, look, kind) {
  const { node } = control(item, { id: null, look, block });
  node.props["aria-label"] = item.placeholder?.text ?? "Choose";
  node.props.onchange = (event) => {
    const chosen = event.currentTarget.value;
    if (chosen === "") return;
    const picked = kind !== "selected_option" ? chosen : allOptions(item).find((option) => option.value === chosen);
    const selected = { [kind]: picked };
    look.act({ block_id: block.block_id, element: item, value: chosen, selected, source: event.currentTarget });
  };
  return node;
}

const allOptions = (item) => item.options ?? item.option_groups.flatMap((group) => group.options);

function rich(part, look) {
  return (part.elements ?? []).map((piece) => {
    if (piece.elements) return h("div", null, rich(piece, look));
    if (piece.type === "user") return mrkdwn(`<@${piece.user_id}>`, look.names);
    if (piece.type === "emoji") return plain(`:${piece.name}:`);
    const tag = piece.style?.bold ? "strong" : piece.style?.italic ? "em" : piece.style?.code ? "code" : "span";
    return h(tag, null, piece.text ?? piece.url ?? "");
  });
}

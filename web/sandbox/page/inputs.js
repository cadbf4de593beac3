// Fields that people fill in: the elements of input blocks, and reading back what was filled in.
import { h } from "./dom.js";

/**
 * Describes one field. `grouped` tells that it is several controls, to be labelled by a legend. What is chosen now stands
 * in `look.values` (a view's state); where there is none, in the element's initial values.
 */
export function control(item, { id, about, look, block, error }) {
  const shared = {
    id, key: `${block.block_id}/${item.action_id}`, "data-block": block.block_id, "data-action": item.action_id,
    "data-type": item.type, "aria-describedby": about || null, "aria-invalid": error ? "true" : null,
    required: block.type === "input" && !block.optional,
  };
  const draw = Object.hasOwn(CONTROLS, item.type) ? CONTROLS[item.type] : null;
  if (!draw) return { node: h("span", { class: "unknown" }, `This page cannot draw “${item.type}”.`) };
  return draw(item, shared, look, look.values?.[block.block_id]?.[item.action_id] ?? first(item));
}

const CONTROLS = {
  plain_text_input: (item, shared, look, now) => textField(item, shared, now, item.multiline ? "textarea" : "input"),
  number_input: (item, shared, look, now) => textField(item, { ...shared, ...number(item) }, now),
  email_text_input: (item, shared, look, now) => textField(item, { ...shared, type: "email" }, now),
  url_text_input: (item, shared, look, now) => textField(item, { ...shared, type: "url" }, now),
  datepicker: (item, shared, look, now) => textField(item, { ...shared, type: "date" }, { value: now.selected_date }),
  timepicker: (item, shared, look, now) => textField(item, { ...shared, type: "time" }, { value: now.selected_time }),
  static_select: (item, shared, look, now) => chooser(item, shared, options(item), now.selected_option?.value),
  users_select: (item, shared, look, now) => chooser(item, shared, people(look), now.selected_user),
  conversations_select: (item, shared, look, now) =>
    chooser(item, shared, conversations(item, look), now.selected_conversation),
  channels_select: (item, shared, look, now) => chooser(item, shared, publics(look), now.selected_channel),
  multi_static_select: (item, shared, look, now) => boxes(item, shared, options(item), values(now.selected_options)),
  multi_users_select: (item, shared, look, now) => boxes(item, shared, people(look), now.selected_users ?? []),
  multi_conversations_select: (item, shared, look, now) =>
    boxes(item, shared, conversations(item, look), now.selected_conversations ?? []),
  multi_channels_select: (item, shared, look, now) => boxes(item, shared, publics(look), now.selected_channels ?? []),
  checkboxes: (item, shared, look, now) => boxes(item, shared, options(item), values(now.selected_options)),
  radio_buttons: (item, shared, look, now) => boxes(item, shared, options(item), values([now.selected_option]), "radio"),
};

// Elements outside of forms have no state on this page, so they show what they begin with.
const first = (item) => ({
  value: item.initial_value, selected_option: item.initial_option, selected_options: item.initial_options,
  selected_user: item.initial_user, selected_users: item.initial_users, selected_date: item.initial_date,
  selected_time: item.initial_time, selected_conversation: item.initial_conversation,
  selected_conversations: item.initial_conversations, selected_channel: item.initial_channel,
  selected_channels: item.initial_channels,
});
const number = (item) => ({
  type: "number", min: item.min_value, max: item.max_value, step: item.is_decimal_allowed ? "any" : "1",
});
const values = (list) => (list ?? []).filter(Boolean).map((option) => option.value);
const allOptions = (item) => item.options ?? item.option_groups.flatMap((group) => group.options);
const options = (item) => allOptions(item)
  .map((option) => ({ value: option.value, label: option.text.text, more: option.description?.text, option }));
const people = (look) => look.users.map((user) => ({ value: user.id, label: user.real_name || user.name }));

const kind = (channel) => (channel.is_im ? "im" : channel.private ? "private" : "public");
const named = (channel) => ({ value: channel.id, label: channel.is_im ? "Direct messages with the app" : `#${channel.name}` });
const real = (look) => look.channels.filter((channel) => channel.id !== "direct");
const publics = (look) => real(look).filter((channel) => kind(channel) === "public").map(named);

function conversations(item, look) {
  const { include, exclude_bot_users: noBots } = item.filter ?? {};
  const offered = (channel) => (!include || include.includes(kind(channel))) && !(noBots && channel.is_im);
  return real(look).filter(offered).map(named);
}

function textField(item, shared, now, tag = "input") {
  const props = {
    ...shared, class: "field", own: true, defaultValue: now.value ?? "", placeholder: item.placeholder?.text,
    minlength: item.min_length, maxlength: item.max_length, autocomplete: "off", rows: tag === "textarea" ? 3 : null,
  };
  return { node: h(tag, props) };
}

function chooser(item, shared, choices, initial) {
  const list = choices.map(({ value, label }) => h("option", { value, selected: value === initial }, label));
  const empty = h("option", { value: "", selected: !initial }, item.placeholder?.text ?? "Choose…");
  return { node: h("select", { ...shared, class: "field" }, empty, list) };
}

function boxes(item, shared, choices, initial, type = "checkbox") {
  const { id, key, required, ...rest } = shared;
  const props = (value) => ({ type, name: key, defaultChecked: initial.includes(value), "data-value": value });
  const list = choices.map(({ value, label, more }) => {
    const words = more ? h("span", null, label, h("small", null, more)) : label;
    return h("label", { class: "choice", key: value }, h("input", { ...rest, ...props(value) }), " ", words);
  });
  return { grouped: true, node: h("div", { class: "choices", key }, list) };
}

/** What was filled in, in the shape of a view's state: {block_id: {action_id: {...}}}. */
export function filled(form, list) {
  const values = {};
  for (const block of list) {
    const item = block.element;
    if (block.type !== "input" || !item) continue;
    const same = (node) => node.dataset.block === block.block_id && node.dataset.action === item.action_id;
    const nodes = [...form.querySelectorAll("[data-action]")].filter(same);
    values[block.block_id] = { [item.action_id]: { type: item.type, ...read(item, nodes) } };
  }
  return values;
}

function read(item, nodes) {
  const ticked = nodes.filter((node) => node.checked).map((node) => node.dataset.value);
  const one = nodes[0]?.value || null;
  const option = (value) => options(item).find((choice) => choice.value === value)?.option ?? null;
  switch (item.type) {
    case "multi_users_select": return { selected_users: ticked };
    case "multi_static_select":
    case "checkboxes": return { selected_options: ticked.map(option) };
    case "radio_buttons": return { selected_option: option(ticked[0]) };
    case "static_select": return { selected_option: option(one) };
    case "users_select": return { selected_user: one };
    case "conversations_select": return { selected_conversation: one };
    case "channels_select": return { selected_channel: one };
    case "multi_conversations_select": return { selected_conversations: ticked };
    case "multi_channels_select": return { selected_channels: ticked };
    case "datepicker": return { selected_date: one };
    case "timepicker": return { selected_time: one };
    default: return { value: one };
  }
}

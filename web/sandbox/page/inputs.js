// Fields that people fill in: the elements of input blocks, and reading back what was filled in.
import { h } from "./dom.js";

/** Describes one field. `grouped` tells that it is several controls, to be labelled by a legend. */
export function control(item, { id, about, look, block, error }) {
  const shared = {
    id, key: `${block.block_id}/${item.action_id}`, "data-block": block.block_id, "data-action": item.action_id,
    "data-type": item.type, "aria-describedby": about || null, "aria-invalid": error ? "true" : null,
  };
  const draw = Object.hasOwn(CONTROLS, item.type) ? CONTROLS[item.type] : null;
  if (!draw) return { node: h("span", { class: "unknown" }, `This page cannot draw “${item.type}”.`) };
  return draw(item, shared, look);
}

const CONTROLS = {
  plain_text_input: (item, shared) => textField(item, shared, item.multiline ? "textarea" : "input"),
  number_input: (item, shared) => textField(item, { ...shared, inputmode: "numeric" }, "input"),
  email_text_input: (item, shared) => textField(item, shared, "input"),
  url_text_input: (item, shared) => textField(item, shared, "input"),
  static_select: (item, shared) => chooser(item, shared, options(item), item.initial_option?.value),
  users_select: (item, shared, look) => chooser(item, shared, people(look), item.initial_user),
  conversations_select: (item, shared, look) => chooser(item, shared, channels(look), item.initial_conversation),
  channels_select: (item, shared, look) => chooser(item, shared, channels(look), item.initial_channel),
  multi_static_select: (item, shared) => boxes(item, shared, options(item), values(item.initial_options)),
  multi_users_select: (item, shared, look) => boxes(item, shared, people(look), item.initial_users ?? []),
  checkboxes: (item, shared) => boxes(item, shared, options(item), values(item.initial_options)),
  radio_buttons: (item, shared) => boxes(item, shared, options(item), values([item.initial_option]), "radio"),
};

const values = (list) => (list ?? []).filter(Boolean).map((option) => option.value);
const options = (item) => (item.options ?? item.option_groups.flatMap((group) => group.options))
  .map((option) => ({ value: option.value, label: option.text.text, option }));
const people = (look) => look.users.map((user) => ({ value: user.id, label: user.real_name || user.name }));
const channels = (look) => look.channels.map((channel) => ({ value: channel.id, label: `#${channel.name}` }));

function textField(item, shared, tag) {
  const props = {
    ...shared, class: "field", own: true, defaultValue: item.initial_value ?? "", placeholder: item.placeholder?.text,
    maxlength: item.max_length, autocomplete: "off", rows: tag === "textarea" ? 3 : null,
  };
  return { node: h(tag, props) };
}

function chooser(item, shared, choices, initial) {
  const list = choices.map(({ value, label }) => h("option", { value, selected: value === initial }, label));
  const empty = h("option", { value: "", selected: !initial }, item.placeholder?.text ?? "Choose…");
  return { node: h("select", { ...shared, class: "field" }, empty, list) };
}

function boxes(item, shared, choices, initial, type = "checkbox") {
  const { id, key, ...rest } = shared;
  const props = (value) => ({ type, name: key, defaultChecked: initial.includes(value), "data-value": value });
  const list = choices.map(({ value, label }) =>
    h("label", { class: "choice", key: value }, h("input", { ...rest, ...props(value) }), " ", label));
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
    default: return { value: one };
  }
}

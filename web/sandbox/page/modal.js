// Dialogs: views that the app opened for me, and "are you sure?" questions.
import { blocks, text } from "./blocks.js";
import { h, patch } from "./dom.js";
import { filled } from "./inputs.js";
import { act } from "./net.js";
import { myChannels, names, people, store } from "./store.js";

/** Asks a Block Kit confirm object; answers whether it was confirmed. */
export function confirmed(question, names) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  return new Promise((answer) => {
    const part = (name) => text(question[name], { names });
    const style = question.style ?? "primary";
    patch(dialog, h("form", { method: "dialog" }, [
      h("h2", { id: "confirm-title" }, part("title")),
      h("div", { class: "text" }, part("text")),
      h("div", { class: "buttons" }, [
        h("button", { value: "no", class: "button", "data-testid": "confirm-no" }, part("deny")),
        h("button", { value: "yes", class: `button ${style}`, "data-testid": "confirm-yes" }, part("confirm")),
      ]),
    ]));
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.onclose = () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    };
    document.body.append(dialog);
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

/** Shows the newest view that is open for me, or none. Views lie on a stack; the last is on top. */
export function drawModal() {
  const dialog = document.getElementById("modal");
  const view = store.state.slack.views.findLast((one) => one.user === store.me && one.type === "modal");
  if (!view) {
    if (dialog.open) dialog.close();
    patch(dialog, null);
    return;
  }
  patch(dialog, form(view));
  dialog.oncancel = (event) => {
    event.preventDefault(); // it closes when the app's world knows that it is closed
    close(view);
  };
  if (!dialog.open) dialog.showModal();
}

const close = (view) => act("close_view", { user: store.me, view_id: view.id });

const said = (object, otherwise) => (typeof object === "string" ? object : object?.text) ?? otherwise;

function form(view) {
  const submits = Boolean(view.submit) || view.blocks.some((block) => block.type === "input");
  return h("form", { key: view.id, onsubmit: (event) => submit(event, view) }, [
    h("header", null, h("h2", { id: "modal-title" }, said(view.title, "")),
      h("button", { type: "button", class: "ghost round", "aria-label": "Close", onclick: () => close(view) }, "×")),
    h("div", { class: "blocks", tabindex: "-1" }, blocks(view.blocks, look(view)),
      view.errors?.[""] && h("p", { class: "problem", key: "problem", role: "alert" }, view.errors[""])),
    h("footer", { class: "buttons" }, [
      h("button", { type: "button", class: "button", onclick: () => close(view) }, said(view.close, "Cancel")),
      submits && h("button", { type: "submit", class: "button primary" }, said(view.submit, "Submit")),
    ]),
  ]);
}

async function submit(event, view) {
  event.preventDefault();
  const button = event.currentTarget.querySelector("[type=submit]");
  const values = filled(event.currentTarget, view.blocks);
  button.ariaBusy = "true";
  await act("submit", { user: store.me, view_id: view.id, values });
  button.ariaBusy = null;
}

export function look(view) {
  const click = async (use) => {
    if (use.element.confirm && !(await confirmed(use.element.confirm, names))) return;
    await act("click", {
      user: store.me, channel: null, ts: null, view_id: view.id, ephemeral: null,
      action_id: use.element.action_id, value: use.value, block_id: use.block_id, selected: use.selected,
    });
  };
  const errors = view.errors ?? {};
  return { names, users: people(), channels: myChannels(), act: click, errors, form: view.id, values: view.values };
}

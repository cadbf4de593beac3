// The two ways to the server: things people do go out as small posts, the whole state comes back by events.
import { toast } from "./toast.js";

const lines = new Map(); // phone or kind of deed -> the last deed on its way, so that keys arrive as they were pressed

/** Tells the server what somebody did. A refusal is shown as a toast; answers whether it was accepted. */
export function act(what, body) {
  const line = what === "phone" ? body.number : what;
  const sent = (lines.get(line) ?? Promise.resolve()).then(() => post(what, body));
  lines.set(line, sent);
  return sent;
}

async function post(what, body) {
  try {
    const response = await fetch(`/do/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.ok) toast(answer.error ?? `The sandbox answered ${response.status}.`);
    return answer.ok === true;
  } catch {
    toast("The sandbox does not answer. Is it still running?");
    return false;
  }
}

/** Calls `onState` with each new state; `onLink` with whether the sandbox can be heard. */
export function listen(onState, onLink) {
  const source = new EventSource("/events");
  source.addEventListener("state", (event) => {
    onLink(true);
    onState(JSON.parse(event.data));
  });
  source.onerror = () => {
    onLink(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(() => listen(onState, onLink), 2000);
  };
}

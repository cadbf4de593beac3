// Short notices at the foot of the page. They go away by themselves, or when pressed.

const SECONDS = 7;

export function toast(text) {
  const note = document.createElement("button");
  note.type = "button";
  note.className = "toast";
  note.dataset.testid = "toast";
  note.textContent = text;
  note.onclick = () => note.remove();
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), SECONDS * 1000);
}

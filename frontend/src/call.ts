// The call taker's form by keyboard. Looking things up while one types is htmx's; everything works without scripts.
import { announce } from "./announce";
import { forget, keep, kept } from "./kept_call";

const form = document.querySelector<HTMLFormElement>("#call-form");
const keysOn = (document.querySelector<HTMLElement>("#desk-keys")?.dataset["keys"] ?? "{}") !== "{}";

function isWriting(element: Element | null): boolean {
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

/** Go to a numbered part: to its choice if one is made, else to its first field. */
function goTo(section: string): void {
  const part = form?.querySelector(`[data-section="${section}"]`);
  part?.querySelector<HTMLElement>("input:not([type=hidden]):not([type=radio]), select, textarea, input:checked")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!form || document.querySelector("dialog[open]")) return;
  const target = event.target as HTMLElement;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const logs = target.closest(".call__part--log") !== null;
    form.requestSubmit(form.querySelector<HTMLButtonElement>(`button[value="${logs ? "log" : "file"}"]`));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Enter" && target instanceof HTMLInputElement && target.form === form) {
    // It would press the form's first button. Here it means: look it up.
    event.preventDefault();
    target.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (keysOn && /^[1-5]$/.test(event.key) && !isWriting(document.activeElement)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    goTo(event.key);
  }
});

form?.addEventListener("click", (event) => {
  const about = (event.target as HTMLElement).closest<HTMLElement>("[data-about]");
  const number = form.elements.namedItem("number");
  const kind = form.elements.namedItem("kind");
  if (!about || !(number instanceof HTMLInputElement) || !(kind instanceof HTMLSelectElement)) return;
  event.preventDefault();
  number.value = about.dataset["about"] ?? "";
  kind.value = "follow_up";
  form.querySelector<HTMLElement>("#f-note")?.focus();
});

/* A suggestion or one of the whole list, never both. Before htmx, which sends what is chosen. */
form?.addEventListener(
  "change",
  (event) => {
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement && target.name === "other" && target.value) {
      for (const one of form.querySelectorAll<HTMLInputElement>("input[name=category]")) one.checked = false;
    } else if (target instanceof HTMLInputElement && target.name === "category") {
      const list = form.elements.namedItem("other");
      if (list instanceof HTMLSelectElement) list.value = "";
    }
  },
  true,
);

/* A part that changes keeps the focus and what was typed into it while the answer was on its way. */
const REACHABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";
let focused: { name: string; value: string; place: number } | null = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = (event as CustomEvent<{ target: Element; fragment: DocumentFragment }>).detail;
  const active = document.activeElement;
  if (active && target.contains(active)) {
    const { name = "", value = "" } = active as HTMLInputElement;
    focused = { name, value, place: [...target.querySelectorAll(REACHABLE)].indexOf(active) };
  }
  for (const before of target.querySelectorAll<HTMLInputElement>("textarea[id], input[type=text][id]")) {
    const after = fragment.querySelector<HTMLInputElement>(`#${CSS.escape(before.id)}`);
    if (after && before.value) after.value = before.value;
  }
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const part = document.getElementById(((event as CustomEvent<{ target: Element }>).detail.target as HTMLElement).id);
  if (!part) return;
  if (focused) {
    const { name, value, place } = focused;
    const all = [...part.querySelectorAll<HTMLInputElement>(REACHABLE)];
    const alike = all.filter((one) => name !== "" && one.name === name);
    (alike.find((one) => one.value === value) ?? alike[0] ?? all[place] ?? part).focus();
    focused = null;
  }
  if (part.dataset["said"]) announce(part.dataset["said"]);
});

/* A session can end during a call. What is sent is kept in this tab until an answer to it is here: the call's number,
   the log's word that it is kept, or the form as it came back. A new form without one gets it back. */
form?.addEventListener("submit", () => void keep(form));

async function giveBack(empty: HTMLFormElement): Promise<void> {
  const found = await kept(empty);
  const command = found?.find(([name]) => name === "command_id")?.[1];
  if (!found || command === empty.dataset["logged"]) {
    forget();
    return;
  }
  // The server draws it, with its suggestions and questions; that takes a form of its own.
  const again = document.createElement("form");
  again.method = "post";
  again.action = empty.action;
  const token = empty.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  for (const [name, value] of [...found, ["csrfmiddlewaretoken", token], ["do", "again"]] as const) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    again.append(field);
  }
  document.body.append(again);
  again.submit();
}

if (form?.dataset["fresh"] !== undefined) void giveBack(form);
else forget();

/* Looking something up is led to the sign-in, too, and would show nothing. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const ended = document.querySelector<HTMLElement>("#call-ended");
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  if (!form || !ended || new URL(xhr.responseURL).pathname === new URL(form.action).pathname) return;
  ended.hidden = false;
});
document.querySelector("#call-ended a")?.addEventListener("click", () => {
  if (form) void keep(form);
});

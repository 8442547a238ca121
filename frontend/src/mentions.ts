// Names of colleagues in a note: after an "@" those who fit are offered. Without this script the name is typed whole.
import { announce } from "./announce";

interface Colleague {
  handle: string;
  name: string;
}
const MOST = 6;
let asked: Promise<Colleague[]> | undefined;
let field: HTMLTextAreaElement | undefined;
let found: Colleague[] = [];
let at = -1;

async function fetched(address: string): Promise<Colleague[]> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as { results: Colleague[] }).results : [];
  } catch {
    return []; // The name can still be typed whole.
  }
}

const listOf = (one: HTMLElement): HTMLElement | null => one.parentElement?.querySelector<HTMLElement>("[role=listbox]") ?? null;
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function begun(one: HTMLTextAreaElement): RegExpMatchArray | null {
  return one.value.slice(0, one.selectionStart).match(/(?:^|[^\w.@/+-])@([\p{L}\d._'-]*)$/u);
}

function close(): void {
  const list = field && listOf(field);
  if (list) list.hidden = true;
  field?.removeAttribute("aria-activedescendant");
  found = [];
  at = -1;
}

function mark(index: number): void {
  at = index;
  const items = field ? [...(listOf(field)?.children ?? [])] : [];
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  const marked = items[at];
  if (marked) field?.setAttribute("aria-activedescendant", marked.id);
}

function choose(index: number): void {
  const one = found[index];
  const match = field && begun(field);
  if (!field || !one || !match) return;
  const from = field.selectionStart - (match[1]?.length ?? 0);
  field.setRangeText(`${one.handle} `, from, field.selectionStart, "end");
  close();
}

function show(one: HTMLTextAreaElement, words: string, all: Colleague[]): void {
  const list = listOf(one);
  const wanted = plain(words);
  found = all.filter((who) => plain(who.handle).startsWith(wanted) || plain(who.name).split(" ").some((part) => part.startsWith(wanted)));
  found = found.slice(0, MOST);
  if (!list || !found.length) {
    close();
    return;
  }
  list.replaceChildren(
    ...found.map((who, place) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      item.textContent = `${who.name} @${who.handle}`;
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(place);
      });
      return item;
    }),
  );
  list.hidden = false;
  mark(0);
  announce((list.dataset["found"] ?? "").replace("{count}", String(found.length)));
}

document.addEventListener("input", (event) => {
  const one = event.target as HTMLTextAreaElement;
  if (!one.matches("textarea[data-mentions]")) return;
  const match = begun(one);
  field = one;
  if (!match) {
    close();
    return;
  }
  asked ??= fetched(one.dataset["mentions"] ?? "");
  void asked.then((all) => {
    if (document.activeElement === one && begun(one)?.[1] === match[1]) show(one, match[1] ?? "", all);
  });
});
document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});

/* Before the desk's own keys: Escape shuts the list and not the form. */
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== field || !found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark((at + step + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// What was typed into a call, kept in this tab while its sending is not answered: a session may have ended meanwhile.
const KEY = "cityhall.call";
const MINUTES = 30;

export interface KeptCall {
  /** Who typed it: nobody else gets it back. */
  taker: string;
  at: number;
  fields: [string, string][];
}

/* A browser may refuse a page its storage. Then nothing is kept, and calls are taken as ever. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

export function keep(form: HTMLFormElement): void {
  const all = [...new FormData(form)].filter((one): one is [string, string] => typeof one[1] === "string");
  const fields = all.filter(([name]) => name !== "csrfmiddlewaretoken");
  const kept: KeptCall = { taker: form.dataset["taker"] ?? "", at: Date.now(), fields };
  storage()?.setItem(KEY, JSON.stringify(kept));
}

export function forget(): void {
  storage()?.removeItem(KEY);
}

/** What is kept of this person's call; what is somebody else's, or of long ago, is forgotten. */
export function kept(taker: string): KeptCall | null {
  const text = storage()?.getItem(KEY);
  const found = text ? (JSON.parse(text) as KeptCall) : null;
  if (found && found.taker === taker && Date.now() - found.at < MINUTES * 60_000) return found;
  forget();
  return null;
}

/** Forget it in time, on whatever page the tab is left. */
export function forgetInTime(): void {
  const text = storage()?.getItem(KEY);
  if (!text) return;
  const left = (JSON.parse(text) as KeptCall).at + MINUTES * 60_000 - Date.now();
  if (left <= 0) forget();
  else setTimeout(forgetInTime, left);
}

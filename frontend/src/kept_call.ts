// What was typed into a call, kept in this tab while its sending is not answered: a session may have ended meanwhile.
// It lies there sealed. The key comes with the page, to nobody but the person who typed it, and is kept nowhere.
const KEY = "cityhall.call";
const MINUTES = 30;

export type Fields = [string, string][];

interface Kept {
  at: number;
  /** Bytes that are used for one sealing only, as AES-GCM asks for. */
  once: number[];
  sealed: number[];
}

/* A browser may refuse a page its storage, and seals nothing over http. Then nothing is kept, and calls are taken as
   ever. */
function storage(): Storage | null {
  try {
    return window.isSecureContext ? window.sessionStorage : null;
  } catch {
    return null;
  }
}

function keyOf(form: HTMLFormElement): Promise<CryptoKey> {
  const bytes = (form.dataset["key"] ?? "").match(/../g) ?? [];
  const raw = Uint8Array.from(bytes, (two) => parseInt(two, 16));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function keep(form: HTMLFormElement): Promise<void> {
  const all = [...new FormData(form)].filter((one): one is [string, string] => typeof one[1] === "string");
  const fields: Fields = all.filter(([name]) => name !== "csrfmiddlewaretoken");
  const into = storage();
  if (!into) return;
  const once = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(fields));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: once }, await keyOf(form), plain);
  const kept: Kept = { at: Date.now(), once: [...once], sealed: [...new Uint8Array(sealed)] };
  into.setItem(KEY, JSON.stringify(kept));
}

export function forget(): void {
  storage()?.removeItem(KEY);
}

function found(): Kept | null {
  const text = storage()?.getItem(KEY);
  return text ? (JSON.parse(text) as Kept) : null;
}

/** What is kept of this person's call; what is somebody else's, or of long ago, is forgotten. */
export async function kept(form: HTMLFormElement): Promise<Fields | null> {
  const here = found();
  if (!here) return null;
  try {
    if (Date.now() - here.at >= MINUTES * 60_000) throw new Error("too old");
    const how = { name: "AES-GCM", iv: Uint8Array.from(here.once) };
    const plain = await crypto.subtle.decrypt(how, await keyOf(form), Uint8Array.from(here.sealed));
    return JSON.parse(new TextDecoder().decode(plain)) as Fields;
  } catch {
    // Sealed with another person's key, too old or cut short: nothing that this person could get back.
    forget();
    return null;
  }
}

/** Forget it in time, on whatever page the tab is left. */
export function forgetInTime(): void {
  const here = found();
  if (!here) return;
  const left = here.at + MINUTES * 60_000 - Date.now();
  if (left <= 0) forget();
  else setTimeout(forgetInTime, left);
}

// Areas of a photo to cover: drawn, moved and sized with a pointer or with keys. The numbers beside it are what is sent.

type Side = "left" | "top" | "width" | "height";
type Box = Record<Side, number>;
const SIDES: readonly Side[] = ["left", "top", "width", "height"];
const LEAST = 1;

const form = document.querySelector<HTMLFormElement>("[data-cover]");
const drawing = form?.querySelector<SVGSVGElement>("[data-cover-drawing]");
const list = form?.querySelector<HTMLElement>("[data-cover-areas]");
const fresh = form?.querySelector<HTMLTemplateElement>("[data-cover-new]");
if (form && drawing && list && fresh) run(form, drawing, list, fresh);

function run(form: HTMLFormElement, drawing: SVGSVGElement, list: HTMLElement, fresh: HTMLTemplateElement): void {
  const most = Number(form.dataset["most"]);
  // The area that stands there when nothing is covered yet gives way to the first one that is drawn.
  let offered = "offered" in form.dataset;
  drawing.removeAttribute("aria-hidden");
  draw();

  function areas(): HTMLFieldSetElement[] {
    return [...list.querySelectorAll<HTMLFieldSetElement>("[data-cover-area]")];
  }

  function field(area: Element, side: Side): HTMLInputElement {
    return area.querySelector<HTMLInputElement>(`[name=${side}]`)!;
  }

  function boxOf(area: Element): Box {
    const read = (side: Side) => Number(field(area, side).value) || 0;
    return { left: read("left"), top: read("top"), width: read("width"), height: read("height") };
  }

  function write(area: Element, box: Box): void {
    offered = false;
    const width = Math.min(100, Math.max(LEAST, box.width));
    const height = Math.min(100, Math.max(LEAST, box.height));
    const kept: Box = {
      left: Math.min(100 - width, Math.max(0, box.left)),
      top: Math.min(100 - height, Math.max(0, box.top)),
      width,
      height,
    };
    for (const side of SIDES) field(area, side).value = String(Math.round(kept[side] * 10) / 10);
    draw();
  }

  function draw(): void {
    const found = areas();
    while (drawing.children.length > found.length) drawing.lastElementChild?.remove();
    found.forEach((area, place) => {
      for (const count of area.querySelectorAll("[data-cover-count]")) count.textContent = String(place + 1);
      const shape = drawing.children[place] ?? drawing.appendChild(made());
      const box = boxOf(area);
      shape.setAttribute("x", String(box.left));
      shape.setAttribute("y", String(box.top));
      shape.setAttribute("width", String(box.width));
      shape.setAttribute("height", String(box.height));
      shape.setAttribute("tabindex", "0");
      shape.setAttribute("role", "button");
      shape.setAttribute("aria-label", `${form.dataset["label"] ?? ""} ${place + 1}`);
    });
  }

  function made(): SVGRectElement {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    shape.classList.add("cover__area");
    return shape;
  }

  function add(box: Box): HTMLFieldSetElement | null {
    if (areas().length >= most) return null;
    if (!areas().length) list.replaceChildren();
    list.append(fresh.content.cloneNode(true));
    const area = areas().at(-1)!;
    write(area, box);
    return area;
  }

  function remove(area: Element): void {
    const place = areas().indexOf(area as HTMLFieldSetElement);
    area.remove();
    draw();
    const next = drawing.children[Math.min(place, drawing.children.length - 1)];
    ((next as SVGElement | undefined) ?? form.querySelector<HTMLElement>("[data-cover-add]"))?.focus();
  }

  form.addEventListener("input", () => {
    offered = false;
    draw();
  });
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (button?.matches("[data-cover-add]")) {
      event.preventDefault();
      add({ left: 40, top: 40, width: 20, height: 20 });
      (drawing.lastElementChild as SVGElement | null)?.focus();
    } else if (button?.matches("[data-cover-remove]")) {
      event.preventDefault();
      remove(button.closest("[data-cover-area]")!);
    }
  });

  drawing.addEventListener("keydown", (event) => {
    const area = areas()[[...drawing.children].indexOf(event.target as Element)];
    if (!area) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(area);
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      field(area, "left").focus();
      return;
    }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [across, down] = step as [number, number];
    const box = boxOf(area);
    if (event.shiftKey) write(area, { ...box, width: box.width + across, height: box.height + down });
    else write(area, { ...box, left: box.left + across, top: box.top + down });
  });

  function at(event: PointerEvent): [number, number] {
    const frame = drawing.getBoundingClientRect();
    const share = (value: number) => Math.min(100, Math.max(0, 100 * value));
    return [share((event.clientX - frame.left) / frame.width), share((event.clientY - frame.top) / frame.height)];
  }

  drawing.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    const place = [...drawing.children].indexOf(event.target as Element);
    if (place < 0 && offered) list.replaceChildren();
    const begun = areas()[place] ?? add({ left: x, top: y, width: LEAST, height: LEAST });
    if (!begun) return;
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    const first = boxOf(begun);
    // Near its lower right corner an area changes its size, elsewhere it moves; a new one is drawn from its corner.
    const frame = drawing.getBoundingClientRect();
    const near = (edge: number, value: number, size: number) => ((edge - value) * size) / 100 < 18;
    const sizes =
      place < 0 || (near(first.left + first.width, x, frame.width) && near(first.top + first.height, y, frame.height));
    (drawing.children[areas().indexOf(begun)] as SVGElement | undefined)?.focus();
    const move = (moved: PointerEvent) => {
      const [nowX, nowY] = at(moved);
      if (sizes) {
        const left = place < 0 ? Math.min(x, nowX) : first.left;
        const top = place < 0 ? Math.min(y, nowY) : first.top;
        const right = place < 0 ? Math.max(x, nowX) : nowX;
        const bottom = place < 0 ? Math.max(y, nowY) : nowY;
        write(begun, { left, top, width: right - left, height: bottom - top });
      } else write(begun, { ...first, left: first.left + nowX - x, top: first.top + nowY - y });
    };
    const end = () => {
      drawing.removeEventListener("pointermove", move);
      drawing.removeEventListener("pointerup", end);
      drawing.removeEventListener("pointercancel", end);
    };
    drawing.addEventListener("pointermove", move);
    drawing.addEventListener("pointerup", end);
    drawing.addEventListener("pointercancel", end);
  });
}

export {};

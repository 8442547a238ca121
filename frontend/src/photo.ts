// Shows the chosen photos before they are sent. Their place and time are read on the server, and offered there.

for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file][data-preview]")) {
  const frame = document.querySelector<HTMLElement>(input.dataset["preview"] ?? "");
  if (!frame) continue;
  let shown: string[] = [];
  input.addEventListener("change", () => {
    for (const address of shown) URL.revokeObjectURL(address);
    shown = [];
    const pictures = [...(input.files ?? [])].filter((file) => file.type.startsWith("image/"));
    frame.replaceChildren(
      ...pictures.map((file) => {
        const item = document.createElement("li");
        const figure = document.createElement("figure");
        const picture = document.createElement("img");
        const address = URL.createObjectURL(file);
        shown.push(address);
        picture.src = address;
        picture.alt = "";
        // A form of picture that this browser cannot draw goes by its name alone.
        picture.addEventListener("error", () => picture.remove());
        const words = document.createElement("figcaption");
        words.textContent = file.name;
        figure.append(picture, words);
        item.append(figure);
        return item;
      }),
    );
    frame.hidden = pictures.length === 0;
  });
}

export {};

// The map: the city's own layers, requests as shapes, a pin to place. Everything it shows is also on the page as text.
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as LibreMap, Marker, SourceSpecification, StyleSpecification, VariableAnchorOffsetCollectionSpecification } from "maplibre-gl";
import { announce } from "./announce";

type Library = typeof import("maplibre-gl");
interface Point {
  number: string;
  roughly?: boolean;
  status: string;
  title: string;
}
/** A row of the list that is looked at (`on`) or no longer; where its request is, if that is public. */
export interface Lit {
  number: string;
  on: boolean;
  lat?: number | undefined;
  lon?: number | undefined;
  status?: string | undefined;
}

const DRAWN = ["land", "water", "parks", "buildings", "streets", "boundary"];
const NAMED_AREAS = "neighbourhood";
/** From the middle to a corner of the hexagons that places are made coarse to (H3, resolution 9). */
const ROUGH_METRES = 200;
const LABEL_FONT = ["Public Sans SemiBold"];
/** The sides of what stands for requests, in px, as in map.css. */
const ROOM: Record<string, number> = { "room-s": 28, "room-m": 36, "room-l": 44, "room-xl": 52 };
/** Where the name of a neighbourhood may stand, best first: in its middle, else a little or a little more aside. */
const NAME_PLACES: VariableAnchorOffsetCollectionSpecification = [
  ...["center", [0, 0], "top", [0, 1], "bottom", [0, -1], "left", [1, 0], "right", [-1, 0]],
  ...["top", [0, 2], "bottom", [0, -2], "left", [2, 0], "right", [-2, 0], "top", [0, 3], "bottom", [0, -3]],
] as VariableAnchorOffsetCollectionSpecification;
const STATUS_SPRITE = document.querySelector<HTMLMetaElement>('meta[name="icons"]')?.content ?? "";

/** The value of one design token as the page has it now, light or dark. */
function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function style(layers: string, names: Set<string>): StyleSpecification {
  const sources: StyleSpecification["sources"] = {};
  for (const name of names) sources[name] = { type: "geojson", data: `${layers}${name}.geojson` };
  sources["rough"] = { type: "geojson", data: circles([]) };
  const has = (name: string): boolean => names.has(name);
  const line = { "line-cap": "round", "line-join": "round" } as const;
  const main = ["==", ["get", "kind"], "main"] as never;
  const width = (thin: number, wide: number) =>
    ["interpolate", ["exponential", 1.6], ["zoom"], 11, thin, 18, wide] as never;
  const street = (id: string, wanted: boolean, colour: string, thin: number, wide: number, minzoom: number) => ({
    id,
    type: "line" as const,
    source: "streets",
    minzoom,
    filter: (wanted ? main : ["!", main]) as never,
    layout: line,
    paint: { "line-color": token(colour), "line-width": width(thin, wide) },
  });
  const drawn = [
    { id: "ground", type: "background" as const, paint: { "background-color": token(has("land") ? "map-water" : "map-land") } },
    ...(has("land") ? [{ id: "land", type: "fill" as const, source: "land", paint: { "fill-color": token("map-land") } }] : []),
    ...(has("parks") ? [{ id: "parks", type: "fill" as const, source: "parks", paint: { "fill-color": token("map-park") } }] : []),
    ...(has("water")
      ? [
          { id: "water", type: "fill" as const, source: "water", paint: { "fill-color": token("map-water") } },
          { id: "shore", type: "line" as const, source: "water", paint: { "line-color": token("map-shoreline") } },
        ]
      : []),
    ...(has("buildings")
      ? [{ id: "buildings", type: "fill" as const, source: "buildings", minzoom: 14, paint: { "fill-color": token("map-building") } }]
      : []),
    ...(has("streets")
      ? [
          street("street-casing", false, "map-street-casing", 0.6, 18, 11),
          street("main-casing", true, "map-main-street-casing", 3, 31, 0),
          street("street", false, "map-street", 0.3, 15, 12),
          street("main", true, "map-main-street", 1.5, 26, 0),
        ]
      : []),
    ...(has("boundary")
      ? [
          {
            id: "boundary",
            type: "line" as const,
            source: "boundary",
            paint: { "line-color": token("map-boundary"), "line-width": 2, "line-dasharray": [4, 3] },
          },
        ]
      : []),
    { id: "rough", type: "fill" as const, source: "rough", paint: { "fill-color": token("primary"), "fill-opacity": 0.14 } },
    {
      id: "rough-edge",
      type: "line" as const,
      source: "rough",
      paint: { "line-color": token("primary"), "line-width": 2, "line-dasharray": [2, 2] },
    },
    ...(has("streets")
      ? [
          {
            id: "street-names",
            type: "symbol" as const,
            source: "streets",
            minzoom: 13,
            layout: {
              "symbol-placement": "line" as const,
              "text-field": ["get", "name"] as never,
              "text-font": LABEL_FONT,
              "text-size": 12,
              "text-padding": 12,
            },
            paint: labelPaint(),
          },
        ]
      : []),
  ];
  return { version: 8, sources, layers: drawn };
}

/** The circles in which requests are whose place is shown only roughly: a public point is the middle of its hexagon. */
function circles(middles: [number, number][]): FeatureCollection<Polygon> {
  const features = middles.map(([lon, lat]): Feature<Polygon> => {
    const up = ROUGH_METRES / 111_195;
    const aside = up / Math.cos((lat * Math.PI) / 180);
    const turn = (step: number): [number, number] => {
      const angle = (step * Math.PI) / 24;
      return [lon + aside * Math.cos(angle), lat + up * Math.sin(angle)];
    };
    const ring = Array.from({ length: 49 }, (_, step) => turn(step % 48));
    return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
  });
  return { type: "FeatureCollection", features };
}

function icon(id: string, className: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${STATUS_SPRITE}#${id}`);
  svg.append(use);
  return svg;
}

function short(count: number): string {
  if (count < 1000) return String(count);
  const thousands = count / 1000;
  return `${thousands >= 10 ? Math.round(thousands) : thousands.toFixed(1)}k`;
}

function clusterSize(count: number): string {
  return count >= 1000 ? "xl" : count >= 100 ? "l" : count >= 10 ? "m" : "s";
}

function number(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Requests as shapes and clusters, drawn as elements so that they are crisp, themed and named. */
function showPoints(map: LibreMap, library: Library, frame: HTMLElement, address: string): void {
  const shown = new Map<string, Marker>();
  const here = (): string => {
    const box = map.getBounds();
    // A little more than what is seen, so that a small move shows no gap.
    const [dx, dy] = [(box.getEast() - box.getWest()) / 4, (box.getNorth() - box.getSouth()) / 4];
    const sides = [box.getWest() - dx, box.getSouth() - dy, box.getEast() + dx, box.getNorth() + dy];
    const query = new URLSearchParams({
      bbox: sides.map((side) => side.toFixed(5)).join(","),
      zoom: map.getZoom().toFixed(1),
      language: frame.dataset["language"] ?? "en",
    });
    return new URL(`${address}${address.includes("?") ? "&" : "?"}${query}`, location.href).href;
  };
  map.addSource("requests", {
    type: "geojson",
    data: here(),
    cluster: true,
    clusterRadius: 56,
    clusterMaxZoom: 17,
    clusterProperties: { total: ["+", ["get", "count"]] },
  });
  // A layer that paints nothing. It keeps room on the map for what is drawn as elements, so that the names of streets
  // and neighbourhoods step aside; and without a layer the source would not be loaded.
  map.setMissingStyleImageResolver((id) => {
    const size = ROOM[id];
    if (size) map.addImage(id, { width: size, height: size, data: new Uint8Array(size * size * 4) });
    return Promise.resolve();
  });
  const total = ["coalesce", ["get", "total"], ["get", "count"]] as never;
  map.addLayer({
    id: "requests",
    type: "symbol",
    source: "requests",
    layout: {
      "icon-image": ["step", total, "room-s", 10, "room-m", 100, "room-l", 1000, "room-xl"],
      "icon-allow-overlap": true,
      "icon-padding": 0,
    },
  });
  const source = map.getSource("requests") as GeoJSONSource;

  const pin = (point: Point): HTMLElement => {
    const link = document.createElement("a");
    link.href = (frame.dataset["page"] ?? "").replace("NUMBER", point.number);
    link.className = point.status ? `map__pin status--${point.status}` : "map__pin map__pin--plain";
    link.dataset["number"] = point.number;
    link.title = point.title;
    link.setAttribute("aria-label", `${point.title} ${point.number}`.trim());
    // The list beside the map has the same links; a hundred more tab stops would help nobody.
    link.tabIndex = -1;
    if (point.status) link.append(icon(`status-${point.status}`, ""));
    const light = (on: boolean) => () =>
      document.dispatchEvent(new CustomEvent("cityhall:light-row", { detail: { number: point.number, on } }));
    link.addEventListener("mouseenter", light(true));
    link.addEventListener("mouseleave", light(false));
    return link;
  };

  let asked = here();
  map.on("moveend", () => {
    const now = here();
    if (now === asked) return;
    asked = now;
    source.setData(now);
  });

  const cluster = (id: number | null, count: number, at: [number, number]): HTMLElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.className = `map__cluster map__cluster--${clusterSize(count)}`;
    button.textContent = short(count);
    button.setAttribute("aria-label", (frame.dataset["clusterText"] ?? "{count}").replace("{count}", String(count)));
    button.addEventListener("click", () => {
      const closer = map.getZoom() + 2;
      const wanted = id === null ? Promise.resolve(closer) : source.getClusterExpansionZoom(id).catch(() => closer);
      void wanted.then((zoom) => map.easeTo({ center: at, zoom, duration: still() ? 0 : 200 }));
    });
    return button;
  };

  let drawnRough = "";
  const draw = (): void => {
    if (!map.isSourceLoaded("requests")) return;
    const wanted = new Set<string>();
    const rough = new Map<string, [number, number]>();
    for (const feature of map.querySourceFeatures("requests")) {
      if (feature.geometry.type !== "Point") continue;
      const at = feature.geometry.coordinates as [number, number];
      const data = feature.properties as Record<string, unknown>;
      const count = Number(data["total"] ?? data["count"]);
      const own = data["cluster"] ? Number(data["cluster_id"]) : null;
      // Clusters are numbered anew with each answer, so they are known by where they are and how many.
      const key = count > 1 ? `c${at.map((part) => part.toFixed(5)).join()}:${count}` : `p${String(data["number"])}`;
      if (data["roughly"]) rough.set(at.join(), at);
      if (wanted.has(key)) continue;
      wanted.add(key);
      if (shown.has(key)) continue;
      const element = count > 1 ? cluster(own, count, at) : pin(data as unknown as Point);
      shown.set(key, new library.Marker({ element }).setLngLat(at).addTo(map));
      // MapLibre names every marker "Map marker"; ours say what they are.
    }
    for (const [key, marker] of shown) {
      if (wanted.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
    const middles = [...rough.keys()].sort().join(";");
    if (middles === drawnRough) return;
    drawnRough = middles;
    (map.getSource("rough") as GeoJSONSource).setData(circles([...rough.values()]));
  };
  map.on("render", draw);
  // A request inside a cluster has no pin of its own: it gets one for as long as its row is looked at.
  let lent: Marker | null = null;
  document.addEventListener("cityhall:light", (event) => {
    const { number: wanted, on, lat, lon, status } = (event as CustomEvent<Lit>).detail;
    lent?.remove();
    lent = null;
    const own = shown.get(`p${wanted}`);
    own?.getElement().classList.toggle("is-lit", on);
    if (own || !on || lat === undefined || lon === undefined) return;
    const element = pin({ number: wanted, status: status ?? "", title: "" });
    element.classList.add("is-lit");
    lent = new library.Marker({ element }).setLngLat([lon, lat]).addTo(map);
  });
}

/** Line patterns of the routes, in line widths, as plans.css has them in px: colour is never alone. */
const PATTERNS: (number[] | null)[] = [null, [2.5, 1.5], [0.5, 1.5], [3, 1, 0.5, 1], [4.5, 1.5], [1.5, 1]];
const ROUTE_COLOURS = ["chart-1", "chart-4", "chart-3", "chart-2", "chart-7", "chart-8"];

/** Crews' routes: a line each, and its stops by letter and number, which lead to the list. */
async function showRoutes(map: LibreMap, library: Library, address: string): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const routes = (await answer.json()) as FeatureCollection;
  map.addSource("routes", { type: "geojson", data: routes });
  PATTERNS.forEach((pattern, index) => {
    map.addLayer({
      id: `route-${index + 1}`,
      type: "line",
      source: "routes",
      filter: ["all", ["==", ["geometry-type"], "LineString"], ["==", ["get", "route"], index + 1]],
      layout: { "line-join": "round" },
      paint: {
        "line-color": token(ROUTE_COLOURS[index] ?? "ink"),
        "line-width": 4,
        ...(pattern ? { "line-dasharray": pattern } : {}),
      },
    });
  });
  for (const { geometry, properties } of routes.features) {
    if (geometry.type !== "Point") continue;
    const said = (properties ?? {}) as Record<string, unknown>;
    const link = document.createElement("a");
    link.href = `#stop-${String(said["key"])}`;
    link.className = `route-mark route--${Number(said["route"])}`;
    link.textContent = String(said["label"]);
    link.title = String(said["title"]);
    link.tabIndex = -1;
    new library.Marker({ element: link }).setLngLat(geometry.coordinates as [number, number]).addTo(map);
  }
}

/** Rows of open data as dots that lead to their rows, and from vector tiles groups of rows, larger the more they are. */
function showRows(map: LibreMap, frame: HTMLElement, source: SourceSpecification): void {
  map.addSource("data", source);
  const isTiled = source.type === "vector";
  if (isTiled) {
    map.addLayer({
      id: "data-groups",
      type: "circle",
      source: "data",
      "source-layer": "groups",
      paint: {
        ...rowPaint(),
        "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "count"]], 0, 3, 7, 8, 14, 14],
      },
    });
  }
  map.addLayer({
    id: "data-rows",
    type: "circle",
    source: "data",
    ...(isTiled ? { "source-layer": "rows" } : {}),
    // From far away a row is no larger than a group of one: tiles of rows stand beside tiles of groups.
    paint: { ...rowPaint(), "circle-radius": isTiled ? ["interpolate", ["linear"], ["zoom"], 12, 3, 16, 6] : 5 },
  });
  map.on("click", "data-rows", (event) => {
    const row = event.features?.[0]?.properties[":id"] as unknown;
    if (typeof row === "string") location.assign((frame.dataset["rowPage"] ?? "").replace("NUMBER", encodeURIComponent(row)));
  });
  map.on("click", "data-groups", (event) => {
    map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2, duration: still() ? 0 : 200 });
  });
  for (const layer of ["data-rows", "data-groups"]) {
    map.on("mouseenter", layer, () => map.getCanvas().classList.add("is-over"));
    map.on("mouseleave", layer, () => map.getCanvas().classList.remove("is-over"));
  }
}

function rowPaint() {
  const edge = { "circle-stroke-color": token("surface"), "circle-stroke-width": 1 };
  return { "circle-color": token("primary"), "circle-opacity": 0.8, ...edge };
}

/** The rows of one page, as GeoJSON at an address. */
async function showFeatures(map: LibreMap, frame: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const found = (await answer.json()) as FeatureCollection;
  const features = found.features
    .filter(({ geometry }) => geometry !== null)
    .map((one): Feature => ({ ...one, properties: { ...one.properties, ":id": one.id } }));
  showRows(map, frame, { type: "geojson", data: { type: "FeatureCollection", features } });
}

/** One pin to place: by click, by dragging, or by moving the map and pressing the button below it. */
function placePin(map: LibreMap, library: Library, frame: HTMLElement): void {
  const scope = frame.closest("form") ?? document;
  const field = (name: string): HTMLInputElement | null => scope.querySelector(`input[name="${name}"]`);
  const element = document.createElement("div");
  element.className = "map__drop";
  element.append(icon("pin", ""));
  const marker = new library.Marker({ element, anchor: "bottom", draggable: true });
  let placed = false;

  const put = (lat: number, lon: number, by: string): void => {
    marker.setLngLat([lon, lat]);
    if (!placed) marker.addTo(map);
    placed = true;
    const latField = field("lat");
    const lonField = field("lon");
    if (latField) latField.value = lat.toFixed(6);
    if (lonField) lonField.value = lon.toFixed(6);
    if (by === "map") announce(frame.dataset["placedText"] ?? "");
    frame.dispatchEvent(new CustomEvent("cityhall:placed", { bubbles: true, detail: { lat, lon, by } }));
  };

  const lat = number(field("lat")?.value) ?? number(frame.dataset["lat"]);
  const lon = number(field("lon")?.value) ?? number(frame.dataset["lon"]);
  if (lat !== null && lon !== null) {
    put(lat, lon, "form");
    map.jumpTo({ center: [lon, lat], zoom: 16 });
  }
  map.on("click", (event) => put(event.lngLat.lat, event.lngLat.lng, "map"));
  marker.on("dragend", () => {
    const at = marker.getLngLat();
    put(at.lat, at.lng, "map");
  });
  document.querySelector<HTMLButtonElement>(frame.dataset["middleButton"] ?? "#none")?.addEventListener("click", () => {
    const at = map.getCenter();
    put(at.lat, at.lng, "map");
  });
  document.addEventListener("cityhall:place", (event) => {
    const { lat: newLat, lon: newLon } = (event as CustomEvent<{ lat: number; lon: number }>).detail;
    put(newLat, newLon, "form");
    map.easeTo({ center: [newLon, newLat], zoom: Math.max(map.getZoom(), 16), duration: still() ? 0 : 200 });
  });
}

/** Names of neighbourhoods, one each, for as long as the streets are too small to be named. */
async function nameAreas(map: LibreMap, address: string): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) return;
  const areas = (await answer.json()) as FeatureCollection<Polygon | MultiPolygon>;
  // A point each, since an area that crosses the edge of a tile would be named on both sides of it.
  const points = areas.features.map(({ geometry, properties }): Feature => {
    const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
    const ring = (rings[0] ?? []) as [number, number][];
    const middle = (of: number[]): number => (Math.min(...of) + Math.max(...of)) / 2;
    const at = [middle(ring.map(([lon]) => lon)), middle(ring.map(([, lat]) => lat))];
    return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
  });
  map.addSource("areas", { type: "geojson", data: { type: "FeatureCollection", features: points } });
  // Below the requests, which keep their room: a name is put beside a cluster, not under it.
  const areaNames = {
    id: "areas",
    type: "symbol",
    source: "areas",
    maxzoom: 14,
    layout: {
      "text-field": ["get", "name"],
      "text-font": LABEL_FONT,
      "text-size": 12,
      "text-max-width": 7,
      "text-padding": 1,
      "text-variable-anchor-offset": NAME_PLACES,
    },
    paint: labelPaint(),
  } satisfies LayerSpecification;
  map.addLayer(areaNames, map.getLayer("requests") ? "requests" : undefined);
}

function labelPaint(): { "text-color": string; "text-halo-color": string; "text-halo-width": number } {
  return { "text-color": token("map-label"), "text-halo-color": token("map-label-halo"), "text-halo-width": 1.5 };
}

/** Put the colours of the page's present mode on the map and keep what was added to it since it was made. */
function recolour(map: LibreMap, fresh: StyleSpecification): void {
  const own = new Set(fresh.layers.map((layer) => layer.id));
  map.setStyle(fresh, {
    transformStyle: (before, after) => ({
      ...after,
      sources: { ...before?.sources, ...after.sources },
      layers: [...after.layers, ...(before?.layers ?? []).filter((layer) => !own.has(layer.id))],
    }),
  });
  map.once("styledata", () => {
    ROUTE_COLOURS.forEach((colour, index) => {
      const layer = `route-${index + 1}`;
      if (map.getLayer(layer)) map.setPaintProperty(layer, "line-color", token(colour));
    });
    for (const layer of ["data-rows", "data-groups"]) {
      if (!map.getLayer(layer)) continue;
      for (const name of ["circle-color", "circle-stroke-color"] as const) map.setPaintProperty(layer, name, rowPaint()[name]);
    }
    if (!map.getLayer("areas")) return;
    map.setPaintProperty("areas", "text-color", token("map-label"));
    map.setPaintProperty("areas", "text-halo-color", token("map-label-halo"));
  });
}

function still(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// The library speaks English of itself; the page hands over its own words for what the library would say.
function words(frame: HTMLElement): Record<string, string> {
  const said: [string, string | undefined][] = [
    ["Map.Title", frame.dataset["mapLabel"]],
    ["NavigationControl.ZoomIn", frame.dataset["closerText"]],
    ["NavigationControl.ZoomOut", frame.dataset["fartherText"]],
  ];
  return Object.fromEntries(said.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

async function start(frame: HTMLElement): Promise<void> {
  const library = (await import(frame.dataset["lib"] ?? "")) as Library;
  library.setWorkerUrl(frame.dataset["worker"] ?? "");
  const layers = frame.dataset["layers"] ?? "";
  const names = new Set((frame.dataset["layerNames"] ?? "").split(",").filter((name) => DRAWN.includes(name)));
  // Labels are drawn with the page's own font, so it has to be there before the first label.
  await document.fonts.load(`16px "${LABEL_FONT[0]}"`).catch(() => undefined);
  const bounds = frame.dataset["bounds"]?.split(",").map(Number);
  const lat = number(frame.dataset["lat"]);
  const lon = number(frame.dataset["lon"]);
  const map = new library.Map({
    container: frame,
    style: style(layers, names),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    ...(bounds?.length === 4 && bounds.every(Number.isFinite)
      ? { bounds: bounds as [number, number, number, number], fitBoundsOptions: { padding: 12 } }
      : {}),
    ...(lat !== null && lon !== null ? { center: [lon, lat] as [number, number], zoom: 16 } : {}),
    locale: words(frame),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => {
    frame.dataset["ready"] = "yes";
    const points = frame.dataset["points"];
    if (points) showPoints(map, library, frame, points);
    const routes = frame.dataset["routes"];
    if (routes) void showRoutes(map, library, routes);
    const { tiles, features } = frame.dataset;
    if (tiles) showRows(map, frame, { type: "vector", tiles: [`${location.origin}${tiles}`], maxzoom: 20 });
    if (features) void showFeatures(map, frame, features);
  });
  map.on("idle", () => {
    frame.dataset["drawn"] = "yes";
  });
  const mode = frame.dataset["map"];
  if (mode === "place") placePin(map, library, frame);
  if (mode === "show" && lat !== null && lon !== null) {
    if (frame.dataset["roughly"]) {
      map.once("load", () => (map.getSource("rough") as GeoJSONSource).setData(circles([[lon, lat]])));
      map.setZoom(15);
    }
    const element = document.createElement("div");
    element.className = frame.dataset["status"] ? `map__pin status--${frame.dataset["status"]}` : "map__drop";
    element.append(icon(frame.dataset["status"] ? `status-${frame.dataset["status"]}` : "pin", ""));
    new library.Marker({ element, anchor: frame.dataset["status"] ? "center" : "bottom" }).setLngLat([lon, lat]).addTo(map);
  }
  if (frame.dataset["points"] && (frame.dataset["layerNames"] ?? "").split(",").includes(NAMED_AREAS)) {
    map.once("load", () => void nameAreas(map, `${layers}${NAMED_AREAS}.geojson`));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour(map, style(layers, names)));
}

const watched = new WeakSet<Element>();

function watchMap(frame: HTMLElement): void {
  if (watched.has(frame)) return;
  watched.add(frame);
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    start(frame).catch((problem: unknown) => {
      frame.dataset["ready"] = "failed";
      const words = document.createElement("p");
      words.className = "map__failed";
      words.textContent = frame.dataset["failedText"] ?? "";
      frame.append(words);
      console.warn("map", problem);
    });
  });
  watch.observe(frame);
}

function watchMaps(): void {
  for (const frame of document.querySelectorAll<HTMLElement>("[data-map]")) watchMap(frame);
}

watchMaps();
// The desk swaps a pane with another map in.
document.addEventListener("cityhall:maps", watchMaps);

/* A plot is drawn by tapping its corners; what counts is the field with the corners.
   Without this script they are typed. */
(() => {
  "use strict";
  const WIDTH = 640, HEIGHT = 480, DEGREE = 111320, TAP = 8, ROUGH = 30;
  const SVG = "http://www.w3.org/2000/svg";
  const STEPS = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] };
  const ROUND = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
  const box = document.querySelector("[data-map]");
  const map = box?.querySelector("[data-draw]");
  const field = document.getElementById("corners");
  const source = document.querySelector("input[name=source]");
  if (!map || !field || !source) return;
  const told = box.querySelector("[data-told]");
  const lang = document.documentElement.lang;
  const view = { east: +map.dataset.east, north: +map.dataset.north, metres: +map.dataset.metres };
  const perEast = () => DEGREE * Math.cos(view.north * Math.PI / 180);
  const place = ([east, north]) => [
    WIDTH / 2 + (east - view.east) * perEast() / view.metres,
    HEIGHT / 2 - (north - view.north) * DEGREE / view.metres];
  const ground = (x, y) => [
    view.east + (x - WIDTH / 2) * view.metres / perEast(),
    view.north - (y - HEIGHT / 2) * view.metres / DEGREE];
  const say = (text, words) => {
    told.textContent = text.replace(/\{(\w+)\}/g, (_, name) => words?.[name] ?? "");
  };

  map.querySelectorAll(".pm--new").forEach((old) => old.remove());
  const outline = map.appendChild(document.createElementNS(SVG, "path"));
  outline.setAttribute("class", "pm pm--new");
  const dots = map.appendChild(document.createElementNS(SVG, "g"));
  const cross = map.appendChild(document.createElementNS(SVG, "path"));
  cross.setAttribute("class", "pm-x");
  cross.setAttribute("d", `M${WIDTH / 2 - 12} ${HEIGHT / 2}h24M${WIDTH / 2} ${HEIGHT / 2 - 12}v24`);

  /* Only lines that are plainly two decimal numbers; others wait for the server. */
  const number = (text) => parseFloat(text.replace(",", "."));
  const corners = () => field.value.split("\n").map((line) => {
    const parts = line.trim().split(/\s*;\s*|,\s+|\s+/).filter(Boolean);
    return parts.length === 2 ? [number(parts[1]), number(parts[0])] : [NaN, NaN];
  }).filter(([east, north]) => Number.isFinite(east) && Number.isFinite(north));

  const written = (value) => lang === "vi" ? value.toFixed(7).replace(".", ",") : value.toFixed(7);

  function add([east, north], from) {
    const before = field.value.replace(/\s+$/, "");
    field.value = `${before}${before ? "\n" : ""}${written(north)} ${written(east)}`;
    source.value = from;
    changed();
  }

  function undo() {
    field.value = field.value.replace(/\s+$/, "").split("\n").slice(0, -1).join("\n");
    changed();
  }

  function changed() {
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* Flat, for the hint while drawing; what counts is measured by the server. */
  function hectares(points) {
    const [east0, north0] = points[0];
    const flat = points.map(([east, north]) => [(east - east0) * perEast(), (north - north0) * DEGREE]);
    const twice = flat.reduce((sum, [x, y], i) => {
      const [u, v] = flat[(i + 1) % flat.length];
      return sum + x * v - u * y;
    }, 0);
    return Math.abs(twice) / 2 / 10000;
  }

  function drawn() {
    const points = corners();
    outline.setAttribute("d", points.length > 1 ? `M${points.map((p) => place(p).join(" ")).join("L")}Z` : "");
    dots.replaceChildren(...points.map((point, index) => {
      const [x, y] = place(point);
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("class", index === points.length - 1 ? "pm-d pm-d--last" : "pm-d");
      dot.setAttribute("cx", x); dot.setAttribute("cy", y); dot.setAttribute("r", 8);
      return dot;
    }));
    if (points.length > 2) {
      const area = hectares(points).toLocaleString(lang, { maximumFractionDigits: 2 });
      say(box.dataset.area, { count: points.length, area });
    } else if (points.length) say(box.dataset.few, { count: points.length });
  }

  function moved() {
    for (const path of map.querySelectorAll("[data-rings]"))
      path.setAttribute("d", path.dataset.rings.split(";").map((ring) =>
        `M${ring.split(" ").map((p) => place(p.split(",").map(Number)).join(" ")).join("L")}Z`).join(" "));
    for (const mark of map.querySelectorAll("[data-at]"))
      mark.setAttribute("transform", `translate(${place(mark.dataset.at.split(",").map(Number)).join(" ")})`);
    const length = ROUND.filter((one) => one <= 200 * view.metres).pop() ?? ROUND[0];
    const scale = map.querySelector("[data-scale]");
    scale.firstElementChild.setAttribute("d", `M20 462v6h${length / view.metres}v-6`);
    scale.lastElementChild.textContent = `${length.toLocaleString(lang)} m`;
    drawn();
  }

  function here() {
    if (!navigator.geolocation) { say(box.dataset.lost); return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const metres = Math.round(coords.accuracy);
      if (metres > ROUGH) { say(box.dataset.rough, { metres }); return; }
      [view.east, view.north] = [coords.longitude, coords.latitude];
      add([coords.longitude, coords.latitude], "walked");
      moved();
      say(box.dataset.here, { metres });
    }, () => say(box.dataset.lost), { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  }

  function act(what) {
    if (what === "here") here();
    else if (what === "undo") undo();
    else if (what === "centre") add([view.east, view.north], "drawn");
    else {
      if (what === "in") view.metres = Math.max(0.05, view.metres / 1.6);
      else if (what === "out") view.metres = Math.min(400, view.metres * 1.6);
      else {
        const [x, y] = STEPS[what];
        [view.east, view.north] = ground(WIDTH / 2 + x * 120, HEIGHT / 2 - y * 120);
      }
      moved();
    }
  }

  /* ---- a finger that stays is a corner, one that wanders moves the map */
  let held = null;
  const where = (event) => {
    const size = map.getBoundingClientRect();
    return [(event.clientX - size.left) * WIDTH / size.width, (event.clientY - size.top) * HEIGHT / size.height];
  };
  map.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) { held = null; return; }
    held = { from: where(event), at: where(event), far: false };
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = where(event);
    held.far ||= Math.hypot(x - held.from[0], y - held.from[1]) > TAP;
    if (held.far) {
      [view.east, view.north] = ground(WIDTH / 2 - x + held.at[0], HEIGHT / 2 - y + held.at[1]);
      moved();
    }
    held.at = [x, y];
  });
  map.addEventListener("pointerup", (event) => {
    const tapped = held && !held.far;
    held = null;
    if (tapped) add(ground(...where(event)), "drawn");
  });
  map.addEventListener("pointercancel", () => { held = null; });
  for (const button of box.querySelectorAll("[data-do]"))
    button.addEventListener("click", () => act(button.dataset.do));
  field.addEventListener("input", drawn);
  box.querySelector("[data-js]").hidden = false;
  moved();
})();

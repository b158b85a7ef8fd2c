/* Pages of notes: what is sent is kept first, and what waits is shown. Without this
   script a form is sent as any other. */
(() => {
  "use strict";
  const box = document.querySelector("[data-outbox]");
  if (!box || !self.indexedDB) return;
  const shown = box.querySelector("ul");
  const words = shown.dataset;
  const pattern = box.querySelector("template");
  const form = document.querySelector("form[data-note]");
  const last = new Map(); // id -> what the server or the network said last
  const AGAIN = 20000; // ms between tries while a page is open
  const ZONE = "Asia/Ho_Chi_Minh";
  const PICKING = "/lo/hai";
  let who = box.dataset.who;

  const field = (name) => form.elements.namedItem(name);
  const NUMBER = form?.dataset.id || "note_id"; // the field that the server knows it by
  const state = (id) => last.get(id) ?? last.get("") ?? { state: "kept" };

  /* ---- the list of what waits */
  async function render() {
    const notes = await outbox.list().catch(() => []);
    const mine = notes.filter((note) => note.who === who && note.id !== form?.dataset.key);
    const sent = [...last].filter(([, one]) => one.state === "sent" && one.title);
    shown.replaceChildren(...mine.map(item), ...sent.map(([, one]) => done(one)));
    const others = notes.filter((note) => note.who !== who).length;
    const line = box.querySelector("[data-others]");
    line.hidden = !others;
    line.textContent = line.dataset.others.replace("{number}", others);
    box.hidden = !mine.length && !sent.length && !others;
    return mine;
  }

  function row(title, at, said) {
    const one = pattern.content.cloneNode(true);
    one.querySelector("[data-title]").textContent = title;
    one.querySelector("[data-at]").textContent = at;
    one.querySelector("[data-state]").textContent = said;
    return one;
  }

  function item(note) {
    const now = note.said ? { state: "refused" } : state(note.id);
    const time = new Date(note.at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
    const said = { "kept": words.kept, "after": words.after, "sending": words.sending, "signed-out": words.signedOut,
      "refused": words.refused.replace("{said}", (note.said ?? []).join(" ")) }[now.state];
    const one = row(note.title, words.written.replace("{time}", time), said ?? words.kept);
    const offer = (name, on, act) => {
      const button = one.querySelector(`[data-${name}]`);
      button.hidden = !on;
      button.onclick = act;
      return button;
    };
    offer("enter", now.state === "signed-out").href = box.dataset.signIn;
    offer("send", now.state !== "sending" && now.state !== "signed-out", () => retry(note));
    offer("edit", note.said, () => edit(note));
    const pack = offer("pack", note.url === PICKING);
    pack.href += `?hai=${note.id}`;
    offer("drop", now.state !== "sending", (event) => discard(note, event.currentTarget));
    return one;
  }

  function done(one) {
    const found = row(one.title, "", words.sent);
    const link = found.querySelector("[data-open]");
    link.href = one.url;
    link.hidden = false;
    return found;
  }

  async function discard(note, button) {
    if (!button.dataset.asked) { // the second tap means it
      button.dataset.asked = "1";
      button.textContent = button.dataset.sure;
      return;
    }
    await outbox.drop(note.id);
    render();
  }

  async function retry(note) {
    if (note.said) await outbox.keep({ ...note, said: undefined });
    flush();
  }

  /* The note becomes the draft of its form, and keeps its number: whatever the
     server already has of it, it is not stored twice. */
  function edit(note) {
    const values = note.fields.filter(([name, value]) =>
      !/^(note_id|event_id|written_at)$/.test(name) && typeof value === "string"); // photos are chosen anew
    const rows = {};
    for (const [name] of values) {
      const row = /^([a-z]+)-(\d+)-/.exec(name);
      if (row) rows[row[1]] = Math.max(rows[row[1]] ?? 0, Number(row[2]) + 1);
    }
    const at = new Date(note.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const draft = { at, values: values.map(([name, value]) => [name, value, null]), rows };
    localStorage.setItem(note.draft, JSON.stringify(draft));
    localStorage.setItem(`${note.draft}:id`, note.id);
    location.href = note.url;
  }

  /* ---- sending */
  let timer;
  async function flush() {
    clearTimeout(timer);
    for (const [id, one] of last) if (one.state !== "sent") last.delete(id);
    const titles = new Map((await render()).map((note) => [note.id, note.title]));
    await outbox.flush((id, now) => {
      last.set(id, { ...now, title: titles.get(id) });
      render();
    }).catch(() => {}); // the store is away; the next try asks again
    if ((await render()).some((note) => !note.said)) timer = setTimeout(flush, AGAIN);
  }

  /* ---- the form */
  const twenty2 = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

  function prepare() {
    const key = `draft:${form.dataset.draft}`;
    const drafted = localStorage.getItem(key);
    const editing = drafted && localStorage.getItem(`${key}:id`);
    form.dataset.key = field(NUMBER).value;
    form.addEventListener("submit", (event) => submit(event, key));
    if (document.getElementById("loi")) return; // the server's answer to this very note
    // A kept page would give each note the same number, and the day it was kept.
    field(NUMBER).value = form.dataset.key = editing || twenty2();
    if (drafted) return;
    const told = (options) => new Date().toLocaleString("en-GB", { timeZone: ZONE, ...options });
    field("day").value = told({ day: "2-digit", month: "2-digit", year: "numeric" });
    field("hour").value = told({ hour: "2-digit", minute: "2-digit" });
  }

  function noteOf(key) {
    const at = new Date().toISOString();
    field("written_at").value = at;
    const after = form.dataset.after && field(form.dataset.after).value; // sent before it
    const fields = [...new FormData(form)].filter(([name, value]) =>
      !/^(csrf_token|idempotency_key)$/.test(name) && value.size !== 0); // no photo is an empty file
    return { id: form.dataset.key, who, url: location.pathname, title: form.dataset.note, draft: key, at, after, fields };
  }

  async function submit(event, key) {
    if (event.submitter?.name) return; // a row more or less
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    const note = noteOf(key);
    busy(event.submitter, true);
    try { await outbox.keep(note); } catch {
      if (navigator.onLine) return form.submit(); // as without a script
      busy(event.submitter, false);
      return say(words.noStore);
    }
    // It waits in one place only, or it would be written twice.
    for (const one of [key, `${key}:id`]) localStorage.removeItem(one);
    sessionStorage.removeItem("sent");
    navigator.storage?.persist?.();
    await settle(note);
  }

  function busy(button, on) {
    form.inert = on;
    if (on) form.dataset.sent = "1";
    else delete form.dataset.sent;
    button?.[on ? "setAttribute" : "removeAttribute"]("aria-busy", "true");
  }

  async function settle(note) {
    let now = { state: "kept" };
    await outbox.flush((id, one) => { if (!id || id === note.id) now = one; }, note.id).catch(() => {});
    if (last.get(note.id)?.state === "sent") now = last.get(note.id); // by another page
    if (now.state === "refused") {
      field("csrf_token").value = now.csrf; // that of a kept page may be of another session
      return form.submit(); // the server shows its answer beside the fields
    }
    if (now.state === "sent") { location.href = now.url; return; }
    delete form.dataset.key;
    form.hidden = true;
    last.set("", now);
    box.querySelector("[data-again]").hidden = false;
    await render();
    box.querySelector("h2").focus();
    timer = setTimeout(flush, AGAIN);
    (await navigator.serviceWorker?.getRegistration())?.sync?.register("outbox").catch(() => {});
  }

  function say(text) {
    box.hidden = false;
    shown.replaceChildren(Object.assign(document.createElement("li"), { textContent: text }));
  }

  /* ---- forms kept for later, on an own phone alone */
  async function keepForms() {
    if (!("own" in box.dataset) || !navigator.serviceWorker || !self.caches) return;
    await navigator.serviceWorker.register("/worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const links = [...document.querySelectorAll("a[data-keep]")].map((link) => link.pathname);
    if (form) links.push(location.pathname);
    active.postMessage(links.slice(0, 8));
  }

  /* The page without a network knows by the kept pages who is here. */
  async function withoutNetwork() {
    const place = document.querySelector("[data-forms]");
    const name = place && self.caches && (await caches.keys()).find((one) => one.startsWith("pages-"));
    if (!name) return;
    who = name.slice("pages-".length);
    const pages = await caches.open(name);
    for (const { url } of await pages.keys()) {
      const page = new DOMParser().parseFromString(await (await pages.match(url)).text(), "text/html");
      const link = document.createElement("a");
      link.href = url;
      link.textContent = page.querySelector("form[data-note]")?.dataset.note ?? url;
      const line = document.createElement("li");
      line.append(link);
      place.querySelector("ul").append(line);
      place.hidden = false;
    }
  }

  if (form) prepare();
  addEventListener("online", flush);
  if (outbox.news) outbox.news.onmessage = ({ data }) => { last.set(data.id, data); render(); };
  addEventListener("pageshow", (event) => event.persisted && form?.dataset.sent && location.reload());
  withoutNetwork().catch(() => {}).then(flush);
  keepForms().catch(() => {}); // no network now: the next page asks again
})();

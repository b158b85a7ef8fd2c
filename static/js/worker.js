/* The service worker: keeps the files of the product, and for the person of an own
   phone the forms of delivery notes and of lots. KNOWN is put before it by the server. */
"use strict";
importScripts(KNOWN.outbox);

const FILES = `files-${KNOWN.version}`;
const PAGES = "pages-"; // and whose they are
const PATIENCE = 8000; // ms until a kept form is shown instead of a blank page
const OLDEST = 7 * 24 * 3600 * 1000; // ms
const FRESH = 3600 * 1000; // ms in which a kept form is not asked for again
const LEAVING = ["/dang-xuat", "/dang-xuat-moi-noi", "/doi-to-chuc"];
const TONGUE = "/ngoai-tuyen/ngon-ngu"; // where the language is kept, not an address
const FORM = /^\/(hop-dong\/[^/]+\/giao\/\d+\/phieu|lo\/hai|lo\/[^/]+\/dong-thung)$/;
const AHEAD = { headers: { Purpose: "prefetch" } }; // takes no message from the page that is read
let era = 0; // pages asked for before somebody left are not kept after

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(KNOWN.files);
  // Without cookies: the page of nobody, whoever is signed in.
  for (const page of Object.values(KNOWN.pages))
    await files.add(new Request(page, { credentials: "omit", cache: "reload" }));
  await skipWaiting();
}

async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith("files-") && name !== FILES) await caches.delete(name);
  await clients.claim();
}

async function forget(but = "") {
  if (!but) era += 1;
  for (const name of await caches.keys())
    if (name.startsWith(PAGES) && name !== but) await caches.delete(name);
}

async function store(path, answer, before) {
  const mine = PAGES + answer.headers.get("X-Keep-For");
  await forget(mine);
  await (await caches.open(mine)).put(path, answer);
  if (before !== era) await forget();
}

async function keptPages() {
  const name = (await caches.keys()).find((one) => one.startsWith(PAGES));
  return name && caches.open(name);
}

const age = (answer) => Date.now() - Date.parse(answer.headers.get("Date"));

async function keptForm(path) {
  const pages = await keptPages();
  const found = await pages?.match(path);
  if (found && age(found) < OLDEST) return found;
  if (found) await pages.delete(path);
  return null;
}

/* The page of nobody, in the language of the last page that came. */
async function offline() {
  const told = await caches.match(TONGUE);
  const language = (await told?.text()) ?? "vi";
  return (await caches.match(KNOWN.pages[language] ?? KNOWN.pages.vi)) ?? Response.error();
}

async function hear(answer) {
  const language = answer.headers.get("Content-Language");
  if (language in KNOWN.pages)
    await (await caches.open("language")).put(TONGUE, new Response(language));
}

async function form(request, path) {
  const kept = await keptForm(path);
  const before = era;
  const asked = fetch(request).then(async (answer) => {
    if (answer.status >= 500 && kept) return kept;
    const may = answer.ok && !answer.redirected && answer.headers.has("X-Keep-For");
    if (request.mode === "navigate") await hear(answer);
    if (may && before === era) await store(path, answer.clone(), before);
    return answer;
  });
  const instead = () => kept ?? (request.mode === "navigate" ? offline() : Response.error());
  if (!kept) return asked.catch(instead);
  const late = new Promise((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([asked, late]).catch(instead);
}

async function page(request, path) {
  try {
    const answer = await fetch(request);
    await hear(answer);
    // The door opens to nobody who is signed in: whoever was here has left.
    if (path === "/dang-nhap" && answer.status === 200) await forget();
    return answer;
  } catch { return offline(); }
}

async function file(request) {
  const files = await caches.open(FILES);
  const found = await files.match(request, { ignoreVary: true });
  if (found) return found;
  try { return await fetch(request); } catch {
    // A kept page may name a file of before; that of today is better than none.
    const near = await files.match(request, { ignoreVary: true, ignoreSearch: true });
    return near ?? Response.error();
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && LEAVING.includes(url.pathname))
    event.respondWith(forget().then(() => fetch(request)));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (FORM.test(url.pathname)) event.respondWith(form(request, url.pathname));
  else if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
});

// A page names the forms that its person may need without a network.
async function keepForms(paths) {
  for (const path of paths.filter((one) => FORM.test(one))) {
    const kept = await keptForm(path);
    if (!kept || age(kept) > FRESH) await form(new Request(path, AHEAD), path);
  }
}
addEventListener("message", (event) => event.waitUntil(keepForms(event.data)));

// The network is back, perhaps while no page is open; a failure asks for another try.
addEventListener("sync", (event) => event.waitUntil(outbox.flush((_id, { state }) => {
  if (state === "kept") throw new Error("still no network");
})));

/* Notes that wait for a network. They lie in this browser and leave it only after
   the server has answered. Shared by the pages and the service worker. */
self.outbox = (() => {
  "use strict";
  const PATIENCE = 30000; // ms; a weak network may keep a request hanging for ever
  const PATIENCE_PHOTOS = 180000; // ms; photos are some megabytes
  const FINAL = [403, 404, 409, 410, 413, 422];

  // Other pages hear what was sent from here, or by the worker.
  const news = self.BroadcastChannel && new BroadcastChannel("outbox");

  function open() {
    return new Promise((done, failed) => {
      const asked = indexedDB.open("lienket", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("notes", { keyPath: "id" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  }

  /* One step, done when it is on the disk. */
  async function step(mode, work) {
    const base = await open();
    try {
      return await new Promise((done, failed) => {
        const whole = base.transaction("notes", mode, { durability: "strict" });
        const asked = work(whole.objectStore("notes"));
        whole.oncomplete = () => done(asked.result);
        whole.onabort = whole.onerror = () => failed(whole.error);
      });
    } finally { base.close(); }
  }

  const keep = (note) => step("readwrite", (notes) => notes.put(note));
  const drop = (id) => step("readwrite", (notes) => notes.delete(id));
  const list = async () =>
    (await step("readonly", (notes) => notes.getAll())).sort((a, b) => (a.at < b.at ? -1 : 1));

  /* What the server said is written only beside the note that was sent. */
  const mark = (sent, said) =>
    step("readwrite", (notes) => {
      const asked = notes.get(sent.id);
      asked.onsuccess = () => {
        if (asked.result && asked.result.at === sent.at) notes.put({ ...sent, said });
      };
      return asked;
    });

  function ask(url, more, patience = PATIENCE) {
    const end = new AbortController();
    setTimeout(() => end.abort(), patience);
    return fetch(url, { ...more, signal: end.signal });
  }

  /* Who is signed in, with a fresh token; null without a network. */
  async function session() {
    try {
      const answer = await ask("/ngoai-tuyen/phien");
      return answer.ok ? await answer.json() : null;
    } catch { return null; }
  }

  /* `here` if whoever wrote it looks on, and can be asked about what is odd. */
  async function send(note, csrf, here) {
    const photos = note.fields.some(([, value]) => value instanceof Blob);
    const body = photos ? new FormData() : new URLSearchParams();
    for (const [name, value] of [...note.fields, ["csrf_token", csrf]]) body.append(name, value);
    try {
      const answer = await ask(note.url, {
        method: "POST", body, headers: { Accept: "application/json", ...(here && { "X-Here": "1" }) },
      }, photos ? PATIENCE_PHOTOS : PATIENCE);
      if (answer.status === 201) return { state: "sent", url: (await answer.json()).url };
      // Else not the note's fault: a session that just ended, a server in trouble.
      if (!FINAL.includes(answer.status)) return { state: "kept" };
      const json = /json/.test(answer.headers.get("Content-Type"));
      return { state: "refused", said: json ? (await answer.json()).said : [String(answer.status)] };
    } catch { return { state: "kept" }; }
  }

  async function sendAll(tell, here) {
    if (!(await list()).some((note) => !note.said)) return;
    const now = await session();
    if (!now?.who) return tell("", { state: now ? "signed-out" : "kept" });
    for (const note of await list()) {
      if (note.who !== now.who || note.said) continue;
      // What it speaks of has to be there first: it waits as long as that waits.
      if (note.after && (await list()).some((one) => one.id === note.after)) {
        tell(note.id, { state: "after" });
        continue;
      }
      tell(note.id, { state: "sending" });
      const answer = await send(note, now.csrf, note.id === here);
      if (answer.state === "sent") {
        await drop(note.id);
        news?.postMessage({ id: note.id, title: note.title, ...answer });
      }
      if (answer.state === "refused") await mark(note, answer.said);
      tell(note.id, { ...answer, csrf: now.csrf });
      if (answer.state === "kept") return;
    }
  }

  /* Send what waits, each once; `tell(id, {state})` hears how it goes, with the
     empty id for all of them. One tab at a time; the server knows a note again. */
  const flush = (tell = () => {}, here = "") =>
    navigator.locks ? navigator.locks.request("outbox", () => sendAll(tell, here)) : sendAll(tell, here);

  return { drop, flush, keep, list, news };
})();

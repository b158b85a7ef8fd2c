/* Small helpers; every page works without them. No library, no inline code. */
(() => {
  "use strict";
  const body = document.body;
  const words = body.dataset;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const clock = () =>
    new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });

  // The store may be full, or forbidden in a private window.
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, text) => { try { localStorage.setItem(key, text); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* nothing kept */ } },
  };

  /* ---- numbers as people type them here: 12.500,5 */
  const read = (text) => {
    const plain = text.trim().replace(/\.(?=\d{3}\b)/g, "").replace(",", ".");
    const value = parseFloat(plain);
    return Number.isFinite(value) ? value : 0;
  };
  const write = (value) =>
    value.toLocaleString(document.documentElement.lang === "en" ? "en" : "vi",
      { maximumFractionDigits: 2, useGrouping: false });
  const changed = (control) => {
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  };

  function steppers(root) {
    for (const step of all("[data-step]", root)) {
      const control = step.querySelector("input");
      for (const button of all("button[data-by]", step)) {
        button.hidden = false;
        button.onclick = () => {
          control.value = write(Math.max(0, read(control.value) + Number(button.dataset.by)));
          changed(control);
        };
      }
    }
  }

  /* ---- rows of a table: add, remove, paste from a spreadsheet */
  const rowsOf = (table) => [...table.tBodies[0].rows];
  const cellsOf = (row) =>
    all("input:not([type=hidden]),select,textarea", row);

  function number(table) {
    const name = table.dataset.rows;
    const pattern = new RegExp(`^(${name})-\\d+`);
    rowsOf(table).forEach((row, index) => {
      for (const part of all("[name],[id],[aria-describedby],[value]", row))
        for (const key of ["name", "id", "aria-describedby"])
          if (part.hasAttribute(key))
            part.setAttribute(key, part.getAttribute(key).replace(pattern, `$1-${index}`));
      if (row.querySelector("[data-called]")) return; // its number stays its own
      for (const label of all("[aria-label]", row))
        label.setAttribute("aria-label",
          label.getAttribute("aria-label").replace(/\d+$/, index + 1));
      const shown = row.querySelector("[data-number]");
      if (shown) shown.textContent = index + 1;
    });
  }

  /* A copy of a delivery that has a number is a new one, also for who only hears it. */
  function rename(row) {
    const name = row.querySelector("[data-called]");
    if (!name) return;
    const before = name.textContent, after = name.dataset.new;
    for (const label of all("[aria-label]", row))
      label.setAttribute("aria-label", label.getAttribute("aria-label")
        .replace(before, after).replace(before.toLowerCase(), after.toLowerCase()));
    name.textContent = after;
  }

  function addRow(table) {
    const last = rowsOf(table).at(-1);
    if (!last) return null;
    const row = last.cloneNode(true);
    for (const cell of all("input,select,textarea", row)) {
      cell.removeAttribute("aria-invalid");
      if (cell.tagName === "SELECT") cell.selectedIndex = 0;
      else cell.value = "";
    }
    for (const old of all(".error,.photos", row)) old.remove();
    rename(row);
    table.tBodies[0].append(row);
    number(table);
    return row;
  }

  function paste(table, event) {
    const from = event.target.closest("input,select,textarea");
    const text = event.clipboardData?.getData("text") ?? "";
    if (!from || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const rows = rowsOf(table);
    let row = from.closest("tr");
    const across = cellsOf(row).indexOf(from);
    let at = rows.indexOf(row);
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      row = rowsOf(table)[at] ?? addRow(table);
      if (!row) break;
      const cells = cellsOf(row);
      line.split("\t").forEach((value, index) => put(cells[across + index], value.trim()));
      at += 1;
    }
    changed(from);
  }

  function put(cell, value) {
    if (!cell) return;
    const date = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value);
    if (cell.type === "date" && date)
      cell.value = `${date[3]}-${date[2].padStart(2, "0")}-${date[1].padStart(2, "0")}`;
    else if (cell.tagName === "SELECT") {
      const option = [...cell.options].find((one) => one.text.trim() === value);
      if (option) cell.value = option.value;
    } else cell.value = value;
  }

  function tables(root) {
    for (const table of all("table[data-rows]", root)) {
      const box = table.parentElement;
      const add = box.querySelector("button[name=add_row]");
      if (add) {
        add.type = "button";
        add.onclick = () => { const row = addRow(table); row && cellsOf(row)[0]?.focus(); };
      }
      table.addEventListener("click", (event) => {
        const button = event.target.closest("button[name=remove_row]");
        if (!button) return;
        event.preventDefault();
        const row = button.closest("tr");
        const next = row.nextElementSibling ?? row.previousElementSibling;
        if (next) row.remove();
        else for (const cell of cellsOf(row)) cell.value = "";
        number(table);
        const target = next ?? row;
        cellsOf(target)[0]?.focus();
        changed(cellsOf(target)[0]);
      });
      if ("paste" in table.dataset)
        table.addEventListener("paste", (event) => paste(table, event));
    }
  }

  /* ---- drafts: what was typed survives a lost network and a closed tab */
  const keyOf = (form) => `draft:${form.dataset.draft}`;
  const kept = (control) =>
    control.name && !/^(hidden|password|file|submit|button)$/.test(control.type) &&
    !/^(csrf_token|idempotency_key)$/.test(control.name);

  function save(form) {
    const values = [...form.elements].filter(kept).map((control) =>
      [control.name, control.value, /radio|checkbox/.test(control.type) ? control.checked : null]);
    const draft = { at: clock(), values, rows: {} };
    for (const table of all("table[data-rows]", form))
      draft.rows[table.dataset.rows] = rowsOf(table).length;
    if (store.set(keyOf(form), JSON.stringify(draft))) form.dataset.savedAt = draft.at;
  }

  function restore(form) {
    let draft;
    try { draft = JSON.parse(store.get(keyOf(form))); } catch { /* damaged: begin anew */ }
    if (!draft) return;
    for (const table of all("table[data-rows]", form))
      while (rowsOf(table).length < (draft.rows[table.dataset.rows] ?? 0) && addRow(table));
    const byName = new Map();
    for (const [name, value, on] of draft.values)
      byName.set(name, [...(byName.get(name) ?? []), { value, on }]);
    for (const control of [...form.elements].filter(kept)) {
      const values = byName.get(control.name) ?? [];
      if (/radio|checkbox/.test(control.type)) {
        const same = values.find((one) => one.value === control.value);
        if (same) control.checked = same.on;
      } else if (values.length) control.value = values.shift().value;
    }
    announce(form, draft.at);
  }

  function announce(form, at) {
    const note = document.createElement("p");
    note.className = "notice mb4";
    note.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = words.restored.replace("{time}", at) + " ";
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn btn--q btn--sm";
    discard.textContent = words.discard;
    discard.onclick = () => { store.drop(keyOf(form)); location.reload(); };
    text.append(discard);
    note.append(text);
    form.prepend(note);
  }

  function drafts() {
    const here = all("form[data-draft]");
    // A draft whose page came after it without its form was sent and accepted.
    const sent = sessionStorage.getItem("sent");
    if (sent && !here.some((form) => keyOf(form) === sent)) store.drop(sent);
    sessionStorage.removeItem("sent");
    for (const form of here) {
      let timer;
      // What the server has just answered is newer than any draft.
      if (!document.getElementById("loi") && !("fresh" in form.dataset)) restore(form);
      form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => save(form), 400);
      });
      form.addEventListener("submit", () => {
        clearTimeout(timer);
        save(form);
        sessionStorage.setItem("sent", keyOf(form));
      });
    }
  }

  // On a shared phone nobody finds what the person before was writing.
  function forget(event) {
    if (!event.target.action.endsWith("/dang-xuat")) return;
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith("draft:")) localStorage.removeItem(key);
    } catch { /* nothing kept */ }
  }

  /* ---- a form is sent once; the server's key guards it as well */
  function once(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button || !button.classList.contains("btn")) return;
    // Its name and value must still go out, so it is not disabled.
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-label", words.busy);
  }
  function released() {
    for (const form of all("form[data-sent]")) delete form.dataset.sent;
    for (const button of all(".btn[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-label");
    }
  }

  /* ---- theme: light, dark, sunlight, or as the device has it */
  function theme(event) {
    const link = event.target.closest("a[data-theme-set]");
    if (!link) return;
    event.preventDefault();
    const root = document.documentElement;
    const flip = "themeFlip" in link.dataset;
    const name = flip && root.dataset.theme === "nang" ? "" : flip ? "nang" : link.dataset.themeSet;
    if (name) root.dataset.theme = name;
    else delete root.dataset.theme;
    const safe = location.protocol === "https:" ? ";Secure" : "";
    document.cookie = `theme=${name};Path=/;SameSite=Lax;Max-Age=${name ? 31536000 : 0}${safe}`;
    for (const other of all("a[data-theme-set]:not([data-theme-flip])"))
      if (other.dataset.themeSet === name) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
  }

  /* ---- copy what stands in a field */
  function copy(event) {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => { button.textContent = button.dataset.done; });
  }

  /* ---- network bar */
  function network() {
    const bar = document.getElementById("mang");
    if (!bar) return;
    bar.hidden = navigator.onLine;
    if (navigator.onLine) return;
    const form = document.querySelector("form[data-saved-at]");
    bar.querySelector("span").textContent = form
      ? words.saved.replace("{time}", form.dataset.savedAt) : words.offline;
  }

  /* ---- menus close by Escape and by a click elsewhere */
  function closeMenus(event) {
    for (const menu of all("details.menu[open]")) {
      if (event.type === "click" && menu.contains(event.target)) continue;
      if (event.type === "keydown" && event.key !== "Escape") continue;
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  }

  function enhance(root) {
    steppers(root);
    tables(root);
    for (const part of all("[data-js]", root)) part.hidden = false;
  }

  document.addEventListener("submit", once);
  document.addEventListener("submit", forget);
  document.addEventListener("click", theme);
  document.addEventListener("click", copy);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  addEventListener("online", network);
  addEventListener("offline", network);
  addEventListener("pageshow", (event) => event.persisted && released());
  document.addEventListener("htmx:beforeRequest", (event) => {
    // A page nobody looks at does not ask.
    const { elt, target } = event.detail;
    if (document.hidden && "poll" in elt.dataset) event.preventDefault();
    else target?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) =>
    event.detail.target?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:load", (event) =>
    event.detail.elt !== body && enhance(event.detail.elt));

  enhance(document);
  drafts();
  network();
  document.getElementById("loi")?.focus();
})();

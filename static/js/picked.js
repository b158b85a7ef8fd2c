/* What was picked and waits on this phone can be packed: it has an id, if no number yet. */
(async () => {
  "use strict";
  const form = document.querySelector("form[data-after]");
  const { who } = document.querySelector("[data-outbox]").dataset;
  const field = (name) => form.elements.namedItem(name);
  const choice = field("picked");
  let drafted; // by app.js, before its choice was there
  try {
    const draft = JSON.parse(localStorage.getItem(`draft:${form.dataset.draft}`));
    drafted = new Map(draft.values).get("picked");
  } catch { /* none */ }
  const picked = (await outbox.list()).filter((note) => note.who === who && note.url === "/lo/hai");
  for (const note of picked) {
    const time = new Date(note.at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
    const kg = new Map(note.fields).get("kg");
    const one = new Option(`${note.title}, ${kg} kg, ${time}`, note.id);
    one.dataset.kg = kg;
    choice.prepend(one);
  }
  const fill = () => {
    const kg = choice.selectedOptions[0]?.dataset.kg;
    if (kg) for (const name of ["kg", "made-0-kg"]) field(name).value = kg;
  };
  choice.addEventListener("change", fill);
  const asked = drafted ?? new URLSearchParams(location.search).get("hai") ?? picked.at(-1)?.id;
  if (!asked || document.getElementById("loi")) return;
  choice.value = asked;
  if (!drafted) fill();
})().catch(() => {}); // the store is away: what the server knows is there

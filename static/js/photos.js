/* Photos are shrunk on the phone before they are sent, and one taken after another
   joins those before it. Without this script the file field sends what was chosen. */
(() => {
  "use strict";
  const LONGEST = 1600; // px; the server keeps no more
  const SHOWN = 192; // px, twice the size on the page

  /* As the server would keep it; what this browser cannot open goes as it is. */
  async function shrink(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const drawn = draw(picture, Math.min(1, LONGEST / Math.max(picture.width, picture.height)));
      const blob = await new Promise((done) => drawn.toBlob(done, "image/jpeg", 0.85));
      if (!blob) return { file };
      const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
      const small = blob.size < file.size ? new File([blob], name, { type: "image/jpeg" }) : file;
      return { file: small, shown: draw(picture, SHOWN / Math.max(picture.width, picture.height)) };
    } catch { return { file }; }
  }

  function draw(picture, by) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * by));
    canvas.height = Math.max(1, Math.round(picture.height * by));
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  function gather(input) {
    const list = document.querySelector(`[data-photos-of="${input.id}"]`);
    let taken = []; // {file, shown}

    function put() {
      const files = new DataTransfer();
      for (const one of taken) files.items.add(one.file);
      input.files = files.files;
      list.replaceChildren(...taken.map(item));
      list.hidden = !taken.length;
    }

    function item(one, index) {
      const line = document.createElement("li");
      if (one.shown) line.append(one.shown);
      else line.append(one.file.name);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--q btn--sm";
      button.textContent = list.dataset.remove.replace("{number}", index + 1);
      button.onclick = () => {
        taken = taken.filter((other) => other !== one);
        put();
        input.focus();
      };
      line.append(button);
      return line;
    }

    async function join(files) {
      const added = [...files].map((file) => ({ file }));
      taken = [...taken, ...added];
      put(); // whoever sends at once sends the pictures as they are
      for (const one of added) Object.assign(one, await shrink(one.file));
      put();
    }

    // A camera that was closed without a picture leaves an empty field behind.
    input.addEventListener("change", () => join(input.files));
    camera(input, join);
  }

  /* The field opens the gallery; a button beside it opens the camera at once. */
  function camera(input, join) {
    const button = document.querySelector(`[data-camera-of="${input.id}"]`);
    if (!button || !("capture" in input)) return;
    const lens = document.createElement("input");
    lens.type = "file";
    lens.accept = "image/*";
    lens.capture = "environment";
    lens.onchange = () => join(lens.files).then(() => { lens.value = ""; });
    button.onclick = () => lens.click();
    button.hidden = false;
  }

  /* In a row of a table they are shrunk in their place and shown below the field. */
  async function showInRow(input, files) {
    const chosen = [];
    for (const file of files) chosen.push(await shrink(file));
    const sent = new DataTransfer();
    for (const one of chosen) sent.items.add(one.file);
    input.files = sent.files;
    const cell = input.closest("td");
    const list = cell.querySelector(".photos") ?? document.createElement("ul");
    list.className = "photos mt2";
    list.replaceChildren(...chosen.map(({ file, shown }) => {
      const line = document.createElement("li");
      line.append(shown ?? file.name);
      return line;
    }));
    cell.append(list);
  }

  /* Rows have no button of their own in the page: it is that of the whole form. */
  function camerasInRows() {
    const offered = document.querySelector("button[data-camera-of]");
    for (const input of document.querySelectorAll("[data-rows] input[data-photos]")) {
      if (!offered || !("capture" in input)) return;
      const button = offered.cloneNode(true);
      delete button.dataset.cameraOf;
      button.dataset.cameraInRow = "";
      button.hidden = false;
      input.after(button);
    }
  }

  function openLens(input) {
    const lens = document.createElement("input");
    lens.type = "file";
    lens.accept = "image/*";
    lens.capture = "environment";
    lens.onchange = () => showInRow(input, [...input.files, ...lens.files]);
    lens.click();
  }

  if (!self.DataTransfer || !self.createImageBitmap) return;
  for (const input of document.querySelectorAll("input[type=file][data-photos]"))
    if (!input.closest("[data-rows]")) gather(input);
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-rows] input[data-photos]")) showInRow(target, [...target.files]);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-camera-in-row]");
    if (button) openLens(button.closest("td").querySelector("input[data-photos]"));
  });
  camerasInRows();
})();

// What the pages do beyond plain forms and links. Without this file everything still works.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const asking = document.getElementById("ask");
  if (asking) setUpAsking(asking);
  const adding = document.getElementById("adding");
  if (adding) setUpAdding(adding);
  document.querySelectorAll(".copy").forEach((button) => { button.hidden = false; });
  const marked = document.querySelector("mark.cited");
  if (marked && location.hash === "#cited") marked.focus();
  document.getElementById("problems")?.focus();
});

// Asking: Enter sends, Stop ends the stream, and the address becomes the conversation's own.

function setUpAsking(form) {
  const question = form.elements.question;
  const send = document.getElementById("send");
  const stop = document.getElementById("stop");
  let stopping = false;
  document.getElementById("keys").hidden = false;

  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!send.disabled) form.requestSubmit(send);
    }
  });
  stop.addEventListener("click", () => {
    stopping = true;
    form.dispatchEvent(new Event("htmx:abort"));
  });

  form.addEventListener("htmx:before:request", () => {
    stopping = false;
    send.disabled = true;
    stop.hidden = false;
  });
  form.addEventListener("htmx:sse:after:connection", () => {
    question.value = "";
    stop.focus();
  });
  form.addEventListener("conversation", (event) => {
    form.elements.conversation.value = event.detail.data;
    history.replaceState(null, "", "/conversations/" + event.detail.data);
    question.placeholder = "";
  });
  form.addEventListener("htmx:sse:after:message", reveal);
  form.addEventListener("htmx:finally:request", () => {
    send.disabled = false;
    stop.hidden = true;
    document.querySelectorAll(".turn--running").forEach((turn) => end(turn, stopping ? "stopped" : "broken"));
    document.querySelectorAll(".copy").forEach((button) => { button.hidden = false; });
    question.focus({ preventScroll: true });
  });
}

function reveal() {
  const turn = document.querySelector(".turn--running");
  if (!turn || turn.dataset.revealed) return;
  turn.dataset.revealed = "yes";
  document.title = document.querySelector("h1").textContent + " · Publius";
  turn.scrollIntoView({ block: "start" });
}

function end(turn, reason) {
  turn.classList.remove("turn--running");
  turn.querySelector(".verdict--running")?.remove();
  turn.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  turn.append(document.getElementById(reason).content.cloneNode(true));
}

// Copying: the answer as text, each number in brackets, and the sources below it.

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(plainText(document.getElementById(button.dataset.copy)));
    button.textContent = "Copied";
  } catch {
    button.textContent = "Your browser does not allow copying";
  }
  setTimeout(() => { button.textContent = words; }, 2000);
});

function plainText(turn) {
  const answer = turn.querySelector(".copied").cloneNode(true);
  answer.querySelectorAll(".cite").forEach((cite) => { cite.textContent = " [" + cite.lastChild.textContent.trim() + "]"; });
  const sources = [...turn.querySelectorAll(".sources > li")].map((item) => {
    const quote = item.querySelector("q").textContent.trim();
    const place = item.textContent.replace(item.querySelector("q").textContent, "").replace(/\s+/g, " ").trim();
    return "[" + item.value + "] " + place + ": “" + quote + "”";
  });
  const verdict = turn.querySelector(".verdict--unchecked, .verdict--quoted");
  const label = turn.querySelector("[data-label]")?.dataset.label;
  const parts = [label && "Label: " + label, answer.innerText.trim().replace(/[ \t]+/g, " "), sources.join("\n"), verdict?.textContent.trim()];
  return parts.filter(Boolean).join("\n\n");
}

// Adding documents: one file after the other, each with its own progress and its own outcome.

function setUpAdding(form) {
  form.addEventListener("submit", async (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    // Many go in one form, and are read in the background, if they are not too much for one.
    if (files.length > 10 && files.reduce((sum, file) => sum + file.size, 0) < Number(form.dataset.together)) return;
    event.preventDefault();
    if (!files.length) return;
    const list = document.getElementById("progress");
    const button = form.querySelector("button[type=submit]");
    const status = document.getElementById("progress-status");
    button.disabled = true;
    const rows = files.map((file) => row(list, file));
    let failed = 0;
    for (const [index, file] of files.entries()) {
      status.textContent = "Reading " + (index + 1) + " of " + files.length;
      if (!(await add(form, file, rows[index]))) failed += 1;
    }
    status.textContent = files.length - failed + " of " + files.length + " read." + (failed ? " " + failed + " could not be read; the reason stands beside each." : "");
    button.disabled = false;
    form.reset();
    document.getElementById("refresh").hidden = false;
  });
}

function row(list, file) {
  const made = document.getElementById("progress-row").content.firstElementChild.cloneNode(true);
  made.querySelector(".progress__name").textContent = file.webkitRelativePath || file.name;
  list.append(made);
  return made;
}

function add(form, file, made) {
  const words = made.querySelector(".progress__words");
  const bar = made.querySelector("progress");
  const finish = (good, said) => {
    bar.remove();
    made.querySelector(".icon").className = "icon " + (good ? "icon--check_circle" : "icon--error");
    words.textContent = said;
    return good;
  };
  const largest = Number(form.dataset.largest);
  if (file.size > largest) return finish(false, "This file is larger than " + largest / 1e6 + " MB. Split it, and add the parts.");
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("csrf", form.elements.csrf.value);
  body.append("label", form.elements.label.value);
  body.append("files", file, file.webkitRelativePath || file.name);
  return new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
      words.textContent = event.loaded < event.total ? "Sending …" : "Being read …";
      if (event.loaded === event.total) bar.removeAttribute("value");
    });
    request.addEventListener("loadend", () => {
      const answer = request.response;
      const good = request.status === 200 && Boolean(answer?.ok);
      resolve(finish(good, answer?.words || "The connection broke off. Try this file again."));
    });
    request.responseType = "json";
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

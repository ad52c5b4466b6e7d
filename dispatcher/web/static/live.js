// Keeps every page true to the log: rows, popups, figures and clocks.

const body = document.body;
const rows = document.querySelector("#rows");
const pulse = document.querySelector("#pulse");
const toasts = document.querySelector("#toasts");
let lastLogId = body.dataset.logId;
let stream = null;
let unseen = 0;
const title = document.title;

// The server resumes after lastLogId, so a lost connection loses nothing.
function connect() {
  stream = new EventSource(`/api/v1/stream?after=${lastLogId}`);
  stream.onopen = () => showPulse("on", pulse.dataset.live);
  stream.addEventListener("log", (event) => {
    lastLogId = event.lastEventId;
    take(JSON.parse(event.data));
  });
  stream.onerror = () => {
    showPulse("lost", pulse.dataset.lost);
    if (stream.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(() => stream ?? connect(), 3000);
    }
  };
}

function showPulse(state, words) {
  pulse.className = `pulse ${state}`;
  pulse.textContent = words;
}

const waiting = new Map();

// Several entries of one ticket in a row are shown once.
function take(entry) {
  const before = waiting.get(entry.ticket_id);
  clearTimeout(before?.timer);
  const graver = (entry.data.set?.severity ?? 0) >= 3;
  const pops = before?.pops || graver || ["receive", "rework", "escalate"].includes(entry.verb);
  const isNew = before?.isNew || entry.verb === "receive";
  waiting.set(entry.ticket_id, { pops, isNew, timer: setTimeout(() => show(entry.ticket_id, pops, isNew), 120) });
  body.dispatchEvent(new CustomEvent("log-grown", { detail: entry }));
}

async function show(ticketId, pops, isNew) {
  waiting.delete(ticketId);
  const sieve = rows ? location.search : "";
  const answer = await fetch(`/tickets/${ticketId}/row${sieve}`);
  if (!answer.ok || answer.redirected) return;
  const holder = document.createElement("template");
  holder.innerHTML = (await answer.text()).trim();
  const row = holder.content.firstElementChild;
  if (pops) pop(row);
  if (rows) place(row, isNew);
}

function place(row, isNew) {
  const old = document.getElementById(row.id);
  const leaves = row.hasAttribute("data-leaves");
  if (old) old.replaceWith(row);
  else if (isNew && !leaves) rows.insertBefore(row, firstOlder(row));
  else return;
  document.querySelector("#empty")?.remove();
  row.classList.add("arrived");
  watchPictures(row);
  if (leaves) {
    requestAnimationFrame(() => row.classList.add("leaving"));
    setTimeout(() => row.remove(), 5500);
  }
}

// Ids sort by time: the newest is on top, also when two answers overtake each other.
function firstOlder(row) {
  return [...rows.children].find((other) => !other.id.startsWith("ticket-") || other.id < row.id) ?? null;
}

// A popup stays until somebody deals with it, if it is grave; else for a while.
function pop(row) {
  const severity = Number(row.dataset.severity);
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.severity = severity;
  toast.dataset.ticket = row.id;
  const link = document.createElement("a");
  link.href = row.href;
  link.append(row.querySelector("strong").cloneNode(true));
  const place = document.createElement("p");
  place.textContent = row.querySelector(".where").textContent.trim();
  const words = document.createElement("div");
  words.append(link, " ", row.querySelector(".severity").cloneNode(true), place);
  const close = document.createElement("button");
  close.textContent = "×";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.onclick = () => toast.remove();
  toast.append(row.querySelector(".thumb").cloneNode(true), words, close);
  toasts.querySelector(`[data-ticket="${row.id}"]`)?.remove();
  toasts.prepend(toast);
  while (toasts.children.length > 4) toasts.lastElementChild.remove();
  watchPictures(toast);
  if (severity < 3) setTimeout(() => toast.remove(), 12000);
  if (document.hidden) document.title = `(${++unseen}) ${title}`;
}

// A picture may arrive after its ticket: ask again for a while, then show the empty frame.
function watchPictures(root) {
  for (const picture of root.querySelectorAll(".thumb img")) {
    const url = picture.getAttribute("src");
    let tries = 0;
    picture.addEventListener("error", () => {
      picture.parentElement.classList.add("none");
      if (++tries < 6) setTimeout(() => { picture.src = `${url}?try=${tries}`; }, 1500 * tries);
    });
    picture.addEventListener("load", () => picture.parentElement.classList.remove("none"));
    if (picture.complete && !picture.naturalWidth) picture.dispatchEvent(new Event("error"));
  }
}

// Clocks go on between answers of the server, in the server's own words.
function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("time[data-ago], time[data-due]")) {
    const seconds = Math.round(Math.abs(now - Date.parse(clock.dateTime)) / 1000);
    const late = "due" in clock.dataset && Date.parse(clock.dateTime) < now;
    clock.classList.toggle("late", late);
    const phrase = "ago" in clock.dataset ? "ago" : late ? "late" : "left";
    clock.textContent = say(phrase, duration(seconds, "ago" in clock.dataset));
  }
}

const phrases = JSON.parse(document.querySelector("#phrases")?.textContent ?? "{}");
const say = (key, value) => phrases[key].replace("{duration}", value);

function duration(seconds, rough) {
  const parts = { days: Math.floor(seconds / 86400), hours: Math.floor(seconds / 3600) % 24, minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 };
  const key = parts.days ? "days_hours" : parts.hours ? "hours_minutes" : parts.minutes ? (rough ? "minutes" : "minutes_seconds") : "seconds";
  return phrases[key].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) { unseen = 0; document.title = title; }
  // Browsers allow six streams a host: a hidden page other than the list lets go and catches up later.
  if (rows || lastLogId === undefined) return;
  if (document.hidden) { stream?.close(); stream = null; } else if (!stream) connect();
});
body.addEventListener("htmx:afterSwap", (event) => watchPictures(event.target));
watchPictures(document);
if (lastLogId !== undefined) {
  // Not before the page's other scripts listen: they run before this event.
  document.addEventListener("DOMContentLoaded", () => stream ?? connect());
  setInterval(tick, 1000);
}

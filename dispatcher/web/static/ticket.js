// The ticket page: dialogs, the enlarged picture, the small map, and keeping up with the log.

import { drawCells, drawTicket, openMap } from "/static/map.js";

const article = () => document.querySelector("#ticket");
const lens = document.querySelector("#lens");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  const picture = event.target.closest("[data-lens]");
  if (picture) {
    event.preventDefault();
    lens.querySelector("img").src = picture.href;
    lens.showModal();
  }
});

// Somebody who is typing is not interrupted; a stale form is refused by its rev and says so.
let due = 0;
document.body.addEventListener("log-grown", (event) => {
  if (event.detail.ticket_id !== article().dataset.ticketId) return;
  clearTimeout(due);
  due = setTimeout(refresh, 250);
});

function refresh() {
  if (document.querySelector("dialog[open]")) {
    due = setTimeout(refresh, 1000);
    return;
  }
  window.htmx.ajax("GET", `/tickets/${article().dataset.ticketId}`, { target: "#ticket", select: "#ticket", swap: "outerHTML" });
}

async function drawMinimap() {
  const box = document.querySelector("#minimap");
  const { lat, lon, cell, state } = box.dataset;
  const map = openMap(box, { zoomControl: false, scrollWheelZoom: false });
  map.setView([lat, lon], 16);
  drawTicket(map, { lat, lon, state, severity: 1 });
  const layer = await drawCells(map, { cell });
  if (layer.bounds) map.fitBounds(layer.bounds.extend([lat, lon]), { padding: [14, 14], maxZoom: 17 });
}

drawMinimap();

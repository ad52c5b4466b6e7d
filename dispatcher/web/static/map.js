// The map: cells, cameras and live tickets, drawn without tiles so that it works without a network.

const L = window.L;

export function openMap(box, options = {}) {
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, ...options });
  L.control.scale({ imperial: false }).addTo(map);
  map.createPane("names").style.zIndex = 350; // below everything that moves
  return map;
}

// Draws one layer, or the layer of one cell; returns the group and the bounds to show.
export async function drawCells(map, { layer, cell }) {
  const query = layer ? `layer=${encodeURIComponent(layer)}` : `around=${encodeURIComponent(cell)}`;
  const collection = await (await fetch(`/api/v1/cells?${query}`)).json();
  let here = null;
  const group = L.geoJSON(collection, {
    style: ({ properties }) => ({ className: `cell cell-${properties.level} cell-${properties.kind}${properties.code === cell ? " here" : ""}` }),
    onEachFeature: ({ properties }, shape) => {
      if (properties.code === cell) here = shape.getBounds();
      shape.bindTooltip(properties.name, properties.level > 1 ? { permanent: true, direction: "center", pane: "names", className: "cell-name" } : { sticky: true });
    },
  }).addTo(map);
  return { group, bounds: here ?? (collection.features.length ? group.getBounds() : null) };
}

export function drawTicket(map, { lat, lon, state, severity }) {
  return L.circleMarker([lat, lon], { radius: 6 + 1.5 * severity, className: `ticket-dot state-${state} severity-${severity}` }).addTo(map);
}

async function openPage(box) {
  const map = openMap(box);
  const tickets = L.layerGroup().addTo(map);
  let cells = null;

  async function showLayer(layer) {
    cells?.remove();
    const drawn = await drawCells(map, { layer });
    cells = drawn.group;
    cells.bringToBack();
    return drawn.bounds;
  }

  async function showTickets() {
    const live = ["received", "filed", "dispatched", "accepted", "handling", "done", "returned", "paused"];
    const page = await (await fetch(`/api/v1/tickets?limit=500&${live.map((state) => `state=${state}`).join("&")}`)).json();
    tickets.clearLayers();
    for (const ticket of page.items) {
      drawTicket(tickets, ticket).bindPopup("", { minWidth: 290 }).on("popupopen", ({ popup }) => fill(popup, ticket.ticket_id));
    }
    return page.items;
  }

  const bounds = await showLayer(document.querySelector("#layers input:checked").value);
  map.fitBounds(bounds, { padding: [20, 20] });
  for (const camera of await (await fetch("/api/v1/cameras")).json()) {
    L.circleMarker([camera.lat, camera.lon], { radius: 4, className: "camera-dot" }).bindTooltip(camera.name).addTo(map);
  }
  // What lies outside the cells is shown too, unless it is so far off that the cells would be a dot.
  const near = bounds.pad(1);
  for (const { lat, lon } of await showTickets()) if (near.contains([lat, lon])) bounds.extend([lat, lon]);
  map.fitBounds(bounds, { padding: [20, 20], animate: false });
  document.querySelector("#layers").addEventListener("change", (event) => showLayer(event.target.value));
  let due = 0;
  document.body.addEventListener("log-grown", () => {
    clearTimeout(due);
    due = setTimeout(showTickets, 500);
  });
}

// The popup of a ticket is its row of the list.
async function fill(popup, ticketId) {
  popup.setContent(await (await fetch(`/tickets/${ticketId}/row?state=all`)).text());
}

const box = document.querySelector("#map");
if (box) openPage(box);

// What needs a script, and only that; every page works without.
"use strict";

document.documentElement.classList.add("scripted");

// A choice takes effect at once; without a script the button beside it does.
for (const field of document.querySelectorAll("[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// Regions that are marked show what has happened meanwhile. Whoever types or has something open is not disturbed.
const regions = () => [...document.querySelectorAll("[data-live]")];
const busy = region => region.contains(document.activeElement) || region.querySelector("details[open]");

let due = null;
const stale = document.getElementById("stale");
async function refresh() {
  due = null;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  stale.hidden = Boolean(answer?.ok) && !answer.redirected;
  if (!stale.hidden) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of regions()) {
    const now = fresh.getElementById(region.id);
    if (now && !busy(region) && now.innerHTML !== region.innerHTML) region.replaceChildren(...now.childNodes);
  }
}

const company = location.pathname.match(/^\/c\/([^/]+)/);
if (company && regions().length > 0) {
  const told = () => { due ??= setTimeout(refresh, 1500); };
  const source = new EventSource(`/api/v1/live?company=${company[1]}`);
  source.addEventListener("message", told);
  source.addEventListener("missed", told);
  // The browser connects anew by itself; what has happened meanwhile is asked for then.
  source.addEventListener("error", () => { stale.hidden = false; });
  source.addEventListener("open", () => { if (!stale.hidden) told(); });
  addEventListener("pagehide", () => source.close());
}

// The picture of a day follows its fields while somebody types; without a script it shows what is stored.
const minute = clock => clock ? Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5)) : NaN;
function draw(day) {
  const fields = [...day.querySelectorAll("input[type=time]")].map(field => minute(field.value));
  const picture = day.querySelector(".bar g");
  picture.replaceChildren();
  for (let place = 0; place + 1 < fields.length; place += 2) {
    const [from, to] = [fields[place], fields[place + 1] || (fields[place + 1] === 0 ? 1440 : NaN)];
    if (!(from < to)) continue;
    const window = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of [["x", from], ["width", to - from], ["height", 20]]) window.setAttribute(name, value);
    picture.append(window);
  }
}
for (const day of document.querySelectorAll("[data-day]")) day.addEventListener("input", () => draw(day));

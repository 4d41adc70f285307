// What needs a script, and only that; every page works without.
"use strict";

document.documentElement.classList.add("scripted");

// A choice takes effect at once; without a script the button beside it does.
for (const field of document.querySelectorAll("[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

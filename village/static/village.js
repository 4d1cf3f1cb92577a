"use strict";
// Makes the page livelier: new messages appear by themselves, keys type, Gửi does not reload. Everything works without.
(function () {
  const EVERY = 1500;
  const village = document.getElementById("village");
  document.documentElement.classList.add("live");

  function typing() {
    const active = document.activeElement;
    return active && active.name === "text" ? active.closest("[data-phone]") : null;
  }

  // A phone keeps its form, so that what is being typed and where the cursor stands survive a new message.
  function renew(old, fresh) {
    if (old.dataset.version === fresh.dataset.version) return old;
    old.className = fresh.className;
    old.dataset.version = fresh.dataset.version;
    renewScreen(old.querySelector(".screen"), fresh.querySelector(".screen"));
    for (const part of ["input", "button"]) {
      old.querySelector(".write " + part).disabled = fresh.querySelector(".write " + part).disabled;
    }
    renewHands(old.querySelector(".hands"), fresh.querySelector(".hands"));
    return old;
  }

  // A call goes on: what is being played keeps playing, what is new is added below.
  function renewScreen(old, fresh) {
    const before = old.querySelector(".call");
    const now = fresh.querySelector(".call");
    if (!before || !now || before.dataset.call !== now.dataset.call) { old.replaceWith(fresh); return; }
    before.querySelector(".going").textContent = now.querySelector(".going").textContent;
    before.querySelector(".pressed").replaceWith(now.querySelector(".pressed"));
    const list = before.querySelector("ol");
    for (const line of Array.from(now.querySelectorAll("[data-line]"))) {
      if (!list.querySelector('[data-line="' + line.dataset.line + '"]')) list.append(line);
    }
  }

  // The button under a finger stays the same one as long as nothing else can be done.
  function renewHands(old, fresh) {
    if (old.innerHTML === fresh.innerHTML) return;
    const held = document.activeElement && old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (held) { const first = fresh.querySelector("button"); if (first) first.focus(); }
  }

  function arrange(grid, phones) {
    const busy = typing();
    if (busy && grid.contains(busy)) { // moving a field takes the cursor out of it: only add and renew
      for (const phone of phones) if (!phone.isConnected) grid.prepend(phone);
      return;
    }
    phones.forEach(function (phone, place) {
      if (grid.children[place] !== phone) grid.insertBefore(phone, grid.children[place] || null);
    });
    while (grid.children.length > phones.length) grid.lastElementChild.remove();
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
    const live = document.getElementById("live");
    const grid = live.querySelector(".phones");
    const phones = Array.from(fresh.querySelectorAll("[data-phone]"), function (phone) {
      const old = document.getElementById(phone.id);
      return old ? renew(old, phone) : phone;
    });
    arrange(grid, phones);
    for (const part of Array.from(live.children)) if (part !== grid) part.remove();
    for (const part of Array.from(fresh.children)) if (!part.classList.contains("phones")) grid.before(part);
    live.dataset.version = fresh.dataset.version;
  }

  async function look() {
    const version = document.getElementById("live").dataset.version;
    const to = new URLSearchParams(location.search).get("to") || "";
    const answer = await fetch("/phones?" + new URLSearchParams({ to: to, v: version }));
    if (answer.status === 200) show(await answer.text());
  }

  async function watch() {
    try {
      if (!document.hidden) await look();
    } catch (problem) { // the village is away for a moment: look again
    }
    setTimeout(watch, EVERY);
  }

  // A button of a call: sent as the plain form would send it, without a reload.
  async function act(form, button) {
    const body = new URLSearchParams(button && button.name ? { [button.name]: button.value } : {});
    try {
      await fetch(form.action, { method: "POST", body: body, redirect: "manual" });
      await look();
    } catch (problem) { // the village is away for a moment
    }
  }

  village.addEventListener("submit", async function (event) {
    const form = event.target;
    if (!form.closest("[data-phone]")) return;
    event.preventDefault();
    if (!form.elements.text) { await act(form, event.submitter); return; }
    const input = form.elements.text;
    if (!input.value.trim()) { input.focus(); return; }
    const body = new URLSearchParams({ text: input.value });
    try {
      const answer = await fetch(form.action, { method: "POST", body: body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) return;
      input.value = "";
      input.focus();
      await look();
    } catch (problem) { // kept in the field, to be sent again
    }
  });

  village.addEventListener("click", function (event) {
    const key = event.target.closest("[data-key]");
    if (!key) return;
    const input = key.closest("[data-phone]").querySelector("input");
    if (input.disabled) return;
    input.value += key.dataset.key;
    input.focus();
  });

  setTimeout(watch, EVERY);
})();

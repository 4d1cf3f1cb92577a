// The page of the six cards. It works without this script; with it, a link to a field opens its card, a click puts a
// placeholder into the text, and the page says when something could not be saved.
(function () {
  function go(id) {
    var target = document.getElementById(id);
    if (!target) return false;
    for (var box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    var field = target.matches("input, select, textarea") ? target : (target.querySelector("input:checked") || target.querySelector("input:not([type=hidden]), select, textarea"));
    target.scrollIntoView({ block: target.matches("details") ? "start" : "center" });
    if (field && !target.matches("details")) field.focus({ preventScroll: true });
    return true;
  }

  function dress() {
    document.querySelectorAll("[data-insert-into] code").forEach(function (code) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = code.textContent;
      code.replaceWith(button);
    });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && go(link.dataset.go)) event.preventDefault();
    var word = event.target.closest("[data-insert-into] button");
    if (word) {
      var area = document.getElementById(word.closest("[data-insert-into]").dataset.insertInto);
      area.setRangeText(word.textContent, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    }
  });

  // A choice on which the rest of the page depends: it goes off by itself, once whoever moves through it with the arrow
  // keys has come to rest.
  var resting;
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-at-once]");
    if (!form) return;
    clearTimeout(resting);
    resting = setTimeout(function () { form.requestSubmit(); }, 900);
  });

  var offline = document.getElementById("offline");
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function () { offline.hidden = false; });
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.successful) offline.hidden = true;
  });
  document.addEventListener("htmx:oobAfterSwap", dress);
  dress();
  if (location.hash) go(location.hash.slice(1));
})();

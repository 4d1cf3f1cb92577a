/* One key per button: an element with data-key="3" is pressed by the key 3, unless somebody is typing in a field. */
(function () {
  "use strict";
  var pressed = false;
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || pressed) return;
    var field = event.target;
    if (/^(TEXTAREA|SELECT)$/.test(field.tagName)) return;
    if (field.tagName === "INPUT" && !/^(radio|checkbox)$/.test(field.type)) return;
    if (!/^[0-9]$/.test(event.key)) return;
    var button = document.querySelector('[data-key="' + event.key + '"]:not(:disabled)');
    if (!button) return;
    event.preventDefault();
    pressed = true;
    button.click();
  });
  window.addEventListener("pageshow", function () { pressed = false; });
})();

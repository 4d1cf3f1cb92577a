// A click on a placeholder puts it into the text. Without this script they are words to copy.
document.querySelectorAll("[data-insert-into]").forEach(function (list) {
  var area = document.getElementById(list.dataset.insertInto);
  list.querySelectorAll("code").forEach(function (code) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = code.textContent;
    button.addEventListener("click", function () {
      area.setRangeText(code.textContent, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    code.replaceWith(button);
  });
});

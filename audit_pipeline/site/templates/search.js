"use strict";
(function () {
  var box = document.getElementById("search");
  if (!box) { return; }
  var told = document.getElementById("found");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-find]"));
  var texts = rows.map(function (row) {
    return row.getAttribute("data-find").toLowerCase() + " " + row.textContent.toLowerCase();
  });
  function search() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach(function (row, place) {
      row.hidden = !words.every(function (word) { return texts[place].indexOf(word) >= 0; });
    });
    count();
  }
  function count() {
    var shown = rows.filter(function (row) { return row.offsetParent !== null; }).length;
    told.textContent = shown === rows.length ? "" : shown + " of " + rows.length + " shown";
  }
  box.closest("label").hidden = false;
  box.addEventListener("input", search);
  document.addEventListener("change", count);
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
  });
  if (location.hash.indexOf("#find=") === 0) {
    box.value = decodeURIComponent(location.hash.slice(6));
  }
  search();
})();

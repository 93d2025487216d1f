// Everything can be read without this; it only opens the finding that a cell of the heat map leads to.
addEventListener("hashchange", open);
function open() {
  document.querySelectorAll(".chosen").forEach((item) => item.classList.remove("chosen"));
  const finding = document.getElementById(location.hash.slice(1));
  const details = finding && finding.querySelector("details");
  if (details) { details.open = true; finding.classList.add("chosen"); }
}
open();

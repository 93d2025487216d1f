// What script adds; every page works without it.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

const copyable = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector("span");
  await navigator.clipboard.writeText(button.closest("figure").querySelector("code").textContent);
  words.textContent = "Copied";
  setTimeout(() => { words.textContent = "Copy"; }, 1600);
});
copyable(document);
document.addEventListener("htmx:afterSwap", (event) => copyable(event.target));

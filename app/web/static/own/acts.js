// 常用语: puts a sentence at the end of its text. Without this script the form comes back with it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.phrase");
  if (!button) return;
  const field = document.getElementById("f-" + button.name.slice("phrase-".length));
  if (!field) return;
  event.preventDefault();
  field.value = field.value.trimEnd() + button.value;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

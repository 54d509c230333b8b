// The language switch sends the form that was filled last; without this script it sends the first of the page.

let filled = null;

function remember({ target }) {
  const { form } = target;
  if (form?.id && form.method === "post") filled = form;
}

function sendFilled({ currentTarget: button }) {
  if (!filled) return;
  const address = new URL(button.formAction);
  address.searchParams.set("form", filled.id);
  button.formAction = address.href;
  button.setAttribute("form", filled.id);
}

document.addEventListener("input", remember);
for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", sendFilled);

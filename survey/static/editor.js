// A survey is saved while it is typed: the fields that changed, with the revision the page was made of.
// Without this script the form's button does the same. What collides with somebody else's stays in its field.

import { queue } from "./queue.js";

const PAUSE = 900;
const form = document.querySelector("form[data-editor]");
const said = document.querySelector("[data-saved]");

const named = (name) => [...form.elements].filter((field) => field.name === name && !field.disabled);
const valuesOf = (name) =>
  named(name).filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked).map((field) => field.value);
/** The same as the page was made: what is typed before this script is there, or put back by the browser after a reload, is not saved. */
const made = (name) => named(name).flatMap((field) => {
  if (["checkbox", "radio"].includes(field.type)) return field.defaultChecked ? [field.value] : [];
  if (field.localName === "select") return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
  return field.localName === "textarea" ? field.defaultValue : field.defaultValue.replace(/[\r\n]/g, "");
});
const names = () => new Set([...(form?.elements ?? [])].map((field) => field.name).filter((name) => name.includes("/")));

const known = new Map([...names()].map((name) => [name, JSON.stringify(made(name))]));
const bases = new Map();
/** Fields that collide, until their writer has chosen: what is typed on in them would take the place of the other text unseen. */
const colliding = new Set();
let waiting = 0;
// One saving after another: the later one sends what has changed since, and what stands beside the form is its.
const inTurn = queue();

// Another address is another page; other languages, kinds and answers make other fields: the button saves those.
const isWhole = (name) => named(name).some((field) => "whole" in field.dataset);
const changed = () => [...names()].filter((name) => JSON.stringify(valuesOf(name)) !== known.get(name));

function byBase(fields) {
  const groups = new Map();
  for (const name of fields) {
    const base = bases.get(name) ?? form.elements.base.value;
    groups.set(base, [...(groups.get(base) ?? []), name]);
  }
  return groups;
}

function tell(words) {
  said.textContent = words;
}

/** What the server has refused, in its words. */
class Refused extends Error {}

// Fields whose collision was settled are of a later base than the page: each base is sent by itself.
async function send(base, fields) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, base });
  const values = new Map(fields.map((name) => [name, valuesOf(name)]));
  for (const [name, all] of values) for (const value of all) body.append(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  // A page in the place of JSON: signed out meanwhile, or something stands between.
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw answer;
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.error);
  for (const [name, all] of values) known.set(name, JSON.stringify(all));
  for (const one of told.refused) refuse(one, told.revision);
  for (const name of fields) if (!told.refused.some((one) => one.name === name)) settle(name);
}

function save() {
  clearTimeout(waiting);
  return inTurn(saveChanged);
}

async function saveChanged() {
  const groups = byBase(changed().filter((name) => !isWhole(name) && !colliding.has(name)));
  if (!groups.size) return;
  tell(said.dataset.saving);
  try {
    for (const [base, fields] of groups) await send(base, fields);
    tell(`${said.dataset.done} ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`);
  } catch (fault) {
    // A network that is away has words of its own, the browser's, which say neither what was kept nor what to do.
    return tell(fault instanceof Refused ? fault.message : said.dataset.lost);
  }
  // What is not fetched now is with the next saving: nothing of it was typed here.
  await refresh().catch(() => {});
}

const rowOf = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

function settle(name) {
  colliding.delete(name);
  rowOf(name)?.querySelector("[data-collision]")?.remove();
  named(name).forEach((field) => field.removeAttribute("aria-invalid"));
}

function refuse(one, revision) {
  settle(one.name);
  const note = document.getElementById("collision").content.firstElementChild.cloneNode(true);
  note.querySelector("[data-sentence]").textContent = one.sentence;
  note.querySelector("[data-theirs]").textContent = one.theirs;
  note.querySelector("[data-both]").hidden = !one.by;
  bases.set(one.name, revision);
  if (one.by) colliding.add(one.name);
  // Not saved yet: it is sent again once its writer insists.
  const choose = (act) => () => {
    colliding.delete(one.name);
    act();
    save();
  };
  note.querySelector("[data-keep]").addEventListener("click", choose(() => known.delete(one.name)));
  note.querySelector("[data-take]").addEventListener("click", choose(() => {
    for (const field of named(one.name)) if (field.type !== "checkbox") field.value = one.theirs;
    known.set(one.name, JSON.stringify(valuesOf(one.name)));
    settle(one.name);
  }));
  rowOf(one.name)?.append(note);
  named(one.name).forEach((field) => field.setAttribute("aria-invalid", "true"));
}

// What stands beside the form is made of what is stored now: the preview, what is missing.
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    // Somebody is in it: it is made anew with the next saving, and not under their hands.
    if (fresh && !part.contains(document.activeElement)) part.innerHTML = fresh.innerHTML;
  }
  document.dispatchEvent(new Event("parley:replaced"));
}

if (form) {
  form.addEventListener("input", (event) => {
    if (!event.target.name?.includes("/")) return;
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  addEventListener("beforeunload", (event) => {
    if (changed().length || colliding.size) event.preventDefault();
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    colliding.clear();
    for (const name of names()) known.set(name, JSON.stringify(valuesOf(name)));
  });
}

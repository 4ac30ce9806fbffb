"use strict";
(() => {
  const find = id => document.getElementById(id);
  const form = find("form"), problems = find("problems"), done = find("done"), people = find("people");
  // Letters and digits that nobody mixes up when they are read out.
  const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const reference = Array.from(crypto.getRandomValues(new Uint8Array(8)), n => letters[n % 32]).join("");
  const today = () => {
    const now = new Date(), two = n => String(n).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };
  const value = field => field.value.trim();
  let changed = false, links = [], persons = 0;

  find("submitted_on").value = today();
  find("submitted_on").max = today();

  const risk = () => (form.querySelector("input[name=child_at_risk]:checked") || {}).value || "";
  form.addEventListener("change", event => {
    if (event.target.name === "child_at_risk") find("call").hidden = risk() !== "yes";
  });
  form.addEventListener("input", () => {
    changed = true;
    done.hidden = true;
  });
  window.addEventListener("beforeunload", event => {
    if (changed) event.preventDefault();
  });

  find("add").addEventListener("click", () => {
    const one = find("person").content.firstElementChild.cloneNode(true);
    persons += 1;
    one.querySelector("legend").textContent = `Person ${persons}`;
    for (const field of one.querySelectorAll("input")) field.id = `person-${persons}-${field.dataset.name}`;
    one.querySelector(".remove").addEventListener("click", () => {
      one.remove();
      done.hidden = true;
      find("add").focus();
    });
    people.append(one);
    one.querySelector("input").focus();
  });

  const wrong = [];
  const refuse = (field, says) => {
    wrong.push([field, says]);
    if (field.matches("input,select,textarea")) field.setAttribute("aria-invalid", "true");
  };
  const check = () => {
    wrong.length = 0;
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!risk()) refuse(find("risk-no"), "Say whether a child is at risk.");
    else if (risk() === "yes" && !find("called").checked)
      refuse(find("called"), "A child is at risk: call 999 or the MASH first, then say here that you have.");
    for (const field of form.querySelectorAll("[required]")) {
      if (!value(field)) refuse(field, `Fill in: ${form.querySelector(`label[for=${field.id}]`).firstChild.data.trim()}`);
    }
    const day = find("submitted_on");
    if (value(day) && value(day) > today()) refuse(day, "The day on which you send it lies ahead.");
    for (const one of people.children) {
      const name = one.querySelector("[data-name=name]"), born = one.querySelector("[data-name=date_of_birth]");
      if (!value(name)) refuse(name, `${one.querySelector("legend").textContent}: write the name, or take the person out.`);
      if (value(born) > today()) refuse(born, `${one.querySelector("legend").textContent}: nobody is born in the future.`);
    }
    const list = problems.querySelector("ul");
    list.replaceChildren(...wrong.map(([field, says]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${field.id}`;
      link.textContent = says;
      link.addEventListener("click", event => {
        event.preventDefault();
        field.focus();
      });
      item.append(link);
      return item;
    }));
    problems.hidden = !wrong.length;
    if (wrong.length) problems.focus();
    return !wrong.length;
  };

  const filled = () => {
    const report = {};
    for (const name of JSON.parse(form.dataset.order)) {
      if (name === "form_ref") report[name] = reference;
      else if (name === "child_at_risk") report[name] = risk();
      else if (name === "topics")
        report[name] = Array.from(form.querySelectorAll("input[name=topics]:checked"), box => box.value);
      else report[name] = value(form.querySelector(`[name=${name}]`));
    }
    report[form.dataset.people] = Array.from(people.children, one =>
      Object.fromEntries(Array.from(one.querySelectorAll("[data-name]"), field => [field.dataset.name, value(field)])));
    return JSON.stringify({form: form.dataset.form, [form.dataset.reports]: [report]}, null, 2) + "\n";
  };

  const offer = (link, name, text, kind) => {
    const address = URL.createObjectURL(new Blob([text], {type: kind}));
    links.push(address);
    link.href = address;
    link.download = name;
  };

  form.addEventListener("submit", async event => {
    event.preventDefault();
    done.hidden = true;
    if (!check()) return;
    // A text that no UTF-8 can hold (half a character, pasted) becomes what the file holds.
    const bytes = new TextEncoder().encode(filled());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hash = Array.from(digest, n => n.toString(16).padStart(2, "0")).join("");
    const receipt = `${reference}-${hash.slice(0, 16)}`, name = `${form.dataset.form}-${reference}.json`;
    links.forEach(address => URL.revokeObjectURL(address));
    links = [];
    find("receipt").textContent = receipt;
    find("file").textContent = name;
    find("hash").textContent = hash;
    find("on").textContent = new Date().toLocaleString("en-GB");
    find("reminder").hidden = risk() !== "yes";
    offer(find("save"), name, bytes, "application/json");
    const lines = [
      `Receipt: ${receipt}`, `File: ${name}`, `SHA-256 of the file: ${hash}`, `Made on: ${find("on").textContent}`,
      "With this receipt you can ask the police what became of what you sent.",
    ];
    offer(find("save-receipt"), `receipt-${reference}.txt`, lines.join("\r\n") + "\r\n", "text/plain");
    done.hidden = false;
    done.focus();
    find("save").click();
    changed = false;
  });
  find("print").addEventListener("click", () => window.print());
})();

// The documentation page: everything it shows comes from /openapi.json, as text, never as markup.
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

// `code` between back-ticks; everything else stays plain text.
const prose = (text) => (text || "").split("`").map((piece, index) => (index % 2 ? el("code", {}, piece) : piece));

const table = (heads, rows) => el("table", {},
  el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
  el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, ...[cell].flat()))))));

const typeOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).filter(Boolean).join(" or ");
  const type = [schema.type].flat().filter((name) => name !== "null").join(" or ");
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  return schema.enum ? `${type}: ${schema.enum.filter((value) => value !== null).join(", ")}` : schema.format ? `${type} (${schema.format})` : type;
};

const members = (document_, schema) => {
  const name = schema?.$ref?.split("/").pop();
  const component = name && document_.components.schemas[name];
  if (!component?.properties) return null;
  const required = new Set(component.required || []);
  return table(["member", "type", "meaning"], Object.entries(component.properties).map(([key, value]) =>
    [el("code", {}, key), typeOf(value) + (required.has(key) ? "" : ", optional"), prose(value.description)]));
};

const example = (value) => el("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));

const content = (document_, media) => Object.entries(media || {}).flatMap(([type, { schema, example: sample }]) => [
  el("h4", {}, type), members(document_, schema), sample !== undefined && type.includes("json") ? example(sample) : null]);

const operation = (document_, path, method, route) => {
  const body = el("div", { class: "body" });
  if (route.description) body.append(el("p", {}, ...prose(route.description)));
  if (route.parameters) {
    body.append(el("h4", {}, "Parameters"), table(["name", "in", "type", "meaning"], route.parameters.map((item) =>
      [el("code", {}, item.name), item.in, typeOf(item.schema), prose(item.description)])));
  }
  if (route.requestBody) body.append(el("h4", {}, "Body"), ...content(document_, route.requestBody.content).filter(Boolean));
  body.append(el("h4", {}, "Answers"), table(["status", "meaning"], Object.entries(route.responses).map(([status, answer]) =>
    [el("code", {}, status), prose(answer.description)])));
  for (const [status, answer] of Object.entries(route.responses)) {
    if (status < "300" && answer.content) body.append(...content(document_, answer.content).filter(Boolean));
  }
  const details = el("details", { id: route.operationId },
    el("summary", {}, el("span", { class: "method" }, method.toUpperCase()), el("span", { class: "path" }, path), el("span", { class: "what" }, route.summary)), body);
  details.dataset.words = `${method} ${path} ${route.summary} ${Object.keys(route.responses).join(" ")} ${Object.values(route.responses).map((answer) => answer.description).join(" ")}`.toLowerCase();
  return details;
};

const show = (document_) => {
  document.getElementById("version").textContent = `Version ${document_.info.version}. ${document_.info.summary}`;
  const main = document.getElementById("main");
  main.replaceChildren(el("p", {}, ...prose(document_.info.description)));
  const groups = new Map(document_.tags.map((tag) => [tag.name, []]));
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, route] of Object.entries(methods)) groups.get(route.tags[0]).push(operation(document_, path, method, route));
  }
  for (const [name, routes] of groups) {
    main.append(el("section", { id: `tag-${name}` }, el("h2", {}, name), ...routes));
    document.getElementById("tags").append(el("a", { href: `#tag-${name}` }, name));
  }
  main.append(el("section", { id: "tag-problems" }, el("h2", {}, "problems"),
    table(["code", "status", "meaning"], document_["x-problems"].map((kind) => [el("code", {}, kind.code), String(kind.status), prose(kind.meaning)]))));
  document.getElementById("tags").append(el("a", { href: "#tag-problems" }, "problems"));
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
};

document.getElementById("filter").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const details of document.querySelectorAll("details")) details.hidden = !words.every((word) => details.dataset.words.includes(word));
  for (const section of document.querySelectorAll("section")) {
    const routes = [...section.querySelectorAll("details")];
    section.hidden = routes.length > 0 && routes.every((details) => details.hidden);
  }
});

fetch("/openapi.json").then((answer) => answer.json()).then(show).catch(() => {
  document.getElementById("main").replaceChildren(el("p", {}, "The description could not be loaded. Is the gateway still running?"));
});

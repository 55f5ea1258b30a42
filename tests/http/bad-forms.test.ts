import { expect, test } from "bun:test";
import { openClient } from "../../db/connect.ts";
import { forgetKeyPolicies } from "../../server/auth/keys/key-policy.ts";
import { type TestApp, testApp } from "../support/app.ts";
import { emailOf, ownerEmail, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { neverText, oddText } from "./faults.ts";

interface Form {
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly typed: readonly string[];
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The forms that change something, and the links, of one page. */
async function readPage(html: string): Promise<{ forms: Form[]; links: string[] }> {
  const forms: { action: string; fields: Map<string, string>; typed: string[] }[] = [];
  const links: string[] = [];
  let inside = false;
  const rewriter = new HTMLRewriter()
    .on("a[href]", { element: (link) => void links.push(link.getAttribute("href") ?? "") })
    .on("form", {
      element(form) {
        inside = form.getAttribute("method")?.toLowerCase() === "post";
        if (inside) forms.push({ action: form.getAttribute("action") ?? "", fields: new Map(), typed: [] });
        form.onEndTag(() => {
          inside = false;
        });
      },
    })
    .on("input, select, textarea, button", {
      element(field) {
        const name = field.getAttribute("name");
        const form = forms.at(-1);
        if (!inside || name === null || form === undefined) return;
        if (!form.fields.has(name)) form.fields.set(name, field.getAttribute("value") ?? "");
        if (name !== "_csrf" && !form.typed.includes(name)) form.typed.push(name);
      },
    });
  await rewriter.transform(new Response(html)).text();
  return { forms, links };
}

/** Follows links from the first page; of pages and forms that differ in an id only, one is taken. */
async function crawl(client: Client, start: readonly string[], skip: (path: string) => boolean) {
  const seen = new Set<string>();
  const forms = new Map<string, Form>();
  const queue = [...start];
  const failed: string[] = [];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const shape = (path.split(/[?#]/)[0] ?? "").replace(uuid, ":id");
    if (seen.has(shape) || skip(path) || !path.startsWith("/") || path.startsWith("//")) continue;
    seen.add(shape);
    const response = await client.get(path);
    const html = await response.text();
    if (response.status >= 500) failed.push(`GET ${path}: ${response.status}`);
    if (!response.headers.get("content-type")?.startsWith("text/html")) continue;
    if (await runs(html)) failed.push(`GET ${path}: markup stands as markup`);
    const page = await readPage(html);
    queue.push(...page.links);
    for (const form of page.forms) {
      const key = `${form.action.replace(uuid, ":id")} ${[...form.fields.keys()].join()}`;
      if (!skip(form.action) && !forms.has(key)) forms.set(key, form);
    }
  }
  return { forms: [...forms.values()], pages: seen.size, failed };
}

const markup = oddText["markup"] ?? "";

/** Whether something that was sent stands in the page as an element or an attribute of its own. */
async function runs(html: string): Promise<boolean> {
  let found = false;
  const seen = () => {
    found = true;
  };
  const rewriter = new HTMLRewriter()
    .on("script:not([src])", { element: seen })
    .on("[onmouseover]", { element: seen });
  await rewriter.transform(new Response(html)).text();
  return found;
}

/** A key of its own for each sending, so that none is taken for another sent again. */
const fresh = (filled: Readonly<Record<string, string>>): Record<string, string> =>
  "idempotencyKey" in filled ? { ...filled, idempotencyKey: Bun.randomUUIDv7() } : { ...filled };

async function fuzzForms(
  client: Client,
  forms: readonly Form[],
): Promise<{ faults: string[]; sent: number }> {
  const faults: string[] = [];
  let sent = 0;
  const check = async (name: string, answering: Promise<Response>) => {
    sent += 1;
    const response = await answering;
    const text = await response.text();
    if (response.status >= 500) faults.push(`${name}: ${response.status}`);
    if (await runs(text)) faults.push(`${name}: markup came back as markup`);
    if (response.headers.get("location")?.startsWith("//")) faults.push(`${name}: leads elsewhere`);
  };
  for (const { action, fields, typed } of forms) {
    const filled = Object.fromEntries(fields);
    for (const field of typed)
      for (const [name, value] of Object.entries({ ...oddText, ...neverText })) {
        const form = { ...fresh(filled), [field]: value };
        await check(`${action} ${field}: ${name}`, client.send(action, { form }));
      }
    const csrf = filled["_csrf"] ?? "";
    const multipart = new FormData();
    multipart.set("_csrf", csrf);
    for (const field of typed) multipart.append(field, new File(["\u0000\u0001"], "../../x\u202E.exe"));
    await check(`${action} files for text`, client.send(action, { body: multipart }));
    const twice = new URLSearchParams([
      ["_csrf", csrf],
      ...typed.flatMap((name) => [
        [name, "a"],
        [name, "b"],
      ]),
    ] as [string, string][]);
    const raw: Record<string, [BodyInit, string]> = {
      "each field twice": [twice.toString(), "application/x-www-form-urlencoded"],
      nothing: [`_csrf=${csrf}`, "application/x-www-form-urlencoded"],
      "broken percent": [
        `_csrf=${csrf}&a=%&%=%ff&__proto__=x&constructor=y`,
        "application/x-www-form-urlencoded",
      ],
      json: [
        JSON.stringify({
          _csrf: csrf,
          __proto__: 1,
          toString: "x",
          ...Object.fromEntries(typed.map((name) => [name, { a: [1] }])),
        }),
        "application/json",
      ],
      "broken json": ["{", "application/json"],
      text: ["hello", "text/plain"],
      "broken multipart": ["--x\r\nbroken", "multipart/form-data; boundary=x"],
      "no known type": ["x", "application/x-unknown"],
    };
    for (const [name, [body, type]] of Object.entries(raw))
      await check(
        `${action} ${name}`,
        client.send(action, { body, headers: { "content-type": type, "x-csrf-token": csrf } }),
      );
    await check(
      `${action} odd key`,
      client.send(action, { form: { ...filled, idempotencyKey: "a b\u0000" } }),
    );
    await check(
      `${action} odd version`,
      client.send(action, { form: { ...fresh(filled), version: "99999999999999999999" } }),
    );
  }
  return { faults, sent };
}

/** What forms decide for everybody who signs in at the owner's; other tests sign in after this one. */
const rules = ["owner_key_policy", "password_policy", "operator_role_rules", "health_settings"];

/** @returns what puts the rules back as they stand now. */
async function keepRules({ admin, services }: TestApp): Promise<() => Promise<void>> {
  const { database, schema } = services.connections.control.place;
  const ruler = openClient({ ...admin.local, database, schema }, { max: 1 });
  const kept = new Map<string, string>();
  for (const rule of rules) {
    const [row] = await ruler.unsafe<{ rows: string }[]>(
      `select coalesce(json_agg(r), '[]')::text as rows from ${schema}.${rule} r`,
    );
    kept.set(rule, row?.rows ?? "[]");
  }
  return async () => {
    for (const [rule, rows] of kept) {
      await ruler.unsafe(`delete from ${schema}.${rule}`);
      await ruler.unsafe(
        `insert into ${schema}.${rule} select * from json_populate_recordset(null::${schema}.${rule}, $1::text::json)`,
        [rows],
      );
    }
    await ruler.end();
    forgetKeyPolicies();
  };
}

async function fuzz(
  client: Client,
  start: readonly string[],
  skip: (path: string) => boolean,
): Promise<{ faults: string[]; pages: number; forms: number; sent: number }> {
  const { forms, pages, failed } = await crawl(client, start, skip);
  // What changes the password ends sessions; it comes last.
  const last = (form: Form) => (form.action.includes("password") || form.action.includes("profile") ? 1 : 0);
  const { faults, sent } = await fuzzForms(
    client,
    forms.toSorted((a, b) => last(a) - last(b)),
  );
  const after = await crawl(client, start, skip);
  return { faults: [...failed, ...faults, ...after.failed], pages, forms: forms.length, sent };
}

test("a hospital's forms take anything that is sent without a fault, and show it as text", async () => {
  const app = await testApp();
  const hospital = await app.newHospital();
  const admin = new Client(app.app, hospital.host, "203.0.113.30");
  await admin.signIn(emailOf("admin", hospital.subdomain), password);
  const { id: own } = (await (await admin.get("/api/v1/tenant/auth/me")).json()) as { id: string };
  await admin.send("/api/v1/tenant/patients", {
    json: { firstName: markup, lastName: "Khan", sex: "female", bornOn: "1990-05-17" },
  });
  const result = await fuzz(
    admin,
    ["/", "/patients", "/users", "/roles", "/departments", "/imports"],
    (path) =>
      path.startsWith("/sign-out") ||
      path.includes(own) ||
      path.startsWith("/docs") ||
      path.startsWith("/api/"),
  );
  console.log(`forms of a hospital: ${result.forms} on ${result.pages} pages, ${result.sent} sent`);
  expect(result.faults).toEqual([]);
  expect(result.forms).toBeGreaterThan(5);
}, 240_000);

test("the owner's forms take anything that is sent without a fault, and show it as text", async () => {
  const app = await testApp();
  const subject = await app.newHospital();
  const owner = new Client(app.app, "owner.localhost", "203.0.113.31");
  await owner.signIn(ownerEmail, password);
  const skip = (path: string) =>
    /^\/(sign-out|jobs|docs|api)/.test(path) || (path.match(uuid) ?? []).some((id) => id !== subject.id);
  const putBack = await keepRules(app);
  const result = await fuzz(
    owner,
    ["/", "/hospitals", `/hospitals/${subject.id}`, "/hospitals/new"],
    skip,
  ).finally(putBack);
  console.log(`forms of the owner: ${result.forms} on ${result.pages} pages, ${result.sent} sent`);
  expect(result.faults).toEqual([]);
  expect(result.forms).toBeGreaterThan(2);
}, 240_000);

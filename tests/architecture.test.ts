import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Glob } from "bun";
import ts from "typescript";
import { testApp } from "./support/app.ts";
import { publicRoutes } from "./support/public-routes.ts";

const root = `${import.meta.dir}/..`;

function files(pattern: string): string[] {
  return [...new Glob(pattern).scanSync({ cwd: root })].sort();
}

const someId = "01980000-0000-7000-8000-000000000000";

test("every route outside the public list refuses a stranger", async () => {
  const { app, abdullah, client } = await testApp();
  const leaks: string[] = [];
  let asked = 0;
  for (const { portal, method, path } of app.routes) {
    if (portal === "apex" || publicRoutes.has(`${method} ${path}`)) continue;
    const stranger = portal === "owner" ? client("owner.localhost") : abdullah.stranger();
    const address = path.replaceAll(/:[A-Za-z]+\??/g, someId).replaceAll("*", "x");
    for (const verb of method === "ALL" ? ["GET", "POST"] : [method]) {
      const body = verb === "GET" || verb === "HEAD" ? {} : { json: { unexpected: true } };
      const response = await stranger.send(address, { method: verb, ...body });
      asked += 1;
      const refused = response.status === 401;
      if (!refused) leaks.push(`${portal} ${verb} ${path} answered ${response.status}`);
    }
  }
  expect(leaks).toEqual([]);
  expect(asked).toBeGreaterThan(5);
});

test("every public route that is listed is there", async () => {
  const { app } = await testApp();
  const there = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  expect([...publicRoutes].filter((route) => !there.has(route))).toEqual([]);
});

/** Types by which a function can reach a database: an exported one that takes any is a rule. */
const reaches =
  /\b(HospitalContext|OwnerContext|EitherContext|Services|HospitalTx|ControlTx|HospitalDb|ControlDb|HospitalGate|OwnerGate)\b/;

test("every exported rule authorizes first, or says why it is open", () => {
  const missing: string[] = [];
  let seen = 0;
  for (const file of files("server/{hospital,owner,bridge,auth}/**/*.ts")) {
    if (/\.(pages|api|input)\.ts$/.test(file)) continue;
    const text = readFileSync(`${root}/${file}`, "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const node of source.statements) {
      if (
        !ts.isFunctionDeclaration(node) ||
        !node.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword)
      )
        continue;
      if (!node.parameters.some((parameter) => reaches.test(parameter.getText(source)))) continue;
      seen += 1;
      const above = text.slice(node.getFullStart(), node.getStart(source));
      const first = node.body?.statements[0]?.getText(source) ?? "";
      const second = node.body?.statements[1]?.getText(source) ?? "";
      if (
        !/\/\/ open: \S/.test(above) &&
        ![first, second].some((statement) => /\bauthorize(?:At)?\(/.test(statement))
      )
        missing.push(`${file}: ${node.name?.text}`);
    }
  }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(10);
});

test("markup lives in views alone", () => {
  const strays = files("{server,db,jobs,bin,bench}/**/*.tsx");
  expect(strays).toEqual([]);
});

/**
 * Reviewed: tables that more than one room writes. The bridge makes a hospital's first rows before it has people,
 * gives the demonstration's operator its password, and takes a password that was told out of a server's answer.
 */
const writtenByMany: Readonly<Record<string, readonly string[]>> = {
  departments: ["server/hospital/departments", "server/bridge"],
  entitlement: ["server/bridge", "server/node"],
  hospitalSettings: ["server/hospital/settings", "server/bridge", "server/node"],
  limits: ["server/tenancy", "server/bridge", "server/node"],
  nodeCommands: ["server/owner/nodes", "server/bridge"],
  operators: ["server/auth", "server/owner/operators", "server/bridge"],
  patients: [
    "server/hospital/patients",
    "server/hospital/import",
    "server/hospital/privacy",
    "server/hospital/retention",
  ],
  roles: ["server/hospital/roles", "server/bridge"],
  supportGrants: ["server/auth", "server/hospital/support"],
  tenants: ["server/owner/tenants", "server/bridge"],
  users: ["server/auth", "server/hospital/users", "server/hospital/profile", "server/bridge"],
};

test("a table is written by its own domain alone", () => {
  const writers = new Map<string, Set<string>>();
  for (const file of files("{server,jobs}/**/*.ts")) {
    const text = readFileSync(`${root}/${file}`, "utf8");
    const imported = new Set<string>();
    for (const [, names = ""] of text.matchAll(/import \{([^}]+)\} from "[^"]*db\/schema\/[^"]+"/g))
      for (const name of names.split(",")) imported.add(name.trim().split(" ")[0] ?? "");
    for (const [, table = ""] of text.matchAll(/\.(?:insert|update|delete)\(\s*([A-Za-z]+)\s*\)/g)) {
      if (!imported.has(table)) continue;
      const domain = file
        .split("/")
        .slice(0, file.startsWith("server/hospital") || file.startsWith("server/owner") ? 3 : 2)
        .join("/");
      writers.set(table, (writers.get(table) ?? new Set()).add(domain));
    }
  }
  const shared = [...writers]
    .filter(
      ([table, domains]) =>
        domains.size > 1 && ![...domains].every((domain) => writtenByMany[table]?.includes(domain)),
    )
    .map(([table, domains]) => `${table}: ${[...domains].sort().join(", ")}`);
  expect(shared).toEqual([]);
  expect(writers.size).toBeGreaterThan(5);
});

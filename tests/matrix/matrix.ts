import { sql } from "drizzle-orm";
import { operators, operatorTenants } from "../../db/schema/control/operators.ts";
import {
  allHospitalPermissions,
  hospitalScopes,
  type OperatorRole,
  permissionsOfOperatorRole,
} from "../../server/auth/permissions.ts";
import { seedRoles } from "../../server/auth/seed-roles.ts";
import { csrfHeader } from "../../views/page.ts";
import { type TestApp, testApp } from "../support/app.ts";
import { badgeAt, operatorBadge } from "../support/badges.ts";
import { type Planted, plant } from "./plant.ts";
import { fresh, learnRights, type Walker, walkAs } from "./role-walk.ts";
import { addressOf, ask, type WalkedRoute, walkedRoutes } from "./routes.ts";
import { type Stranger, strangersAtHospital, strangersAtOwner } from "./strangers.ts";
import { Findings, isDone, permissionOf, tellsOf } from "./verdicts.ts";

async function addOperator(
  app: TestApp,
  role: OperatorRole,
  status: "active" | "suspended",
): Promise<string> {
  const name = `Walker ${role} ${status}`;
  const email = `${Bun.randomUUIDv7()}@matrix.example`;
  const [made] = await app.services.connections.control.db
    .insert(operators)
    .values({ email, name, passwordHash: "none", role, status })
    .returning({ id: operators.id });
  return made?.id ?? "";
}

/** What stands in the tables that a hospital's people work on. */
async function standing({ hospital }: Planted): Promise<string> {
  const tables = [
    "patients",
    "documents",
    "files",
    "consents",
    "patient_access",
    "glass_breaks",
    "departments",
    "roles",
    "users",
  ];
  tables.push("api_keys", "hospital_settings", "support_grants", "import_runs", "user_import_runs");
  const sums: string[] = [];
  for (const table of tables) {
    const rows = await hospital
      .system()
      .db.execute(
        sql`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${sql.identifier(table)} t`,
      );
    sums.push(`${table} ${JSON.stringify(rows)}`);
  }
  return sums.join("\n");
}

/** While the database answers one, another is asked for. */
async function atOnce<T>(all: readonly T[], walk: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await walk(one);
  };
  await Promise.all(Array.from({ length: 4 }, work));
}

/** Each stranger at each route of a portal, with rows that are really there. */
export async function walkStrangers(
  app: TestApp,
  routes: readonly WalkedRoute[],
  strangers: readonly Stranger[],
  {
    part,
    host,
    planted,
  }: { readonly part: string; readonly host: string; readonly planted: readonly Planted[] },
  findings: Findings,
): Promise<void> {
  const ids = planted[0]?.ids ?? null;
  await atOnce([...strangers.entries()], async ([at, stranger]) => {
    const from = `198.51.100.${at + 10}`;
    for (const route of routes) {
      if (stranger.apiOnly && !route.isApi) continue;
      const { address } = addressOf(route, ids);
      const whole = !route.isPublic;
      const answer = await ask(app, route, address, { host, whole, from, ...stranger });
      findings.count(part);
      const told = `answered ${answer.status}`;
      const refused = answer.status === 401 || answer.status === 404;
      if (answer.status >= 500 || (!route.isPublic && !refused)) findings.leak(route, stranger.name, told);
      if (planted.some((one) => tellsOf(answer, address, one)))
        findings.leak(route, stranger.name, `${told} and tells of a hospital`);
    }
  });
}

/** At the door that is theirs, with the other hospital's ids: nothing is there, nothing is told, nothing changes. */
async function walkOwnDoor(
  app: TestApp,
  routes: readonly WalkedRoute[],
  own: Planted,
  other: Planted,
  findings: Findings,
): Promise<void> {
  const person = fresh(() => badgeAt(app, own.hospital, own.people["admin"] ?? ""));
  const { host } = own.hospital;
  const foreign = other.hospital;
  const ways: readonly {
    readonly name: string;
    readonly more: Record<string, string>;
    readonly target?: string;
  }[] = [
    { name: "other's ids", more: {} },
    { name: "other's ids, X-Forwarded-Host of theirs", more: { "x-forwarded-host": foreign.host } },
    { name: "other's ids, their host in the target", more: {}, target: foreign.host },
    { name: "other's ids, X-Tenant-ID of theirs", more: { "x-tenant-id": foreign.id } },
  ];
  const walk = async (
    name: string,
    headers: Record<string, string>,
    route: WalkedRoute,
    from: string,
    target = host,
  ) => {
    const { address, named } = addressOf(route, other.ids);
    const answer = await ask(app, route, address, { headers, host, targetHost: target, whole: named, from });
    findings.count("own door, other's rows");
    const told = `answered ${answer.status}`;
    if (answer.status >= 500) findings.leak(route, name, told);
    else if (tellsOf(answer, address, other)) findings.leak(route, name, `${told} and tells of the other`);
    else if (named && !route.isPublic && isDone(answer)) findings.leak(route, name, told);
  };
  for (const [at, { name, more, target }] of ways.entries())
    for (const route of routes)
      await walk(name, { ...(await person(route)), ...more }, route, `198.51.101.${at}`, target ?? host);
  const apiRoutes = routes.filter(({ isApi }) => isApi);
  for (const route of apiRoutes)
    await walk("API key, other's ids", { "x-api-key": own.keys.whole }, route, "198.51.101.9");
  const pages = routes.filter(({ isApi, path }) => !isApi && path !== "/support/leave");
  for (const route of pages)
    await walk("support inside, other's ids", { cookie: own.support.inside }, route, "198.51.101.8");
}

const rolesOfHospital = (): readonly (readonly [string, ReadonlySet<string>])[] => [
  ...seedRoles.map(({ key, permissions }) => [key, new Set<string>(permissions)] as const),
];

async function walkHospital(app: TestApp, routes: readonly WalkedRoute[], at: Planted, findings: Findings) {
  const guarded = routes.filter(({ isPublic }) => !isPublic);
  const { host } = at.hospital;
  const walker = (key: string, permissions: ReadonlySet<string>, last: number): Walker => ({
    ...{ name: key, host, permissions, from: `198.51.102.${last}` },
    headers: fresh(() => badgeAt(app, at.hospital, at.people[key] ?? "")),
  });
  const rights = await learnRights(app, guarded, at, walker("bare", new Set(), 1), findings);
  await atOnce([...rolesOfHospital().entries()], ([index, [key, permissions]]) =>
    walkAs(app, guarded, at, walker(key, permissions, index + 2), rights, findings),
  );
  const api = guarded.filter(({ isApi }) => isApi);
  const keys: readonly (readonly [string, string, ReadonlySet<string>])[] = [
    ["API key of one scope", at.keys.narrow, new Set(["departments:read"])],
    ["API key of every scope", at.keys.whole, new Set<string>(hospitalScopes)],
  ];
  for (const [name, secret, permissions] of keys) {
    const headers = async () => ({ "x-api-key": secret });
    const one = { name, host, permissions, from: "198.51.102.50", headers };
    await walkAs(
      app,
      api.filter(({ path }) => !path.includes("/auth/")),
      at,
      one,
      rights,
      findings,
    );
  }
  const pages = guarded.filter(
    ({ isApi, path }) => !isApi && !/^\/(profile|sign-out|support\/leave)/.test(path),
  );
  const support = async () => ({ cookie: at.support.inside, [csrfHeader]: "none" });
  const inside: Walker = {
    ...{ name: "support inside", host, from: "198.51.102.51", headers: support },
    permissions: new Set<string>(allHospitalPermissions),
  };
  await walkAs(
    app,
    pages.filter(({ method }) => method === "GET"),
    at,
    inside,
    rights,
    findings,
  );
  findings.rights = rights.size;
}

async function walkOwner(
  app: TestApp,
  routes: readonly WalkedRoute[],
  at: Planted,
  other: Planted,
  findings: Findings,
) {
  const guarded = routes.filter(({ isPublic, path }) => !isPublic && !path.startsWith("/api/v1/sync/"));
  const host = "owner.localhost";
  const rights = new Map<string, string>();
  for (const [index, role] of (["group-admin", "admin", "super-admin"] as const).entries()) {
    const operatorId = await addOperator(app, role, "active");
    if (role === "group-admin")
      await app.services.connections.control.db
        .insert(operatorTenants)
        .values({ operatorId, tenantId: at.hospital.id });
    const walker: Walker = {
      ...{ name: role, host, from: `198.51.103.${index + 1}`, permissions: permissionsOfOperatorRole[role] },
      headers: fresh(() => operatorBadge(app, operatorId)),
    };
    if (role !== "super-admin")
      for (const [route, right] of await learnOwnerRights(app, guarded, at, walker, findings))
        rights.set(route, right);
    await walkAs(app, guarded, at, walker, rights, findings, role === "group-admin" ? [other] : []);
    if (role === "group-admin") await walkHidden(app, guarded, other, walker, findings);
  }
}

/** What a role of the owner's may not do, it tells by refusing; rows are of nobody, so that nothing is changed. */
async function learnOwnerRights(
  app: TestApp,
  routes: readonly WalkedRoute[],
  at: Planted,
  walker: Walker,
  findings: Findings,
): Promise<ReadonlyMap<string, string>> {
  const rights = new Map<string, string>();
  for (const route of routes) {
    const { address } = addressOf(route, route.method === "GET" ? at.ids : null);
    const headers = await walker.headers(route);
    const { host, from } = walker;
    const answer = await ask(app, route, address, { headers, host, from, whole: false });
    findings.count("without any right");
    const needed = permissionOf(answer);
    if (needed !== null) rights.set(route.name, needed);
  }
  return rights;
}

/** A group admin at a hospital that is not given to them: it is not there. */
async function walkHidden(
  app: TestApp,
  routes: readonly WalkedRoute[],
  hidden: Planted,
  walker: Walker,
  findings: Findings,
): Promise<void> {
  for (const route of routes) {
    const { address } = addressOf(route, hidden.ids);
    if (!address.includes(hidden.hospital.id)) continue;
    const { host, from } = walker;
    const answer = await ask(app, route, address, {
      headers: await walker.headers(route),
      host,
      from,
      whole: true,
    });
    findings.count("hospital not given");
    if (answer.status !== 404 || tellsOf(answer, address, hidden))
      findings.leak(route, `${walker.name}, a hospital not given`, `answered ${answer.status}`);
  }
}

/** The isolation matrix: every registered route with everybody who has no business there, and with every role. */
export async function runMatrix(): Promise<Findings> {
  const app = await testApp();
  const findings = new Findings();
  const routes = await walkedRoutes(app);
  const at = await plant(app, await app.newHospital({ isolation: "database" }));
  const other = await plant(app, await app.newHospital({ isolation: "schema" }));
  const operatorIds = {
    active: await addOperator(app, "super-admin", "active"),
    suspended: await addOperator(app, "super-admin", "suspended"),
  };
  const of = (portal: WalkedRoute["portal"]) => routes.filter((route) => route.portal === portal);
  const before = await standing(at);
  const strangers = await strangersAtHospital(app, at, other, operatorIds.active);
  const { host } = at.hospital;
  const planted = [at, other];
  await walkStrangers(
    app,
    of("hospital"),
    strangers,
    { part: "strangers at a hospital", host, planted },
    findings,
  );
  const atOwner = await strangersAtOwner(app, at, operatorIds);
  const owners = { part: "strangers at the owner's", host: "owner.localhost", planted };
  await walkStrangers(app, of("owner"), atOwner, owners, findings);
  const apex = { part: "strangers at the apex", host: "localhost", planted };
  await walkStrangers(app, of("apex"), atOwner, apex, findings);
  await walkOwnDoor(app, of("hospital"), other, at, findings);
  if ((await standing(at)) !== before)
    findings.leaks.push("What stands in the hospital was changed by strangers.");
  await walkHospital(app, of("hospital"), at, findings);
  await walkOwner(app, of("owner"), at, other, findings);
  return findings;
}

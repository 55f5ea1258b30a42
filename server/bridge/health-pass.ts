import { and, eq, inArray } from "drizzle-orm";
import pLimit from "p-limit";
import type { Place } from "../../db/planes.ts";
import { nodes } from "../../db/schema/control/nodes.ts";
import { databaseServers, tenants } from "../../db/schema/control/tenants.ts";
import { type Answer, askDatabase, type Told } from "../owner/health/ask-database.ts";
import { type HospitalProbe, type SideProbe, unknownSide, unreachable } from "../owner/health/probe.ts";
import type { Thresholds } from "../owner/health/thresholds.ts";
import { adminPlaceOf } from "../owner/servers/servers.ts";
import type { Services } from "../tenancy/services.ts";

type Needs = Pick<Services, "connections" | "keyring" | "clock" | "log">;

/** Servers that are tried at the same moment: most of the time of a dead one is waiting. */
const serversAtOnce = 32;
/** Connections at the same moment to servers that answer. */
const databasesAtOnce = 16;
const awayReason = "The database could not be reached.";

interface Seat {
  readonly serverId: string;
  readonly database: string;
  readonly schema: string;
}
interface Hospital {
  readonly id: string;
  readonly primary: Seat | null;
  readonly copy: Seat | null;
  readonly node: typeof nodes.$inferSelect | null;
}
interface Target {
  readonly place: Place;
  readonly schemas: string[];
  readonly serverId: string;
}

const keyOf = (seat: Seat) => `${seat.serverId}/${seat.database}`;

/**
 * Looks at the databases of these hospitals (null: of all), wherever they are: one connection a database, however
 * many hospitals are in it; a server that does not answer is tried once for all that lie there. A hospital on its
 * own server is known by what that server told, and its copy is asked here.
 */
// open: code of the health job, which has authorized
export async function lookAtHospitals(
  services: Needs,
  thresholds: Thresholds,
  only: readonly string[] | null = null,
): Promise<ReadonlyMap<string, HospitalProbe>> {
  const hospitals = await hospitalsOf(services, only);
  const answers = await askAll(services, hospitals);
  const silentBefore = services.clock.now().getTime() - thresholds.silentMinutes * 60_000 - 30_000;
  return new Map(
    hospitals.map((hospital) => {
      const here = toldOf(answers, hospital.primary);
      const copy = toldOf(answers, hospital.copy);
      const { node } = hospital;
      const probe: HospitalProbe = {
        primary: node === null ? sideOf(here, "primary") : nodeSide(node, silentBefore),
        copy: sideOf(copy, "copy"),
        usage: here?.usage ?? copy?.usage ?? null,
      };
      return [
        hospital.id,
        { ...probe, primary: probe.primary ?? (node === null ? unreachable(awayReason) : null) },
      ];
    }),
  );
}

/** Each side's own facts alone: the rows waiting are the primary's, the seconds behind are the copy's. */
function sideOf(told: Told | null, side: "primary" | "copy"): SideProbe | null {
  if (told === null) return null;
  const { probe } = told;
  return side === "primary"
    ? { ...probe, lagSeconds: null, lastTickAt: null }
    : { ...probe, lagRows: null, parked: null };
}

function nodeSide(node: typeof nodes.$inferSelect, silentBefore: number): SideProbe | null {
  const { report, lastSeenAt } = node;
  if (report === null || lastSeenAt === null || lastSeenAt.getTime() < silentBefore) return null;
  const { at: _at, lastVerifiedAt, ...told } = report.health ?? { at: null, lastVerifiedAt: null };
  return {
    ...unknownSide,
    ...told,
    reachable: true,
    lastVerifiedAt: lastVerifiedAt === null ? null : new Date(lastVerifiedAt),
    lagRows: report.lagRows,
    parked: report.parked?.reason ?? null,
    heardAt: lastSeenAt,
  };
}

function toldOf(answers: ReadonlyMap<string, Answer>, seat: Seat | null): Told | null {
  if (seat === null) return null;
  const answer = answers.get(keyOf(seat));
  const told = answer?.lost === null ? answer.bySchema.get(seat.schema) : undefined;
  return told ?? { probe: unreachable(awayReason), usage: null };
}

async function hospitalsOf(services: Needs, only: readonly string[] | null): Promise<readonly Hospital[]> {
  const rows = await services.connections.control.db
    .select({ tenant: tenants, node: nodes })
    .from(tenants)
    .leftJoin(nodes, and(eq(nodes.tenantId, tenants.id), eq(nodes.status, "active")))
    .where(
      only === null
        ? inArray(tenants.status, ["active", "suspended", "archived"])
        : inArray(tenants.id, [...only]),
    );
  return rows.map(({ tenant, node }) => {
    const { schemaName: schema } = tenant;
    const here = { serverId: tenant.primaryServerId, database: tenant.primaryDatabase, schema };
    const copy =
      tenant.copyServerId === null || tenant.copyDatabase === null
        ? null
        : { serverId: tenant.copyServerId, database: tenant.copyDatabase, schema };
    // On its own server, what was the working database here is its copy.
    return { id: tenant.id, node, primary: node === null ? here : null, copy: node === null ? copy : here };
  });
}

async function askAll(services: Needs, hospitals: readonly Hospital[]): Promise<ReadonlyMap<string, Answer>> {
  const servers = await services.connections.control.db.select().from(databaseServers);
  const places = new Map(servers.map((server) => [server.id, adminPlaceOf(server, services.keyring)]));
  const targets = new Map<string, Target>();
  for (const seat of hospitals.flatMap(({ primary, copy }) => [primary, copy])) {
    const admin = seat === null ? undefined : places.get(seat.serverId);
    if (seat === null || admin === undefined) continue;
    const target = targets.get(keyOf(seat)) ?? {
      ...{ place: { ...admin, database: seat.database, schema: seat.schema }, schemas: [] as string[] },
      serverId: seat.serverId,
    };
    if (!target.schemas.includes(seat.schema)) target.schemas.push(seat.schema);
    targets.set(keyOf(seat), target);
  }
  const answers = new Map<string, Answer>();
  const ask = async ([key, { place, schemas }]: readonly [string, Target]) => {
    try {
      answers.set(key, await askDatabase(place, schemas));
    } catch (error) {
      answers.set(key, { lost: "database" });
      services.log.error({ err: error, database: place.database }, "A database could not be looked at");
    }
    return answers.get(key)?.lost ?? null;
  };
  // By address: two names of one machine are one machine.
  const byAddress = Map.groupBy(targets, ([, { place }]) => `${place.host}:${place.port}`);
  const rest: (readonly [string, Target])[] = [];
  await pLimit(serversAtOnce).map([...byAddress.values()], async ([first, ...others]) => {
    if (first === undefined) return;
    if ((await ask(first)) !== "server") rest.push(...others);
    else for (const [key] of others) answers.set(key, { lost: "server" });
  });
  const gone = new Set<string>();
  await pLimit(databasesAtOnce).map(rest, async (target) => {
    const { host, port } = target[1].place;
    if (gone.has(`${host}:${port}`)) answers.set(target[0], { lost: "server" });
    else if ((await ask(target)) === "server") gone.add(`${host}:${port}`);
  });
  return answers;
}

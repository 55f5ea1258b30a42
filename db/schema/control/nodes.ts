import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";
import { tenants } from "./tenants.ts";

const tenant = () =>
  uuid()
    .notNull()
    .references(() => tenants.id, { onDelete: "cascade" });

/** The owner's key: hospitals' own servers take no document that it did not sign. One row. */
export const signingKeys = pgTable(
  "signing_keys",
  {
    id: integer().primaryKey().default(1),
    publicKey: text().notNull(),
    sealedPrivateKey: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [check("signing_keys_one_row", sql`${table.id} = 1`)],
);

/** What a hospital's own server last told of itself. */
export interface NodeReport {
  readonly version: string;
  readonly lagRows: number | null;
  readonly logBytes: number | null;
  readonly parked: { readonly code: string; readonly reason: string } | null;
  /** By name, so that no number is issued twice after a rebuild. */
  readonly sequences: Readonly<Record<string, string>>;
  /** How its own database is; absent from servers of an older version. */
  readonly health?: NodeHealth;
}

/** How the database of a hospital's own server is, as that server finds it. */
export interface NodeHealth {
  readonly at: string;
  readonly latencyMs: number;
  readonly connectMs: number;
  readonly sizeBytes: number;
  readonly serverVersion: string;
  readonly connections: number;
  readonly connectionLimit: number;
  readonly schemaVersion: string | null;
  readonly lastVerifiedAt: string | null;
  readonly verifiedEqual: boolean | null;
}

/** A server on which a hospital runs by itself. `active`: the hospital's one writer. */
export const nodes = pgTable(
  "nodes",
  {
    id: id(),
    tenantId: tenant(),
    name: text().notNull(),
    /** Ed25519, SPKI in base64: the server's own; its private half never leaves it. */
    publicKey: text().notNull().unique(),
    /** Where people in the hospital reach it. */
    address: text(),
    status: text({ enum: ["joining", "active", "revoked"] })
      .notNull()
      .default("joining"),
    /** The writer epoch that it holds; null until it has taken over. */
    incarnation: uuid(),
    joinedAt: instant().notNull().defaultNow(),
    activeAt: instant(),
    revokedAt: instant(),
    /** When the hospital's work came back to the owner's server after this one was taken off; until then its database there stays a copy. */
    returnedAt: instant(),
    lastSeenAt: instant(),
    /** The newest tick that the copy has applied. */
    asOf: instant(),
    documentVersion: integer().notNull().default(0),
    report: jsonb().$type<NodeReport>(),
  },
  (table) => [
    index("nodes_tenant").on(table.tenantId, table.joinedAt),
    index("nodes_away")
      .on(table.tenantId)
      .where(
        sql`${table.status} = 'active' or (${table.activeAt} is not null and ${table.returnedAt} is null)`,
      ),
    uniqueIndex("nodes_active").on(table.tenantId).where(sql`${table.status} = 'active'`),
    check("nodes_status", sql`${table.status} in ('joining', 'active', 'revoked')`),
  ],
);

/** What a server joins with: once, within a day. Only its hash is kept. */
export const nodeTokens = pgTable(
  "node_tokens",
  {
    id: id(),
    tenantId: tenant(),
    tokenHash: text().notNull().unique(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    nodeId: uuid().references(() => nodes.id, { onDelete: "set null" }),
  },
  (table) => [index("node_tokens_tenant").on(table.tenantId)],
);

/** Requests that were taken, for as long as they could be sent again. */
export const nodeRequests = pgTable(
  "node_requests",
  {
    nodeId: uuid()
      .notNull()
      .references(() => nodes.id, { onDelete: "cascade" }),
    nonce: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.nodeId, table.nonce] }), index("node_requests_at").on(table.at)],
);

/** What the owner asks of a hospital that runs on its own server; done there, once, and answered. */
export const nodeCommands = pgTable(
  "node_commands",
  {
    id: id(),
    tenantId: tenant(),
    kind: text().notNull(),
    input: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    fetchedAt: instant(),
    endedAt: instant(),
    outcome: text({ enum: ["done", "refused"] }),
    result: jsonb().$type<Readonly<Record<string, unknown>>>(),
  },
  (table) => [
    index("node_commands_waiting").on(table.tenantId, table.createdAt).where(sql`${table.endedAt} is null`),
    index("node_commands_tenant").on(table.tenantId, table.createdAt),
  ],
);

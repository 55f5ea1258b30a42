import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";

/** How far a server has come in taking a hospital over; each stage is reached once, and gone on from after a kill. `retired`: another server took its place. */
export const joinStages = [
  "keyed",
  "registered",
  "copied",
  "frozen",
  "primary",
  "joined",
  "retired",
] as const;
export type JoinStage = (typeof joinStages)[number];

/** What a hospital's own server knows of itself and of its owner: one row, on that server alone. */
export const nodeState = pgTable(
  "node_state",
  {
    id: integer().primaryKey().default(1),
    stage: text({ enum: joinStages }).notNull(),
    ownerUrl: text().notNull(),
    nodeId: uuid(),
    /** Ed25519, SPKI in base64. */
    publicKey: text().notNull(),
    /** PKCS 8 in base64, sealed under this server's master key. */
    sealedPrivateKey: text().notNull(),
    ownerPublicKey: text(),
    tenantId: uuid(),
    subdomain: text(),
    /** The hospital's data key, sealed under this server's master key. */
    sealedDataKey: text(),
    address: text(),
    /** The newest document that the owner signed, as it was signed. */
    document: text(),
    documentSignature: text(),
    documentVersion: integer().notNull().default(0),
    /** The latest time that was ever seen: a clock that is set back changes nothing. */
    timeSeen: instant().notNull().defaultNow(),
    heardAt: instant(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [check("node_state_one_row", sql`${table.id} = 1`)],
);

/** What the owner asked for, done here once. */
export const ownerCommands = pgTable(
  "owner_commands",
  {
    id: uuid().primaryKey(),
    kind: text().notNull(),
    outcome: text({ enum: ["done", "refused"] }).notNull(),
    result: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [check("owner_commands_outcome", sql`${table.outcome} in ('done', 'refused')`)],
);

/** Who signed in and looked at what at the read-only portal of a copy; stays where it happened. */
export const portalAudit = pgTable(
  "portal_audit",
  {
    id: id(),
    at: instant().notNull().defaultNow(),
    actorKind: text().notNull(),
    actorId: text(),
    actorName: text().notNull(),
    event: text().notNull(),
    entity: text().notNull(),
    entityId: text(),
    patientId: uuid(),
    reason: text(),
    requestId: text(),
    address: text(),
    details: jsonb(),
  },
  (table) => [index("portal_audit_at").on(table.at)],
);

/** Second factors used at the read-only portal of a copy, whose own rows the hospital's server alone writes. Stays there. */
export const portalFactorUses = pgTable("portal_factor_uses", {
  personId: uuid().primaryKey(),
  lastStep: integer(),
  failures: integer().notNull().default(0),
  lockedUntil: instant(),
  /** Ids of recovery codes. */
  spentCodes: uuid().array().notNull().default(sql`'{}'`),
});

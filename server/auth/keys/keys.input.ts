import { type Static, t } from "elysia";
import { line, oneOf, wholeNumber } from "../../input.ts";
import { longestOverlapHours } from "./key-writes.ts";

const scopes = t.Array(t.String({ maxLength: 60 }), {
  maxItems: 200,
  description: "Rights that the program has; names of permissions. Empty for an app key.",
});
const networks = t.Array(t.String({ maxLength: 64 }), {
  maxItems: 50,
  description: "Addresses and networks (CIDR) it may be used from; empty is anywhere.",
});
const callsPerMinute = t.Nullable(
  wholeNumber({ minimum: 1, maximum: 120_000, description: "Its own limit; null is the usual one." }),
);
const expiresAt = t.Nullable(t.String({ format: "date-time", description: "Null is never." }));

export const createKeyInput = t.Object({
  kind: t.Optional(oneOf(["api", "app"])),
  name: line(80),
  scopes: t.Optional(scopes),
  networks: t.Optional(networks),
  callsPerMinute: t.Optional(callsPerMinute),
  expiresAt: t.Optional(expiresAt),
});
export type CreateKeyInput = Static<typeof createKeyInput>;

/** What is to change; what is left out stays. */
export const changeKeyInput = t.Object({
  name: t.Optional(line(80)),
  scopes: t.Optional(scopes),
  networks: t.Optional(networks),
  callsPerMinute: t.Optional(callsPerMinute),
  expiresAt: t.Optional(expiresAt),
});
export type ChangeKeyInput = Static<typeof changeKeyInput>;

export const rotateKeyInput = t.Object({
  overlapHours: t.Optional(
    wholeNumber({
      minimum: 0,
      maximum: longestOverlapHours,
      description:
        "How long the old secret works beside the new one, 0 to 168 hours; 24 where it is left out.",
    }),
  ),
});
export type RotateKeyInput = Static<typeof rotateKeyInput>;

export const keyPolicyInput = t.Object({
  requireAppKey: t.Boolean({
    description: "Whether JSON calls without anybody's token need an app key in X-App-Key.",
  }),
});
export type KeyPolicyInput = Static<typeof keyPolicyInput>;

const instant = t.String({ format: "date-time" });

export const keyRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    kind: t.String({ description: "`api` or `app`." }),
    prefix: t.String({ description: "The part that is shown." }),
    name: t.String(),
    state: t.String({ description: "`active`, `expired` or `revoked`." }),
    scopes: t.Array(t.String()),
    networks: t.Array(t.String()),
    callsPerMinute: t.Nullable(t.Integer()),
    expiresAt: t.Nullable(instant),
    lastUsedAt: t.Nullable(instant),
    lastUsedAddress: t.Nullable(t.String()),
    createdBy: t.Nullable(t.String({ format: "uuid" })),
    createdByName: t.String(),
    makerActive: t.Nullable(
      t.Boolean({ description: "Whether who made it is still active; null where no person did." }),
    ),
    createdAt: instant,
    updatedAt: instant,
    rotatedAt: t.Nullable(instant),
    previousUntil: t.Nullable(instant),
    revokedAt: t.Nullable(instant),
    revokedByName: t.Nullable(t.String()),
    version: t.Integer(),
  },
  { title: "Key" },
);

export const newKeyAnswer = t.Object(
  { key: keyRow, secret: t.String({ description: "The whole key, told this once." }) },
  { title: "New key" },
);

export const keyPolicyAnswer = t.Object({ requireAppKey: t.Boolean() }, { title: "Key policy" });

/** What was asked of a new key, with what was left out. */
export function keyValuesOf(input: CreateKeyInput) {
  return {
    kind: input.kind ?? ("api" as const),
    name: input.name,
    scopes: input.scopes ?? [],
    networks: input.networks ?? [],
    callsPerMinute: input.callsPerMinute ?? null,
    expiresAt: dateOf(input.expiresAt ?? null),
  };
}

const dateOf = (text: string | null) => (text === null ? null : new Date(text));

/** What is to change of a key. */
export function keyChangesOf({ expiresAt, ...rest }: ChangeKeyInput) {
  return { ...rest, ...(expiresAt === undefined ? {} : { expiresAt: dateOf(expiresAt) }) };
}

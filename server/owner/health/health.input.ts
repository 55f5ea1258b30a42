import { t } from "elysia";
import { healthAlertCodes } from "../../../db/schema/control/health.ts";
import { wholeNumber } from "../../input.ts";
import { healthStates } from "./health-list.ts";
import { healthRanges } from "./history.ts";

const instant = t.String({ format: "date-time" });
const maybeInstant = t.Nullable(instant);
const maybeNumber = t.Nullable(t.Number());
const oneOf = <const T extends string>(values: readonly T[]) =>
  t.Union(values.map((value) => t.Literal(value)));

export const stateQuery = t.Optional(oneOf(healthStates));
export const rangeQuery = t.Optional(oneOf(healthRanges));

const bounds = {
  latencyMs: wholeNumber({ minimum: 1, maximum: 60_000 }),
  lagSeconds: wholeNumber({ minimum: 10, maximum: 604_800 }),
  lagRows: wholeNumber({ minimum: 1, maximum: 1_000_000_000 }),
  connectionPercent: wholeNumber({ minimum: 1, maximum: 100 }),
  proofHours: wholeNumber({ minimum: 1, maximum: 8_760 }),
  silentMinutes: wholeNumber({ minimum: 2, maximum: 1_440 }),
  raiseAfter: wholeNumber({ minimum: 1, maximum: 60 }),
  clearAfter: wholeNumber({ minimum: 1, maximum: 60 }),
  rawDays: wholeNumber({ minimum: 1, maximum: 30 }),
  hourDays: wholeNumber({ minimum: 31, maximum: 1_100 }),
};
const size = wholeNumber({ minimum: 1, maximum: 1_000_000 });

export const thresholdsInput = t.Object({ ...bounds, sizeGigabytes: t.Nullable(size) });
/** As the form sends it: no size is no limit. */
export const thresholdsForm = t.Object({ ...bounds, sizeGigabytes: t.Optional(size) });
export const thresholdsAnswer = t.Object(
  { ...thresholdsInput.properties, version: t.Integer(), updatedAt: instant },
  { title: "Health limits" },
);

const check = t.Nullable(
  t.Object({
    checkedAt: instant,
    heardAt: t.Nullable(
      t.String({ format: "date-time", description: "Told by the hospital's own server, then." }),
    ),
    reachable: t.Boolean(),
    latencyMs: t.Nullable(t.Number({ description: "One round trip on an open connection." })),
    connectMs: maybeNumber,
    sizeBytes: maybeNumber,
    serverVersion: t.Nullable(t.String()),
    schemaVersion: t.Nullable(
      t.String({ description: "The newest migration of the hospital's tables there." }),
    ),
    connections: t.Nullable(t.Number({ description: "In use at the database server." })),
    connectionLimit: maybeNumber,
    lagRows: t.Nullable(t.Number({ description: "Rows that the copy lacks; on the primary." })),
    lagSeconds: t.Nullable(t.Number({ description: "Age of the newest change applied; on the copy." })),
    lastTickAt: maybeInstant,
    lastVerifiedAt: maybeInstant,
    reason: t.Nullable(t.String()),
  }),
);

export const alertAnswer = t.Object({
  code: oneOf(healthAlertCodes),
  detail: t.String(),
  raisedAt: instant,
  clearedAt: maybeInstant,
});

const health = {
  tenantId: t.String({ format: "uuid" }),
  state: t.String({ description: "healthy, degraded, down or no-report. Silence is never healthy." }),
  checkedAt: maybeInstant,
  onSite: t.Boolean({ description: "Runs on a server of its own, which reports for the primary." }),
  primary: check,
  copy: check,
  sync: t.Nullable(t.Record(t.String(), t.Unknown())),
  alerts: t.Array(alertAnswer),
};

export const databaseHealthAnswer = t.Object(
  {
    ...health,
    lastVerifiedAt: t.Nullable(
      t.String({ format: "date-time", description: "The last proof, of either side." }),
    ),
    lastBackupAt: t.Nullable(t.String({ format: "date-time", description: "Null: there is none." })),
  },
  { title: "Database health" },
);

export const healthRowAnswer = t.Object(
  { ...health, companyName: t.String(), subdomain: t.String(), copyDatabase: t.Nullable(t.String()) },
  { title: "Hospital health" },
);

export const pointAnswer = t.Object(
  {
    at: instant,
    side: t.String({ description: "primary or copy." }),
    looks: t.Integer(),
    unreachable: t.Integer(),
    ...{ latencyMs: maybeNumber, latencyMaxMs: maybeNumber, lagRows: maybeNumber, lagSeconds: maybeNumber },
    ...{ sizeBytes: maybeNumber, connections: maybeNumber },
  },
  { title: "Health over a while" },
);

import { t } from "elysia";
import { line } from "../../input.ts";

const instant = t.Nullable(t.Date());

export const restoreInput = t.Object(
  {
    dryRun: t.Optional(t.Boolean({ description: "Tell what would be done, and do nothing." })),
    confirmation: t.Optional(line(200, { description: "The hospital's name; needed unless `dryRun`." })),
    server: t.Optional(line(100, { description: "Server to restore on; left out, the one it was on." })),
    reason: t.Optional(line(500)),
    anyway: t.Optional(
      t.Boolean({ description: "Although the database answers, or the copy was not whole." }),
    ),
  },
  { additionalProperties: false },
);

/** What the page's form says beside the confirmation. */
export const restoreForm = t.Pick(restoreInput, ["server", "reason"]);

export const confirmedInput = t.Object(
  { confirmation: line(200, { description: "The hospital's name." }) },
  { additionalProperties: false },
);

export const askedAnswer = t.Object({
  askedOf: t.String({ description: "`here`, or `hospital` where it runs on a server of its own." }),
});

export const planAnswer = t.Object(
  {
    hospital: t.String(),
    from: t.Object({ server: t.String(), database: t.String() }),
    target: t.Object({ server: t.String(), serverId: t.String(), database: t.String() }),
    tables: t.Integer(),
    aboutRows: t.Number(),
    bytes: t.Number(),
    lost: t.Object({
      lastTick: t.Integer(),
      lastTickAt: instant,
      seconds: t.Nullable(t.Number({ description: "What was written in this time may be lost." })),
      waitingRows: t.Nullable(t.Integer()),
    }),
    primaryAnswers: t.Boolean(),
    copyIncomplete: t.Boolean(),
  },
  { title: "RestorePlan" },
);

export const restoreAnswer = t.Object(
  {
    status: t.String({ description: "running, failed or done." }),
    steps: t.Array(
      t.Object({
        key: t.String(),
        status: t.String(),
        reason: t.Nullable(t.String()),
        startedAt: instant,
        finishedAt: instant,
      }),
    ),
    database: t.String(),
    lost: t.Object({
      lastTick: t.Nullable(t.Integer()),
      lastTickAt: instant,
      seconds: t.Nullable(t.Number()),
      waitingRows: t.Nullable(t.Integer()),
    }),
    tables: t.Record(t.String(), t.Object({ rows: t.Integer(), equal: t.Nullable(t.Boolean()) })),
    files: t.Nullable(t.Object({ named: t.Integer(), fetched: t.Integer(), missing: t.Integer() })),
    createdAt: t.Date(),
    finishedAt: instant,
  },
  { title: "Restore" },
);

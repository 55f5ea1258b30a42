import { t } from "elysia";
import { email, line } from "../../input.ts";

const maybeInstant = t.Nullable(t.String({ format: "date-time" }));
const maybeNumber = t.Nullable(t.Number());

/** Somebody who is added to a hospital's staff by the owner. */
export const newPersonInput = t.Object({
  name: line(120, { min: 2 }),
  email: email(),
  role: line(60, { description: "Key of a role at that hospital, such as doctor." }),
  password: t.Optional(line(200, { min: 10 })),
});

export const personAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    name: t.String(),
    email: t.String(),
    status: t.String(),
    roleName: t.String(),
    lastSignInAt: maybeInstant,
    createdAt: t.String({ format: "date-time" }),
  },
  { title: "Hospital user" },
);

export const createdPersonAnswer = t.Composite([
  personAnswer,
  t.Object({ temporaryPassword: t.Nullable(t.String()) }),
]);

export const pushAnswer = t.Object(
  {
    outcome: t.String({
      description:
        "synced, behind, busy, no-copy, parked, copy-unreachable, primary-unreachable or interrupted.",
    }),
    rows: t.Integer(),
    lagRows: maybeNumber,
    lastTickAt: maybeInstant,
    tookMs: t.Number(),
  },
  { title: "Push" },
);

export const proofAnswer = t.Object(
  {
    outcome: t.String({ description: "verified, or why the two could not be compared." }),
    equal: t.Boolean(),
    tables: t.Array(
      t.Object({
        table: t.String(),
        primaryRows: t.Integer(),
        copyRows: t.Nullable(t.Integer()),
        equal: t.Boolean(),
      }),
    ),
    tookMs: t.Number(),
  },
  { title: "Proof" },
);

import { type Static, t } from "elysia";
import { glassReasons, glassVerdicts } from "../../../db/schema/hospital/privacy.ts";
import { line, lines, oneOf, pagingQuery, uuid } from "../../input.ts";

export const restrictInput = t.Object({ reason: line(300, { min: 3 }) });

/** Who may open the record besides those who break the glass; exactly one of the two. */
export const accessInput = t.Object({
  userId: t.Optional(uuid()),
  departmentId: t.Optional(uuid()),
  until: t.Optional(
    t.String({
      format: "date-time",
      refusal: "not-a-time",
      description: "Left out: until it is taken away.",
    }),
  ),
});
export type AccessInput = Static<typeof accessInput>;

export const breakInput = t.Object({
  reason: oneOf(glassReasons),
  explanation: lines(1000),
});
export type BreakInput = Static<typeof breakInput>;
export type GlassReason = (typeof glassReasons)[number];

export const reviewInput = t.Object({
  verdict: oneOf(["justified", "not-justified"]),
  note: lines(1000),
});
export type ReviewInput = Static<typeof reviewInput>;

export const reviewStates = [...glassVerdicts, "overdue"] as const;
export const reviewsFilter = {
  state: t.Optional(oneOf(reviewStates)),
  userId: t.Optional(uuid()),
};
export const reviewsQuery = t.Object({ ...reviewsFilter, ...pagingQuery });

const instant = () => t.String({ format: "date-time" });
const maybe = () => t.Nullable(t.String());

export const glassBreakRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    patientId: t.String({ format: "uuid" }),
    mrn: t.String(),
    userId: t.String({ format: "uuid" }),
    userName: t.String(),
    roleName: t.String(),
    reason: oneOf(glassReasons),
    explanation: t.String(),
    brokenAt: instant(),
    expiresAt: instant(),
    endedAt: maybe(),
    verdict: oneOf(glassVerdicts),
    overdue: t.Boolean({ description: "Pending for more than seven days." }),
    reviewedByName: maybe(),
    reviewedAt: maybe(),
    reviewNote: maybe(),
    version: t.Integer(),
  },
  { title: "GlassBreak" },
);

export const accessRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    userId: maybe(),
    departmentId: maybe(),
    departmentKey: maybe(),
    name: t.String({ description: "The person's or the department's." }),
    until: maybe(),
    grantedByName: t.String(),
    grantedAt: instant(),
  },
  { title: "PatientAccess" },
);

export const privacyRow = t.Object(
  {
    patientId: t.String({ format: "uuid" }),
    mrn: t.String(),
    restricted: t.Boolean(),
    reason: maybe(),
    setByName: maybe(),
    setAt: maybe(),
    access: t.Array(accessRow),
  },
  { title: "PatientPrivacy" },
);

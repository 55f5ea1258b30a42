import { eq, inArray } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { healthMails } from "../../../db/schema/control/health.ts";
import { operators, operatorTenants } from "../../../db/schema/control/operators.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { sendOwnerMail } from "../../mail/mail.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Settled } from "./alerts.ts";

/** A mail names this many hospitals, at most. */
const namedAtMost = 20;

/** Whether the one who asks gets alerts by mail. A program has no mailbox. */
export async function wantsHealthMail(context: OwnerContext): Promise<boolean> {
  authorize(context.actor, "health:read");
  if (context.actor.kind !== "operator") return false;
  const { operatorId } = context.actor;
  return (
    (await context.db.select().from(healthMails).where(eq(healthMails.operatorId, operatorId))).length > 0
  );
}

/** Has alerts mailed to the one who asks, or no longer. Safe to repeat. @throws AppError forbidden (403) for a program. */
export async function setHealthMail(context: OwnerContext, wanted: boolean): Promise<void> {
  authorize(context.actor, "health:read");
  const { actor } = context;
  if (actor.kind !== "operator")
    throw new AppError("forbidden", "auth.people-only", "Only a person can have alerts mailed.");
  await context.write(async (tx) => {
    const done = wanted
      ? await tx
          .insert(healthMails)
          .values({ operatorId: actor.operatorId, since: context.clock.now() })
          .onConflictDoNothing()
          .returning({ id: healthMails.operatorId })
      : await tx
          .delete(healthMails)
          .where(eq(healthMails.operatorId, actor.operatorId))
          .returning({ id: healthMails.operatorId });
    if (done.length === 0) return;
    await auditOwner(tx, context, {
      event: wanted ? "health.mail-wanted" : "health.mail-stopped",
      entity: "operator",
      entityId: actor.operatorId,
    });
  });
}

/** One mail for all that one look changed, to each operator who wants it, about the hospitals that they see. */
// open: code of the health job, which has authorized
export async function mailAlerts(
  tx: ControlTx,
  from: Pick<OwnerContext, "vault" | "clock">,
  { raised, cleared }: Settled,
): Promise<void> {
  const concerned = [...new Set([...raised, ...cleared].map(({ tenantId }) => tenantId))];
  if (concerned.length === 0) return;
  const people = await tx
    .select({
      ...{ id: operators.id, email: operators.email, name: operators.name, role: operators.role },
      ...{ language: operators.language, status: operators.status },
    })
    .from(healthMails)
    .innerJoin(operators, eq(operators.id, healthMails.operatorId));
  if (people.length === 0) return;
  const named = await tx
    .select({ id: tenants.id, name: tenants.companyName })
    .from(tenants)
    .where(inArray(tenants.id, concerned));
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const given = await tx.select().from(operatorTenants).where(inArray(operatorTenants.tenantId, concerned));
  for (const person of people) {
    if (person.status !== "active") continue;
    const sees = (tenantId: string) =>
      person.role !== "group-admin" ||
      given.some((row) => row.operatorId === person.id && row.tenantId === tenantId);
    const namesOf = (changes: Settled["raised"]) =>
      [...new Set(changes.map(({ tenantId }) => tenantId))].filter(sees).map((id) => names.get(id) ?? "");
    const data = { name: person.name, wrong: namesOf(raised), well: namesOf(cleared) };
    if (data.wrong.length + data.well.length === 0) continue;
    await sendOwnerMail(tx, from, {
      ...{ template: "health-alert", to: person.email, language: person.language ?? "en", path: "/health" },
      data: {
        ...data,
        wrong: data.wrong.slice(0, namedAtMost),
        well: data.well.slice(0, namedAtMost),
        more: Math.max(0, data.wrong.length - namedAtMost) + Math.max(0, data.well.length - namedAtMost),
      },
    });
  }
}

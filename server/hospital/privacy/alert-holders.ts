import { and, eq, ne, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { actorKeyOf, type HospitalPermission } from "../../auth/permissions.ts";
import { type MailData, sendMail } from "../../mail/mail.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

interface Alert {
  readonly kind: MailData["access-alert"]["kind"];
  /** Whose act it is; never a patient. */
  readonly who: string;
  readonly path: string;
}

/** Writes to everyone who holds a permission, but for who acts, in the transaction of the act. */
// open: part of rules that have authorized
export async function alertHolders(
  tx: HospitalTx,
  context: Pick<HospitalContext, "hospital" | "clock" | "actor">,
  permission: HospitalPermission,
  { kind, who, path }: Alert,
): Promise<void> {
  const { actor, hospital } = context;
  const holders = await tx
    .select({ email: users.email, name: users.name, language: users.language })
    .from(users)
    .innerJoin(roles, eq(roles.id, users.roleId))
    .where(
      and(
        eq(users.status, "active"),
        sql`${permission} = any(${roles.permissions})`,
        actor.kind === "user" ? ne(users.id, actorKeyOf(actor)) : undefined,
      ),
    );
  for (const { email: to, name, language } of holders)
    await sendMail(tx, context, {
      ...{ template: "access-alert", to, language: language ?? hospital.language, path },
      data: { name, kind, who },
    });
}

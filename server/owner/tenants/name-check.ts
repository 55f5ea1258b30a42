import { eq, or } from "drizzle-orm";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { authorize } from "../../auth/permissions.ts";
import type { FieldError } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { databaseNameFor, databaseNameProblem, foldName, subdomainProblem } from "./tenant-names.ts";

/** What is wrong with the names of a hospital that is still being described: form, reserved, or taken. */
export async function nameProblems(
  context: OwnerContext,
  names: { readonly subdomain: string; readonly tenantDbName: string },
): Promise<readonly FieldError[]> {
  authorize(context.actor, "tenants:create");
  const subdomain = foldName(names.subdomain);
  const wrong = subdomainProblem(subdomain);
  if (wrong !== null) return [wrong];
  const tenantDbName = foldName(names.tenantDbName) || databaseNameFor(subdomain);
  const unusable = databaseNameProblem(tenantDbName);
  if (unusable !== null) return [unusable];
  const taken = await context.db
    .select({ subdomain: tenants.subdomain, tenantDbName: tenants.tenantDbName })
    .from(tenants)
    .where(or(eq(tenants.subdomain, subdomain), eq(tenants.tenantDbName, tenantDbName)));
  const message = "This is already in use.";
  if (taken.some((row) => row.subdomain === subdomain))
    return [{ field: "subdomain", code: "taken", message }];
  return taken.length === 0 ? [] : [{ field: "tenantDbName", code: "taken", message }];
}

import type { Page } from "../../views/page.ts";
import { openAlertCount } from "../owner/health/health-list.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";

/** The page of an operator with the open alerts of the hospitals that they see, over the bell. */
export async function withAlerts(
  services: Pick<Services, "connections">,
  { db, actor }: OwnerContext,
  page: Page,
): Promise<Page> {
  const unread = await openAlertCount({ db, actor, pool: services.connections });
  return unread === null ? page : { ...page, notices: { href: "/health", unread } };
}

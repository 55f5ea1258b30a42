import type { Page } from "../../../views/page.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { GuardedPatient } from "./access.ts";
import { openGlassOf } from "./break-glass.ts";

/** A page of a patient: of a record that was opened in need it says so, and for how long still. Else it is as it was. */
export async function withGlass(ctx: HospitalContext, page: Page, patient: GuardedPatient): Promise<Page> {
  if (!patient.restricted) return page;
  const open = await openGlassOf(ctx, patient.id);
  if (open === null) return page;
  const { glass } = page.t.privacy;
  return {
    ...page,
    banners: [
      ...(page.banners ?? []),
      {
        ...{ tone: "danger", icon: "lock", title: glass.banner, until: open.expiresAt },
        end: { action: `/patients/${patient.id}/emergency-access/end`, label: glass.close },
      },
    ],
  };
}

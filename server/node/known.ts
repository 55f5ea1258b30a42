import { sql } from "drizzle-orm";
import type { Place } from "../../db/planes.ts";
import type { Hospital } from "../tenancy/context.ts";
import type { TenantDirectory } from "../tenancy/directory.ts";
import type { Resolver } from "../tenancy/resolve.ts";
import type { Services } from "../tenancy/services.ts";
import { readNodeHospital } from "./hospital.ts";

/** What was read is taken for so long; other processes of this server may have changed it. */
const lifeMs = 500;

/** How a hospital's own server knows hospitals: there is one, and every host is its. */
export function knownHere(app: Place) {
  return (
    base: Omit<Services, "resolver" | "directory">,
  ): { readonly resolver: Resolver; readonly directory: TenantDirectory } => {
    const { connections, keyring, clock } = base;
    const pool = connections.hospital(app);
    let remembered: { readonly hospital: Hospital; readonly until: number } | null = null;
    const find = async (): Promise<Hospital> => {
      if (remembered !== null && remembered.until > performance.now()) return remembered.hospital;
      const hospital = await readNodeHospital(pool.db, app, keyring, clock.now());
      remembered = { hospital, until: performance.now() + lifeMs };
      return hospital;
    };
    return {
      resolver: {
        door: async () => ({ portal: "hospital", hospital: await find() }),
        async hospitalById(id) {
          const hospital = await find();
          return hospital.id === id ? hospital : null;
        },
        async hospitalBySubdomain(subdomain) {
          const hospital = await find();
          return hospital.subdomain === subdomain ? hospital : null;
        },
        forget() {
          remembered = null;
        },
      },
      directory: {
        name: "hospital-database",
        alive: () => pool.db.execute(sql`select 1`),
        async workedHere() {
          const { id, status, readOnly } = await find();
          return status === "active" && readOnly === null ? [id] : [];
        },
        // The hospital's own row is all there is; the owner learns of it with the other rows.
        async keepFacts() {
          remembered = null;
        },
      },
    };
  };
}

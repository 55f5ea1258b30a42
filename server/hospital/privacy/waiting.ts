import { sql } from "drizzle-orm";
import { ShortCache } from "../../auth/cache.ts";
import { may } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/** What in a hospital waits for somebody's decision, and who of support is inside. */
export interface Waiting {
  readonly reviews: number;
  readonly supportRequests: number;
  readonly supportInside: readonly { readonly id: string; readonly name: string; readonly until: Date }[];
}

/** Looked up once in this time for a hospital, however many pages its people open. */
const known = new ShortCache<Waiting>(2_000, 2_000);

/** Forgets the counts, for whoever has just changed them in this process. */
export function forgetWaiting(): void {
  known.clear();
}

/**
 * What waits, for the bell and the banner of those who decide; null for everyone else, to whom it costs nothing.
 * To the others it costs one statement in two seconds for a hospital.
 */
// open: told to those alone who hold the right to decide
export async function waitingFor(
  context: Pick<HospitalContext, "actor" | "clock" | "db" | "hospital">,
): Promise<Waiting | null> {
  const { actor, hospital, clock, db } = context;
  const reviews = may(actor, "privacy:review");
  const decides = may(actor, "support:decide");
  if (actor.kind !== "user" || (!reviews && !decides)) return null;
  let waiting = known.get(hospital.id);
  if (waiting === undefined) {
    const now = clock.now().toISOString();
    const [row] = Array.from(
      (await db.execute<Record<string, unknown>>(sql`
        select (select count(*)::int from glass_breaks where verdict = 'pending') as reviews,
          (select count(*)::int from support_grants where status = 'waiting') as requests,
          (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', operator_name, 'until', expires_at)), '[]')
            from support_grants where status = 'accepted' and expires_at > ${now}::timestamptz) as inside`)) as Iterable<{
        readonly reviews: number;
        readonly requests: number;
        readonly inside: readonly { readonly id: string; readonly name: string; readonly until: string }[];
      }>,
    );
    waiting = {
      reviews: row?.reviews ?? 0,
      supportRequests: row?.requests ?? 0,
      supportInside: (row?.inside ?? []).map(({ until, ...one }) => ({ ...one, until: new Date(until) })),
    };
    known.set(hospital.id, waiting);
  }
  return {
    reviews: reviews ? waiting.reviews : 0,
    supportRequests: decides ? waiting.supportRequests : 0,
    supportInside: decides ? waiting.supportInside : [],
  };
}

import type { Standing } from "../../views/page.ts";
import { AppError } from "../errors.ts";
import type { Hospital, ReadOnly } from "../tenancy/context.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** One may always leave. */
const leaving = /^\/(?:sign-out|api\/v1\/tenant\/auth\/logout)$/;
const registering = /^\/(?:patients|api\/v1\/tenant\/patients)$/;

/** This hospital's records are changed on its own server, or nowhere since that one was taken off. */
export function onSiteError({ address, revokedAt }: Extract<ReadOnly, { why: "on-site" }>): AppError {
  if (revokedAt !== null)
    return new AppError(
      "conflict",
      "hospital.server-taken-off",
      "This hospital's own server has been taken off. Its records are changed again as soon as they are taken back here, or another server joins.",
    );
  const where = address === null ? "" : ` Change it there: ${address}`;
  return new AppError("conflict", "hospital.on-site", `This hospital runs on a server of its own.${where}`, {
    details: { address },
  });
}

/**
 * Where this server takes no changes of the hospital's records, a change is refused before its rule runs. After
 * too long without the owner, an emergency is registered all the same.
 * @throws AppError conflict (409) `hospital.on-site`, `hospital.server-taken-off`, `hospital.replaced`; payment-required (402) `hospital.lapsed`.
 */
export function refuseReadOnly(request: Request, route: string, hospital: Hospital, body: unknown): void {
  const { readOnly } = hospital;
  if (readOnly === null || safeMethods.has(request.method) || leaving.test(route)) return;
  if (readOnly.why === "on-site") throw onSiteError(readOnly);
  if (readOnly.why === "replaced")
    throw new AppError(
      "conflict",
      "hospital.replaced",
      "Another server has taken this one's place. Nothing is changed here any more.",
    );
  const emergency: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "emergency") : undefined;
  if (registering.test(route) && emergency) return;
  throw new AppError(
    "payment-required",
    "hospital.lapsed",
    "The provider has not been heard for too long. Records can be read, and emergencies registered.",
  );
}

/** What stands over the pages of a hospital whose records are not, or soon not, changed here. */
export function standingOf({
  readOnly,
  worksUntil,
}: Pick<Hospital, "readOnly" | "worksUntil">): Standing | null {
  if (readOnly !== null) return readOnly;
  return worksUntil === null ? null : { why: "ending", until: worksUntil };
}

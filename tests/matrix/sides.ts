import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import type { TestApp } from "../support/app.ts";
import { type Badge, badgeAt, operatorBadge } from "../support/badges.ts";
import { ownerEmail } from "../support/cast.ts";
import type { Planted } from "./plant.ts";

/** A portal as somebody sees it who may do everything there. */
export interface WholeSide {
  readonly portal: "hospital" | "owner";
  readonly host: string;
  /** A session made for the asking. */
  open(): Promise<Badge>;
}

/** Both portals, the hospital's with what was planted in it. */
export async function wholeSides(app: TestApp, planted: Planted): Promise<readonly WholeSide[]> {
  const [olga] = await app.services.connections.control.db
    .select({ id: operators.id })
    .from(operators)
    .where(eq(operators.email, ownerEmail));
  return [
    {
      ...{ portal: "hospital", host: planted.hospital.host },
      open: () => badgeAt(app, planted.hospital, planted.people["admin"] ?? ""),
    },
    { portal: "owner", host: "owner.localhost", open: () => operatorBadge(app, olga?.id ?? "") },
  ];
}

import { desc } from "drizzle-orm";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import type { Plane } from "../auth/plane.ts";
import { openMail } from "./deliver.ts";
import { isTemplate, type RenderedMail, renderMail } from "./render.ts";

/** A mail as it would have reached its reader. */
export interface MailboxItem extends RenderedMail {
  readonly id: string;
  readonly at: Date;
  readonly language: "en" | "ur" | "hi";
  /** Where its one link leads on this portal. */
  readonly path: string | null;
}

const shown = 50;

/** The last mails of one plane, readable by anybody: for demonstrations alone, where no mail leaves the machine. */
// open: registered in demonstrations alone
export async function readMailbox(
  { db, vault }: Pick<Plane, "db" | "vault">,
  { outbox }: Pick<CredentialTables, "outbox">,
  origin: string,
): Promise<readonly MailboxItem[]> {
  const rows = await db.select().from(outbox).orderBy(desc(outbox.createdAt), desc(outbox.id)).limit(shown);
  return rows.flatMap((row) => {
    const mail = openMail(vault, row);
    if (mail === null || !isTemplate(row.template)) return [];
    const { id, createdAt: at, language } = row;
    return [{ id, at, language, path: mail.path, ...renderMail(row.template, language, mail, origin) }];
  });
}

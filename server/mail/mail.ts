import type { ControlTx, HospitalTx } from "../../db/planes.ts";
import { mailOutbox as ownerOutbox } from "../../db/schema/control/credentials.ts";
import { mailOutbox } from "../../db/schema/hospital/credentials.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import { announceMail } from "./announce.ts";

export type MailLanguage = "en" | "ur" | "hi";

/**
 * Every mail there is, and what it tells. No patient data: a mail passes through hands that nobody here knows.
 * A new one is a line here and a text in each language of `templates/`.
 */
export interface MailData {
  readonly "password-reset": { readonly name: string; readonly code: string };
  readonly "verify-email": { readonly name: string; readonly code: string };
  readonly "password-changed": { readonly name: string };
  /** To the address that was. */
  readonly "email-changed": { readonly name: string };
  /** `device` and `address` as far as they are known. */
  readonly "new-device": {
    readonly name: string;
    readonly device: string | null;
    readonly address: string | null;
  };
  readonly invite: { readonly name: string; readonly inviter: string };
  /** To those who watch over access; `who` is a member of staff or of support. */
  readonly "access-alert": {
    readonly name: string;
    readonly kind: "break-glass" | "support-access";
    readonly who: string;
  };
  /** To operators who watch over databases: hospitals with something new wrong, and where something is over. */
  readonly "health-alert": {
    readonly name: string;
    readonly wrong: readonly string[];
    readonly well: readonly string[];
    /** Hospitals beyond those named. */
    readonly more: number;
  };
}

export type MailTemplate = keyof MailData;

/** One mail to be sent. */
export type Mail<Template extends MailTemplate = MailTemplate> = {
  [Name in Template]: {
    readonly template: Name;
    readonly to: string;
    readonly language: MailLanguage;
    readonly data: MailData[Name];
    /** Where its link leads, on the portal it comes from: `/reset-password?token=…`. */
    readonly path?: string;
  };
}[Template];

/** What lies sealed in the outbox: all that tells of a person. */
export interface SealedMail {
  readonly to: string;
  readonly data: MailData[MailTemplate];
  readonly path: string | null;
  /** Who writes: the hospital's name, or the product's. */
  readonly place: string;
}

function rowOf(mail: Mail, place: string, now: Date) {
  const message: SealedMail = { to: mail.to, data: mail.data, path: mail.path ?? null, place };
  return {
    values: { template: mail.template, language: mail.language, nextTryAt: now, createdAt: now },
    text: JSON.stringify(message),
  };
}

/**
 * Writes a mail of a hospital into its outbox, in the transaction of the act that it tells of: it is sent if and
 * only if the act was done. Delivered in about a second; where the mail server is away, later.
 */
export async function sendMail(
  tx: HospitalTx,
  from: Pick<HospitalContext, "hospital" | "clock">,
  mail: Mail,
): Promise<void> {
  const { values, text } = rowOf(mail, from.hospital.name, from.clock.now());
  await tx.insert(mailOutbox).values({ ...values, sealedMessage: from.hospital.vault.seal(text) });
  announceMail(from.hospital.id);
}

/** The same for mail of the owner plane, to operators. */
export async function sendOwnerMail(
  tx: ControlTx,
  from: Pick<OwnerContext, "vault" | "clock">,
  mail: Mail,
): Promise<void> {
  const { values, text } = rowOf(mail, "Wardline", from.clock.now());
  await tx.insert(ownerOutbox).values({ ...values, sealedMessage: from.vault.seal(text) });
  announceMail(null);
}

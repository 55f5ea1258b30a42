import { createTransport } from "nodemailer";
import type { Env } from "../env.ts";
import type { RenderedMail } from "./render.ts";

/** Hands mail to the world. */
export interface MailCarrier {
  /** @throws MailRefused where another try is of no use; any other error where it is. */
  deliver(mail: RenderedMail): Promise<void>;
}

/** The mail server will not take this mail, however often it is tried. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
}

/** What a mail server said, without the address it may have repeated. */
export function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "responseCode") : undefined;
  if (typeof code === "number") return `The mail server answered ${code}.`;
  const kind: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return `The mail server could not be reached${typeof kind === "string" ? ` (${kind})` : ""}.`;
}

const carriers = new Map<string, MailCarrier>();

/** The carrier to the mail server of the environment, made once; null where none is set. */
export function carrierOf(env: Pick<Env, "smtpUrl" | "mailFrom">): MailCarrier | null {
  const { smtpUrl, mailFrom } = env;
  if (smtpUrl === null) return null;
  const known = carriers.get(smtpUrl);
  if (known !== undefined) return known;
  const transport = createTransport(
    { url: smtpUrl, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
    { from: mailFrom },
  );
  const carrier: MailCarrier = {
    async deliver({ to, subject, text, html }) {
      try {
        // Nobody's holiday notice shall come back, and no text of ours may name a file to attach.
        const headers = { "Auto-Submitted": "auto-generated" };
        await transport.sendMail({
          to,
          subject,
          text,
          html,
          headers,
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        const code: unknown = error instanceof Error ? Reflect.get(error, "responseCode") : undefined;
        if (typeof code === "number" && code >= 550 && code < 560)
          throw new MailRefused(reasonOf(error), { cause: error });
        throw error;
      }
    },
  };
  carriers.set(smtpUrl, carrier);
  return carrier;
}

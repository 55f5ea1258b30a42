import type { MailData } from "../mail.ts";

/** One mail in words. Its subject may be read on a locked screen: no secret, no patient. */
export interface MailText {
  readonly subject: string;
  readonly lines: readonly string[];
  /** What the link is called; the mail has none where it leads nowhere. */
  readonly action?: string;
  /** What follows the link: what to do where one did not ask for this. */
  readonly after?: readonly string[];
}

/** The texts of one language. `place` is the hospital, or Wardline for operators. */
export interface MailTexts {
  readonly hello: (name: string) => string;
  /** Above the code, for those who cannot follow the link. */
  readonly code: string;
  readonly foot: (place: string) => string;
  readonly mails: {
    readonly [Name in keyof MailData]: (data: MailData[Name], place: string) => MailText;
  };
}

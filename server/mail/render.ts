import type { MailData, MailLanguage, MailTemplate, SealedMail } from "./mail.ts";
import { en } from "./templates/en.ts";
import { hi } from "./templates/hi.ts";
import type { MailText, MailTexts } from "./templates/texts.ts";
import { ur } from "./templates/ur.ts";

const languages: Readonly<Record<MailLanguage, MailTexts>> = { en, ur, hi };

/** A mail as it is sent, or shown in the mailbox. */
export interface RenderedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The name of a template, from a row that an older or newer version may have written. */
export function isTemplate(name: string): name is MailTemplate {
  return Object.hasOwn(en.mails, name);
}

function wordsOf<Name extends MailTemplate>(texts: MailTexts, name: Name, message: SealedMail): MailText {
  // What was sealed under a template's name is that template's data.
  return texts.mails[name](message.data as MailData[Name], message.place);
}

function codeIn(data: SealedMail["data"]): string | null {
  return "code" in data ? data.code : null;
}

/** The mail in words and as simple HTML. `origin` is the portal it comes from: `https://abdullah.example`. */
export function renderMail(
  template: MailTemplate,
  language: MailLanguage,
  message: SealedMail,
  origin: string,
): RenderedMail {
  const texts = languages[language];
  const words = wordsOf(texts, template, message);
  const link = message.path === null ? null : `${origin}${message.path}`;
  const code = codeIn(message.data);
  const hello = texts.hello(message.data.name);
  const foot = texts.foot(message.place);
  const { subject, lines, action = link, after = [] } = words;
  const text = [
    hello,
    ...lines,
    ...(link === null ? [] : [`${action}:\n${link}`]),
    ...(code === null ? [] : [`${texts.code}\n${code}`]),
    ...after,
    `--\n${foot}`,
  ].join("\n\n");
  const paragraph = (line: string) => `<p>${Bun.escapeHTML(line)}</p>`;
  const html = [
    `<!doctype html><html lang="${language}" dir="${language === "ur" ? "rtl" : "ltr"}"><head><meta charset="utf-8"><title>${Bun.escapeHTML(subject)}</title></head>`,
    '<body style="font-family:sans-serif;max-width:34rem;margin:0 auto;padding:1rem;line-height:1.5">',
    paragraph(hello),
    ...lines.map(paragraph),
    ...(link === null
      ? []
      : [
          `<p><a href="${Bun.escapeHTML(link)}" style="display:inline-block;padding:0.6rem 1rem;border-radius:0.4rem;background:#0f5f63;color:#ffffff;text-decoration:none">${Bun.escapeHTML(action ?? link)}</a></p>`,
        ]),
    ...(code === null
      ? []
      : [
          `<p>${Bun.escapeHTML(texts.code)}<br><strong style="font-size:1.4rem;letter-spacing:0.1em">${Bun.escapeHTML(code)}</strong></p>`,
        ]),
    ...after.map(paragraph),
    `<hr><p style="color:#555555;font-size:0.85rem">${Bun.escapeHTML(foot)}</p>`,
    "</body></html>",
  ].join("\n");
  return { to: message.to, subject: subject.replaceAll(/[\r\n]+/g, " "), text, html };
}

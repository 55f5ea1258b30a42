import type { MailTexts } from "./texts.ts";

export const en: MailTexts = {
  hello: (name) => `Dear ${name},`,
  code: "Or type this code on the page:",
  foot: (place) => `This mail was sent by ${place}. Nobody reads answers to it.`,
  mails: {
    "password-reset": (_, place) => ({
      subject: `Choose a new password for ${place}`,
      lines: [
        "Somebody asked for a new password for your account. If it was you, choose one now. The link is good once, for 30 minutes.",
      ],
      action: "Choose a new password",
      after: ["If it was not you, do nothing: your password stays as it is."],
    }),
    "verify-email": (_, place) => ({
      subject: `Confirm your e-mail address for ${place}`,
      lines: ["Please confirm that this is your address. The link is good once, for 30 minutes."],
      action: "Confirm this address",
      after: ["If you did not ask for this, do nothing."],
    }),
    "password-changed": (_, place) => ({
      subject: `Your password for ${place} was changed`,
      lines: ["The password of your account was changed, and you were signed out everywhere else."],
      action: "Sign in",
      after: ["If it was not you, tell an administrator at once."],
    }),
    "email-changed": (_, place) => ({
      subject: `Your e-mail address for ${place} was changed`,
      lines: ["Your account now has another e-mail address. You sign in with the new one."],
      after: ["If it was not you, tell an administrator at once."],
    }),
    "new-device": ({ device, address }, place) => ({
      subject: `A new device signed in to your account at ${place}`,
      lines: [
        `Your account was opened in a browser or from a place that it was not used from before: ${device ?? "an unknown program"}${address === null ? "" : `, address ${address}`}.`,
      ],
      action: "See where you are signed in",
      after: ["If it was not you, choose another password at once and tell an administrator."],
    }),
    invite: ({ inviter }, place) => ({
      subject: `You are invited to ${place}`,
      lines: [`${inviter} has made an account for you. Choose a password to begin.`],
      action: "Accept the invitation",
      after: ["If you do not expect this, do nothing: the account stays closed."],
    }),
    "access-alert": ({ kind, who }, place) => ({
      subject: `Access to be reviewed at ${place}`,
      lines: [
        kind === "break-glass"
          ? `${who} opened a restricted record in an emergency. Please review it.`
          : `${who} of support asks to come in. Nobody is let in until one of you says so.`,
      ],
      action: "Review it",
    }),
    "health-alert": ({ wrong, well, more }) => ({
      subject:
        wrong.length > 0 ? "Hospitals' databases need a look" : "Alerts of hospitals' databases are over",
      lines: [
        ...(wrong.length > 0 ? [`Something is newly wrong at: ${wrong.join(", ")}.`] : []),
        ...(well.length > 0 ? [`Over at: ${well.join(", ")}.`] : []),
        ...(more > 0 ? [`And ${more} more.`] : []),
      ],
      action: "See what it is",
    }),
  },
};

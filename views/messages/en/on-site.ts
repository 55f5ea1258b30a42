/** A hospital on a server of its own: what stands over its pages here and there. */
export const onSite = {
  title: "Read only: this hospital runs on its own server",
  asOf: (clock: string, behind: string) => `As of ${clock}, ${behind} behind. Changes are made there.`,
  silent: (since: string) => `No report since ${since}. What you see here may be out of date.`,
  never: "It has not reported yet.",
  open: "Open the hospital's server",
  takenOff: "Read only: this hospital's own server was taken off",
  takenOffText: (asOf: string) =>
    `What you see is as of ${asOf}. The provider takes the records back here, or another server joins.`,
  lapsed: "Reading only: the provider has not been heard for too long",
  lapsedText:
    "Records can be read, and emergencies registered. Connect this server to the internet, or call the provider.",
  replaced: "Another server has taken this one's place",
  replacedText:
    "Nothing is changed here any more. What was not sent is kept on this server: tell the provider.",
  ending: "The provider has not been heard for a while",
  endingText: (until: string) =>
    `Everything works until ${until}. Connect this server to the internet before then.`,
  servers: "Own server",
  serversTitle: (name: string) => `A server of ${name}'s own`,
  lead: "The hospital runs on a machine in its own building, with or without the internet; this side keeps a copy.",
  none: "This hospital runs here",
  noneHint:
    "Make a token, and run node:join with it on the hospital's machine. The hospital works on meanwhile.",
  makeToken: "Make a token",
  token: "Token, told this once; it is taken once, within 24 hours",
  run: "On the hospital's machine",
  name: "Server",
  status: "State",
  statuses: { joining: "Joining", active: "Runs the hospital", revoked: "Taken off" },
  heard: "Last heard",
  copied: "Copied up to",
};
